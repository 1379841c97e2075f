"""The short texts on cards, buttons and list lines, read from data/labels/<language>.yml."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from shop.money import Money, money_text


class UnknownLabel(KeyError):
    """Code asks for a label that the language's file does not have."""


class Labels:
    """Texts of one language, by dotted key, with money, dates and lists as its readers write them.

    Args:
        texts: a tree of texts, as the file holds it.
        locale: such as "en_US".
    """

    def __init__(self, texts: Mapping[str, Any], locale: str) -> None:
        self._texts = dict(_flat(texts))
        self._locale = locale

    @classmethod
    def load(cls, folder: Path, language: str, locale: str) -> Labels:
        """Read the file of a language."""
        return cls(yaml.safe_load((folder / f"{language}.yml").read_text(encoding="utf-8")), locale)

    @property
    def keys(self) -> frozenset[str]:
        """List every key there is."""
        return frozenset(self._texts)

    def text(self, key: str, **variables: object) -> str:
        """Give a text with its variables filled in; raise UnknownLabel where the file has no such key."""
        if key not in self._texts:
            raise UnknownLabel(key)
        return self._texts[key].format(**variables)

    def money(self, amount: Money) -> str:
        """Write an amount."""
        return money_text(amount, self._locale)

    def number(self, value: object) -> str:
        """Write a plain number."""
        return str(format_decimal(str(value), locale=self._locale))

    def date(self, moment: dt.datetime) -> str:
        """Write a day."""
        return str(format_date(moment, format="long", locale=self._locale))

    def all_of(self, values: Iterable[str]) -> str:
        """Join values with "and"."""
        return str(format_list(list(values), style="standard", locale=self._locale))

    def one_of(self, values: Iterable[str]) -> str:
        """Join values with "or"."""
        return str(format_list(list(values), style="or", locale=self._locale))


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)
