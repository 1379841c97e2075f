"""Misspelt words, put right by the words of the catalogue itself."""

from __future__ import annotations

import bisect
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import symspellpy  # type: ignore[import-untyped]
from symspellpy import SymSpell, Verbosity

from shop.search_text import stem, stop_words, synonyms

_ENGLISH = "frequency_dictionary_en_82_765.txt"
# Rarer entries of the list of English words are mostly typing errors themselves, such as "shoos".
_ENGLISH_COUNT = 50_000
_MIN_LETTERS = 4
_LONG_LETTERS = 7
_MAX_EXPANSIONS = 16


@dataclass(frozen=True)
class Reading:
    """How the words of a query are understood.

    Attributes:
        words: the words after correction.
        groups: for each word with a wish of its own, the stems of the catalogue that stand for it; an empty
            group is a word that the catalogue does not know.
        corrected: whether any word was changed.
        unknown_head: the word that says what is wanted, where more words stand beside it and the catalogue does not
            know this one: "jacket" of "nike jacket for men", but nothing of "leather chair".
        wishes: the words that the groups stand for, in the same order.
        head: the word that says what is wanted, known or not.
    """

    words: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    corrected: bool
    unknown_head: str | None = None
    wishes: tuple[str, ...] = ()
    head: str | None = None

    @property
    def text(self) -> str:
        """Write the words as one line."""
        return " ".join(self.words)

    @property
    def head_group(self) -> tuple[str, ...]:
        """Give the stems that stand for the word that says what is wanted."""
        return dict(zip(self.wishes, self.groups, strict=True)).get(self.head or "", ())


class Speller:
    """Reads the words of a query against the words of the catalogue.

    A word is changed only if the catalogue does not know it, no word of the catalogue begins with it, and it is not
    an English word either: "boat" must not become "boot".

    Args:
        vocabulary: the words of the catalogue, and in how many products each stands.
    """

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._words = sorted(vocabulary)
        self._known = frozenset(vocabulary)
        self._stems = frozenset(stem(word) for word in vocabulary)
        self._symspell = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
        for word, count in vocabulary.items():
            if len(word) >= _MIN_LETTERS and word.isalpha():
                self._symspell.create_dictionary_entry(word, count)

    def knows(self, word: str) -> bool:
        """Tell whether the catalogue uses a word as it is."""
        return word in self._known

    def read(self, words: Sequence[str]) -> Reading:
        """Correct the words and find the stems of the catalogue that each stands for."""
        joined = self._join_halves(words)
        final = [self._correct(self._synonym(word)) for word in joined]
        wishes = tuple(dict.fromkeys(word for word in final if word not in stop_words()))
        groups = tuple(self._stems_of(word) for word in wishes)
        head = _head(final)
        unknown = head is not None and len(groups) > 1 and not self._stems_of(head)
        return Reading(tuple(final), groups, list(words) != final, head if unknown else None, wishes, head)

    def _synonym(self, word: str) -> str:
        """Give what the catalogue calls what a word means, where it does not know the word itself."""
        if stem(word) in self._stems:
            return word
        return next((other for other in synonyms().get(word, ()) if stem(other) in self._stems), word)

    def _join_halves(self, words: Sequence[str]) -> list[str]:
        """Join "lap top" where the catalogue knows "laptop" and not both of its halves."""
        joined: list[str] = []
        for word in words:
            whole = joined[-1] + word if joined else ""
            if len(whole) > _MIN_LETTERS and whole in self._known and not self._all_known(joined[-1], word):
                joined[-1] = whole
            else:
                joined.append(word)
        return joined

    def _all_known(self, *words: str) -> bool:
        return all(word in self._known or word in stop_words() for word in words)

    def _correct(self, word: str) -> str:
        if len(word) < _MIN_LETTERS or not word.isascii() or self._is_word(word) or self._beginning_with(word):
            return word
        distance = 2 if len(word) >= _LONG_LETTERS else 1
        found = self._symspell.lookup(word, Verbosity.CLOSEST, max_edit_distance=distance)
        if not found:
            return word
        best = min(found, key=lambda item: (item.distance, item.term[0] != word[0], -item.count, item.term))
        return str(best.term)

    def _is_word(self, word: str) -> bool:
        return (
            not word.isalpha()
            or word in self._known
            or stem(word) in self._stems
            or word in stop_words()
            or word in _english_words()
        )

    def _stems_of(self, word: str) -> tuple[str, ...]:
        if stem(word) in self._stems:
            others = (stem(other) for other in synonyms().get(word, ()))
            return (stem(word), *(other for other in others if other in self._stems))
        if word in _english_words():
            return ()
        return tuple(dict.fromkeys(stem(longer) for longer in self._beginning_with(word)))

    def _beginning_with(self, word: str) -> list[str]:
        if len(word) < _MIN_LETTERS:
            return []
        start = bisect.bisect_left(self._words, word)
        near = self._words[start : start + _MAX_EXPANSIONS]
        return [longer for longer in near if longer.startswith(word)]


def _head(words: Sequence[str]) -> str | None:
    """Give the last word before "for", "with" or the like: the thing itself stands there, in English and in Chinese."""
    head = None
    for word in words:
        if word in stop_words() and head:
            break
        if word not in stop_words() and word.isalpha():
            head = word
    return head


@functools.cache
def _english_words() -> frozenset[str]:
    """Read the list of English words that symspellpy carries, without the rarest."""
    path = Path(symspellpy.__file__).with_name(_ENGLISH)
    lines = (line.split() for line in path.read_text(encoding="utf-8-sig").splitlines())
    return frozenset(word for word, count in lines if int(count) >= _ENGLISH_COUNT)
