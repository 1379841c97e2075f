"""Find phrases of any length in a row of tokens: a dictionary of n-grams, whatever its size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from assistant.nlu.tokens import Token, Tokenizer

Payload = TypeVar("Payload")


class PhraseBook(Generic[Payload]):
    """Phrases with what each stands for; the longest phrase at a place wins."""

    def __init__(self, tokenizer: Tokenizer, phrases: Iterable[tuple[str, Payload]] = ()) -> None:
        self._tokenizer = tokenizer
        self._entries: dict[tuple[str, ...], list[Payload]] = {}
        self._longest: dict[str, int] = {}
        for phrase, payload in phrases:
            self.add(phrase, payload)

    def add(self, phrase: str, payload: Payload) -> None:
        """Add a phrase; one that is all signs is left out."""
        key = tuple(token.norm for token in self._tokenizer.cut(phrase))
        if not key:
            return
        found = self._entries.setdefault(key, [])
        if payload not in found:
            found.append(payload)
        self._longest[key[0]] = max(self._longest.get(key[0], 0), len(key))

    def words(self) -> set[str]:
        """Give every word of every phrase, as it is looked up."""
        return {word for key in self._entries for word in key}

    def at(self, tokens: Sequence[Token], index: int, stop: int | None = None) -> tuple[int, list[Payload]]:
        """Give the length of the longest phrase that starts at a place, and what it stands for; 0 for none."""
        stop = len(tokens) if stop is None else stop
        for length in range(min(self._longest.get(tokens[index].norm, 0), stop - index), 0, -1):
            found = self._entries.get(tuple(token.norm for token in tokens[index : index + length]))
            if found:
                return length, found
        return 0, []

    def find(
        self, tokens: Sequence[Token], free: Callable[[int, int], bool]
    ) -> Iterator[tuple[int, int, list[Payload]]]:
        """Give (first, one past the last, what it stands for) of phrases whose tokens are all free, left to right."""
        index = 0
        while index < len(tokens):
            # Asked of some two hundred places a message, nearly all of which begin no phrase.
            if tokens[index].norm not in self._longest:
                index += 1
                continue
            length, found = self._at_free(tokens, index, free)
            if length:
                yield index, index + length, found
            index += length or 1

    def _at_free(
        self, tokens: Sequence[Token], index: int, free: Callable[[int, int], bool]
    ) -> tuple[int, list[Payload]]:
        stop: int | None = None
        while True:
            length, found = self.at(tokens, index, stop)
            if not length or free(index, index + length):
                return length, found
            stop = index + length - 1
