"""Numbers in digits and in words: "19.99", "1.5k", "two", "one hundred and fifty"."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from text_to_num import text2num

from assistant.nlu.reading import Number
from assistant.nlu.tokens import Token
from assistant.nlu.words import WordLists

LONGEST = 8


class NumberReader:
    """Read numbers by the words of one language."""

    def __init__(self, words: WordLists) -> None:
        self._language = words.language
        self._multipliers = words.multipliers
        self._never = frozenset(words.endings["whole"])  # "the ones" counts nothing

    def read(self, tokens: Sequence[Token]) -> list[Number]:
        """Give every number, left to right; "a hundred" and "2 thousand" are one number each."""
        numbers: list[Number] = []
        index = 0
        while index < len(tokens):
            number = self._at(tokens, index)
            if number:
                numbers.append(number)
            index = number.last if number else index + 1
        return numbers

    def _at(self, tokens: Sequence[Token], index: int) -> Number | None:
        digits = tokens[index].number
        found = self._spelled(tokens, index) if digits is None else Number(index, index + 1, digits)
        if found is None:
            return None
        following = tokens[found.last].norm if found.last < len(tokens) else ""
        times = self._multipliers.get(following)
        return Number(found.first, found.last + 1, found.value * times) if times else found

    def _spelled(self, tokens: Sequence[Token], index: int) -> Number | None:
        best = None
        words: list[str] = []
        for last in range(index, min(index + LONGEST, len(tokens))):
            words.append(tokens[last].norm)
            value = self._value(" ".join(words))
            if value is not None:
                best = Number(index, last + 1, value)
            elif last == index:
                return None
        return best

    def _value(self, text: str) -> Decimal | None:
        if len(text) < 3 or text in self._never:  # "o" is a zero on the telephone only
            return None
        try:
            return Decimal(text2num(text, self._language))
        except ValueError:
            return None
