"""The short texts on cards, buttons and list lines in each language, read from data/labels/<language>.yml."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal, get_currency_name

from shop.glossary import Glossary
from shop.money import Money, money_text

_MEASURES: Final = {
    "size": re.compile(r"size (\w+)", re.IGNORECASE),
    "inch": re.compile(r"(\d+(?:\.\d+)?)[ -]?inch(?:es)?", re.IGNORECASE),
}


class UnknownLabel(KeyError):
    """Code asks for a label that the language's file does not have."""


class Labels:
    """Texts of one language, by dotted key, with money, dates and lists as its readers write them.

    Args:
        texts: a tree of texts, as the file holds it.
        locale: such as "en_US".
        glossary: what shoppers of the language call what the catalogue names.
    """

    def __init__(self, texts: Mapping[str, Any], locale: str, glossary: Glossary | None = None) -> None:
        self._texts = dict(flat_texts(texts))
        self._locale = locale
        self._glossary = glossary or Glossary({})

    @classmethod
    def load(cls, folder: Path, language: str, locale: str, glossary: Glossary | None = None) -> Labels:
        """Read the file of a language."""
        return cls(yaml.safe_load((folder / f"{language}.yml").read_text(encoding="utf-8")), locale, glossary)

    @classmethod
    def load_all(cls, folder: Path, locale: str, glossary: Glossary) -> dict[str, Labels]:
        """Read every language of a folder; the one of `locale` writes money and dates as it says.

        The glossary is for the others: the catalogue speaks the shop's own language.
        """
        own = locale.replace("-", "_").partition("_")[0]
        languages = sorted(file.stem for file in folder.glob("*.yml"))
        others = {name: cls.load(folder, name, name, glossary) for name in languages if name != own}
        return {own: cls.load(folder, own, locale), **others}

    @property
    def keys(self) -> frozenset[str]:
        """List every key there is."""
        return frozenset(self._texts)

    def text(self, key: str, **variables: object) -> str:
        """Give a text with its variables filled in; raise UnknownLabel where the file has no such key."""
        if key not in self._texts:
            raise UnknownLabel(key)
        return self._texts[key].format(**variables)

    def said(self, word: str) -> str:
        """Give what shoppers call a word of the catalogue."""
        return self._glossary.said(word)

    def option(self, name: str) -> str:
        """Give what an option or a fact of a product is called; its own name where the language has no other."""
        return self._texts.get(f"options.{name.casefold()}", name)

    def value(self, value: str) -> str:
        """Give what a category, a colour or another word of the catalogue is called; itself where nothing is known."""
        return self._texts.get(f"values.{value.casefold()}") or self._measured(value) or self.said(value)

    def _measured(self, value: str) -> str | None:
        """Write a size or a number of inches as the language does: "Size 40", "15 inch"."""
        for name, pattern in _MEASURES.items():
            if found := pattern.fullmatch(value):
                return self.text(f"measures.{name}", value=found[1])
        return None

    def names(self, values: Iterable[str]) -> str:
        """List words of the catalogue without an "and"."""
        return self.text("list.names").join(map(self.value, values))

    def country(self, code: str) -> str:
        """Give the name of a country by its two letters; what is none stays."""
        return str(Locale.parse(self._locale, sep="_").territories.get(code, code))

    def address(self, *, name: str, street: str, city: str, postcode: str, country: str) -> str:
        """Write an address on one line, as posts of its readers' language do; `country` is its two letters."""
        place = {"street": street, "city": city, "postcode": postcode, "country": self.country(country)}
        return self.text("address.line", name=name, **place)

    def money(self, amount: Money) -> str:
        """Write an amount."""
        return money_text(amount, self._locale)

    def currency(self, code: str) -> str:
        """Name a currency as prices are spoken of: "US dollars"."""
        return str(get_currency_name(code, count=2, locale=self._locale))

    def number(self, value: object) -> str:
        """Write a plain number."""
        return str(format_decimal(str(value), locale=self._locale))

    def date(self, moment: dt.date) -> str:
        """Write a day."""
        return str(format_date(moment, format="long", locale=self._locale))

    def all_of(self, values: Iterable[str]) -> str:
        """Join values with "and"."""
        return str(format_list(list(values), style="standard", locale=self._locale))

    def clauses(self, values: Iterable[str]) -> str:
        """Join what are clauses and not names; some languages have another word for "and" there."""
        separator = self.text("list.clauses")
        return separator.join(values) if separator else self.all_of(values)

    def one_of(self, values: Iterable[str]) -> str:
        """Join values with "or"."""
        return str(format_list(list(values), style="or", locale=self._locale))


def flat_texts(tree: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    """Give each text of a label file with its path, such as "buttons.add"."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from flat_texts(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)
