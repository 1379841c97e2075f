"""Amounts that are told as two neighbouring numerals, "三四百" is from 300 to 400, and numbers spelled by digits."""

from __future__ import annotations

from decimal import Decimal

from assistant.nlu.reading import Number, Reading

_DIGITS = {letter: value for value, letter in enumerate("零一二三四五六七八九")} | {"两": 2}


def spread_from(reading: Reading, number: Number) -> Number | None:
    """Give the lower end where the numeral before a number is one less than the one it begins with."""
    first = number.first
    if not first or not reading.is_glued(first) or number.last - first < 2:
        return None
    before, head = (_DIGITS.get(reading.tokens[place].norm) for place in (first - 1, first))
    if before is None or head is None or head != before + 1 or not reading.is_free(first - 1, first):
        return None
    return Number(first - 1, number.last, number.value / Decimal(head) * before)


def digits_of(reading: Reading, number: Number) -> list[int]:
    """Give the digits of a number that is spelled by them alone: 5 and 1 of "五一"; none for "五十一" and "51"."""
    written = reading.text[reading.tokens[number.first].start : reading.tokens[number.last - 1].end]
    return [_DIGITS[letter] for letter in written] if _DIGITS.keys() >= {*written} else []
