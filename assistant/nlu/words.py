"""The word lists of one language or several, read from `data/lexicon/<language>.yml`, checked and joined.

The first file has every list. Each further one adds the words of its language: shoppers mix languages in one message
("add 两双 to cart"), and words of different scripts never meet, so one reader serves all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from rasa.shared.exceptions import RasaException
from ruamel.yaml import YAML, YAMLError

Phrases = tuple[str, ...]


class WordListError(RasaException):
    """A word list is missing, or not of the form that the code reads."""


@dataclass(frozen=True)
class WordLists:
    """What `data/lexicon/en.yml` holds, with what other languages add; each field is explained there."""

    language: str
    endings: Mapping[str, Any]
    colours: tuple[Phrases, ...]
    colour_leads: Phrases
    colour_closing: Phrases
    ampersand: Phrases
    units: tuple[Phrases, ...]
    glued_units: Phrases
    counted: Phrases
    multipliers: Mapping[str, int]
    option_names: tuple[Phrases, ...]
    size_words: Phrases
    size_leads: Phrases
    size_after: Phrases
    size_closing: Phrases
    size_steps: Phrases
    size_exchanging: Phrases
    price: Mapping[str, Phrases]
    sort: Mapping[str, Phrases]
    placed: Mapping[str, Phrases]
    superlative: Mapping[str, Phrases]
    direction: Mapping[str, Phrases]
    in_stock: Phrases
    ordinals: Mapping[str, int]
    ordinals_of_many: Mapping[str, int]
    ordinal_suffixes: Phrases
    ordinal_behind: Phrases
    ordinal_leads: Phrases
    not_ordinal: Phrases
    ordinal_nouns: Phrases
    references: Mapping[str, Phrases]
    group_words: Phrases
    one_words: Phrases
    putting: Phrases
    determiners: Phrases
    not_reference: Phrases
    quantity: Mapping[str, Any]
    orders: Mapping[str, Phrases]
    dates: Mapping[str, Any]
    sku_leads: Phrases
    hesitations: Phrases
    aspects: Mapping[str, Phrases]
    adjustments: Mapping[str, Phrases]
    denying: Phrases
    gifts: Phrases
    avoid_leads: Mapping[str, Phrases]
    avoid_ends: Mapping[str, Phrases]
    avoid_joiners: Phrases
    avoid_implied: Mapping[str, Phrases]
    exclude: Mapping[str, Phrases]
    lasting: Phrases
    own_size_leads: Phrases
    own_size_fillers: Phrases
    sizes: Mapping[str, Phrases]
    photo_orders: Mapping[str, Phrases]
    photo_again: Phrases
    reasons: Mapping[str, Phrases]
    reasons_reported: Mapping[str, Phrases]
    reason_denials: Phrases
    codes: Mapping[str, Phrases]
    tax_leads: Phrases
    ratings: Mapping[str, Any]
    several: Mapping[str, Phrases]
    whole_words: Phrases
    modifiers: Phrases
    goods_endings: Phrases
    asks: Phrases
    not_goods: Phrases
    invoice_titles: Phrases
    carrier: Mapping[str, Phrases]

    @classmethod
    def load(cls, first: str, *others: str) -> WordLists:
        """Read the file of one language, and add those of others.

        Raises:
            WordListError: a file is missing or no YAML, or one of its lists is missing, unknown or no list of words.
        """
        names = {field.name for field in fields(cls)}
        lists = _read(first)
        if set(lists) != names:
            raise WordListError(f"{first} lacks, or should not have, these lists: {sorted(names ^ set(lists))}")
        for path in others:
            added = _read(path)
            if not set(added) <= names:
                raise WordListError(f"{path} should not have these lists: {sorted(set(added) - names)}")
            lists |= {name: _joined(lists[name], value, f"{path}: {name}") for name, value in added.items()}
        return cls(**lists)


def _read(path: str) -> dict[str, Any]:
    try:
        found = YAML(typ="safe").load(Path(path).read_text(encoding="utf-8"))
    except (OSError, YAMLError) as error:
        raise WordListError(f"{path} cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise WordListError(f"{path} holds no lists")
    return {name: _frozen(value, f"{path}: {name}") for name, value in found.items()}


def _joined(own: Any, added: Any, place: str) -> Any:
    """Add a list to a list, a table to a table, and to each list of a list of lists the one of the same first word."""
    if isinstance(own, dict) and isinstance(added, dict):
        both = {key: _joined(own[key], value, f"{place}.{key}") for key, value in added.items() if key in own}
        return {**own, **added, **both}
    if not isinstance(own, tuple) or not isinstance(added, tuple):
        raise WordListError(f"{place} cannot be added to {type(own).__name__}")
    if any(isinstance(one, tuple) for one in own):
        more = {group[0]: group[1:] for group in added}
        known = {group[0] for group in own}
        grown = tuple((*group, *more.get(group[0], ())) for group in own)
        return (*grown, *(group for group in added if group[0] not in known))
    return (*own, *(word for word in added if word not in own))


def _frozen(value: Any, place: str) -> Any:
    if isinstance(value, dict):
        return {key: _frozen(inner, f"{place}.{key}") for key, inner in value.items()}
    if isinstance(value, list):
        return tuple(_frozen(inner, place) for inner in value)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        # YAML reads a bare yes, no, on and off as a truth value.
        raise WordListError(f"{place} holds {value!r}: put it in quotes if it is a word")
    return value
