"""Forgive small typos in the words that the assistant looks up, and never touch a real word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from assistant.nlu.tokens import Token

SHORTEST = 5
LONG = 8
# A message of nonsense must not cost a look through the catalogue for each of its words.
MOST_TYPOS = 25


class Speller:
    """Replace a word nobody knows by the one word of the vocabulary that is a typo away."""

    def __init__(self, vocabulary: Iterable[str], real_words: Iterable[str]) -> None:
        # The encoder's vocabulary holds common words whole: "apply" is no typo of "Apple", nor "while" of "white".
        self._vocabulary = frozenset(vocabulary)
        self._known = self._vocabulary.union(real_words)
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for word in sorted(self._vocabulary):
            if len(word) >= SHORTEST and word.isalpha():
                self._by_length[len(word)].append(word)
        self._nearest = lru_cache(maxsize=4096)(self._find_nearest)

    def correct(self, tokens: Sequence[Token]) -> list[Token]:
        """Give the tokens with their typos corrected; a tie between two words is left alone."""
        corrected, left = [], MOST_TYPOS
        for token in tokens:
            if left and self._is_suspect(token):
                left -= 1
                corrected.append(replace(token, norm=self._nearest(token.norm) or token.norm))
            else:
                corrected.append(token)
        return corrected

    def _is_suspect(self, token: Token) -> bool:
        return len(token.norm) >= SHORTEST and token.norm.isalpha() and token.norm not in self._known

    def _find_nearest(self, word: str) -> str | None:
        allowed = 1 if len(word) < LONG else 2
        lengths = range(len(word) - allowed, len(word) + allowed + 1)
        choices = [choice for length in lengths for choice in self._by_length.get(length, ())]
        best = process.extract(word, choices, scorer=OSA.distance, score_cutoff=allowed, limit=2)
        if not best or (len(best) == 2 and best[0][1] == best[1][1]):
            return None
        return str(best[0][0])
