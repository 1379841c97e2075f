"""Says in the catalogue's words what shoppers of another language call goods: "跑鞋" is "running shoe"."""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Callable, Mapping
from pathlib import Path

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_COLUMNS = ("chinese", "catalogue")


class UnreadableGlossary(Exception):
    """A glossary is missing, or not of the form that is read."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be read: {reason}")
        self.path, self.reason = path, reason


def has_han(text: str) -> bool:
    """Tell whether a text has a Chinese character."""
    return _HAN.search(text) is not None


class Glossary:
    """Words of shoppers with those of the catalogue.

    Args:
        words: what the catalogue says, by what shoppers say; compared in small letters.
    """

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = {said.casefold(): meant for said, meant in words.items()}
        longest_first = sorted(self._words, key=len, reverse=True)
        self._found = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    @classmethod
    def read(cls, path: Path) -> Glossary:
        """Read a file of the columns `chinese` and `catalogue`.

        Raises:
            UnreadableGlossary: there is none, or it lacks a column.
        """
        try:
            with path.open(encoding="utf-8", newline="") as file:
                rows = csv.DictReader(file)
                if not set(_COLUMNS) <= set(rows.fieldnames or ()):
                    raise UnreadableGlossary(path, f"it must have the columns {' and '.join(_COLUMNS)}")
                return cls({row["chinese"]: row["catalogue"] for row in rows})
        except (OSError, UnicodeDecodeError) as error:
            raise UnreadableGlossary(path, str(error)) from error

    @property
    def terms(self) -> Mapping[str, str]:
        """Give what the catalogue says, by what shoppers say, in small letters."""
        return self._words

    def speaks_of(self, text: str) -> bool:
        """Tell whether a text has a word that it knows."""
        return self._found is not None and self._found.search(text.casefold()) is not None

    def translated(self, text: str, is_known: Callable[[str], bool] = lambda _: False) -> str:
        """Give a text in the catalogue's words, as far as they are known; the longest words first.

        Args:
            text: of a shopper.
            is_known: tells whether the catalogue itself uses a word, which then stays.
        """
        if self._found is None:
            return text
        return " ".join(self._found.sub(functools.partial(_meant, self._words, is_known), text.casefold()).split())

    def said(self, word: str) -> str:
        """Give what shoppers call a word of the catalogue; the word itself where nothing is known."""
        return self._backwards.get(word.casefold(), word)

    @functools.cached_property
    def _backwards(self) -> Mapping[str, str]:
        backwards: dict[str, str] = {}
        for said, meant in self._words.items():
            backwards.setdefault(meant.casefold(), said)
        return backwards


def _meant(words: Mapping[str, str], is_known: Callable[[str], bool], found: re.Match[str]) -> str:
    return found[0] if is_known(found[0]) else f" {words[found[0]]} "
