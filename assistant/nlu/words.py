"""The word lists of one language, read from `data/lexicon/<language>.yml` and checked."""

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
    """What `data/lexicon/en.yml` holds; each field is explained there."""

    language: str
    endings: Mapping[str, Any]
    colours: tuple[Phrases, ...]
    ampersand: Phrases
    units: tuple[Phrases, ...]
    glued_units: Phrases
    counted: Phrases
    multipliers: Mapping[str, int]
    option_names: tuple[Phrases, ...]
    size_words: Phrases
    size_leads: Phrases
    price: Mapping[str, Phrases]
    sort: Mapping[str, Phrases]
    superlative: Mapping[str, Phrases]
    direction: Mapping[str, Phrases]
    in_stock: Phrases
    ordinals: Mapping[str, int]
    ordinal_suffixes: Phrases
    ordinal_leads: Phrases
    not_ordinal: Phrases
    ordinal_nouns: Phrases
    references: Mapping[str, Phrases]
    group_words: Phrases
    determiners: Phrases
    not_reference: Phrases
    quantity: Mapping[str, Any]
    orders: Mapping[str, Phrases]
    sku_leads: Phrases
    aspects: Mapping[str, Phrases]
    adjustments: Mapping[str, Phrases]
    gifts: Phrases
    avoid_leads: Mapping[str, Phrases]
    avoid_ends: Mapping[str, Phrases]
    avoid_joiners: Phrases
    avoid_implied: Mapping[str, Phrases]
    own_size_leads: Phrases
    own_size_fillers: Phrases
    sizes: Mapping[str, Phrases]
    photo_orders: Mapping[str, Phrases]
    photo_again: Phrases
    carrier: Mapping[str, Phrases]

    @classmethod
    def load(cls, path: str) -> WordLists:
        """Read a file.

        Raises:
            WordListError: there is none, it is no YAML, or a list is missing, unknown or no list of words.
        """
        try:
            found = YAML(typ="safe").load(Path(path).read_text(encoding="utf-8"))
        except (OSError, YAMLError) as error:
            raise WordListError(f"{path} cannot be read: {error}") from error
        names = {field.name for field in fields(cls)}
        if not isinstance(found, dict) or set(found) != names:
            wrong = sorted(names.symmetric_difference(found if isinstance(found, dict) else {}))
            raise WordListError(f"{path} lacks, or should not have, these lists: {wrong}")
        return cls(**{name: _frozen(value, f"{path}: {name}") for name, value in found.items()})


def _frozen(value: Any, place: str) -> Any:
    if isinstance(value, dict):
        return {key: _frozen(inner, f"{place}.{key}") for key, inner in value.items()}
    if isinstance(value, list):
        return tuple(_frozen(inner, place) for inner in value)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        # YAML reads a bare yes, no, on and off as a truth value.
        raise WordListError(f"{place} holds {value!r}: put it in quotes if it is a word")
    return value
