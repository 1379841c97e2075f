"""Sizes: "13 inch", "16 gigs", "size 42", "in an M", "四十二码", "16G", in the catalogue's spelling, and else as said.

A size that the catalogue lacks comes with the names of the options it could be one of, so that the shopper can be told
which sizes there are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal

from assistant.nlu.catalogue import Catalogue, only_number
from assistant.nlu.finders.idle import IdleWords
from assistant.nlu.finders.names import is_weak
from assistant.nlu.finders.orders import FIRST_ORDER
from assistant.nlu.intents import ANSWERS, EXCHANGING, HAS_SIZES, LIMITED
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Number, Reading
from assistant.nlu.scripts import has_han, is_han
from assistant.nlu.tokens import Token, Tokenizer
from assistant.nlu.words import WordLists

Measure = tuple[str, str]

# "16G" is a size of a memory where the catalogue has it in GB, and else sixteen grams or nothing.
_STOCK = "ask_stock"
_SHORT_UNITS = {"g": "gb", "t": "tb", "个g": "gb", "个t": "tb"}
_SHORT = re.compile(r"(\d+)([gt])")
# So many GB make a memory, and so many TB a disk, also where the catalogue has none of them.
_MEMORY = frozenset(Decimal(2**power) for power in range(4, 11))
_DISKS = frozenset(map(Decimal, range(1, 33)))
_LETTERS = frozenset({"xs", "s", "m", "l", "xl", "xxl", "xxxl", "2xl", "3xl"})
# Two letters and more are a size wherever they stand; one may be the beginning of anything.
_SURE_LETTERS = frozenset(each for each in _LETTERS if len(each) > 1)
_DONE = "了"


class SizeFinder:
    """Find sizes by their unit, by a word for size before them, or alone in a message."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer, catalogue: Catalogue, idle: IdleWords) -> None:
        self._idle = idle
        self._units = {unit[0] for unit in words.units}
        # Behind a numeral a unit stays as it is written: "五公斤".
        self._unit_of = {word: unit[0] for unit in words.units for word in unit if is_han(word[0])}
        self._words = PhraseBook(tokenizer, ((word, True) for word in words.size_words))
        self._leads = PhraseBook(tokenizer, ((lead, True) for lead in words.size_leads))
        self._after = PhraseBook(tokenizer, ((word, True) for word in words.size_after))
        self._steps = frozenset(words.size_steps)
        self._exchanging = frozenset(words.size_exchanging)
        self._places = frozenset(words.ordinal_behind)
        self._closing = PhraseBook(tokenizer, ((word, True) for word in words.size_closing))
        self._pieces = PhraseBook(tokenizer, ((word, True) for word in words.quantity["units"]))
        self._measured: dict[Measure, list[str]] = defaultdict(list)
        self._numbered: dict[str, list[str]] = defaultdict(list)
        self._bare: dict[str, str] = {}
        self._names_of_unit: dict[str, list[str]] = defaultdict(list)
        self._patterns: dict[str, str] = {}
        for name, values in catalogue.options.items():
            for value in values:
                self._learn(tokenizer, name, value)

    def _learn(self, tokenizer: Tokenizer, name: str, value: str) -> None:
        tokens, number = tokenizer.cut(value), only_number(value)
        if is_weak(tokenizer, value):
            self._bare[tokens[0].norm] = value
        if number is None:
            return
        _append(self._numbered[number], value)
        following = [token.norm for token in tokens[1:2] if tokens[0].number is not None]
        unit = following[0] if following and following[0] in self._units else ""
        if unit:
            _append(self._measured[(number, unit)], value)
        if unit or self._words.at(tokens, 0)[0] or value == number:
            _append(self._names_of_unit[unit], name)
            if len(tokens) <= 2:
                self._patterns.setdefault(unit, value.replace(number, "{}"))

    def find(self, reading: Reading) -> None:
        """Take what is surely a size; note beside other readings what is one only if the shopper was asked for one."""
        for index, token in enumerate(reading.tokens):
            if reading.is_free(index, index + 1):
                self._find_measure(reading, index, token)
                self._find_short(reading, index, token)
        for index in range(len(reading.tokens)):
            self._find_led(reading, index)
            self._find_followed(reading, index)
        if reading.intent == EXCHANGING:
            self._find_exchanged(reading)
        self._find_bare(reading)
        self._find_alone(reading)

    def _find_exchanged(self, reading: Reading) -> None:
        """Find the sizes of what was bought and of what is wanted, by the number alone: "my 42s for a 44"."""
        for number in reading.free_numbers():
            token = reading.tokens[number.first]
            is_near = (number.value * 2) % 1 == 0 and self._is_near(number.value)
            if token.number is None or self._counts_pieces(reading, number.last - 1):
                continue
            if is_near:
                reading.take(number.first, number.last, self._read(token, is_size=True))
            elif number.is_whole and number.value < FIRST_ORDER and self._is_exchanged(reading, number):
                unit = "gb" if number.value in _MEMORY else ""
                known = self._measured.get((number.text, unit))
                values = {"option_value": known} if known else self._unknown(number.text, unit)
                reading.take(number.first, number.last, values)
        for index, token in enumerate(reading.tokens):
            is_meant = has_han(reading.text) or _is_capital(reading, token)
            if is_meant and token.norm in _LETTERS and reading.is_free(index, index + 1):
                reading.take(index, index + 1, self._read(token, is_size=True))

    def _is_exchanged(self, reading: Reading, number: Number) -> bool:
        """Tell the 128 of "128的不够用" and "换成128" from an order's number."""
        closes = number.last < len(reading.tokens) and bool(self._closing.at(reading.tokens, number.last)[0])
        before = reading.tokens[number.first - 1].norm if number.first else ""
        return closes or before in self._exchanging

    def _find_measure(self, reading: Reading, index: int, token: Token) -> None:
        number = self._number_before(reading, index)
        unit = token.norm if reading.intent in LIMITED else self._unit_of.get(token.norm, token.norm)
        if number is None or unit not in self._units:
            return
        known = self._measured.get((number.text, unit))
        values = {"option_value": known} if known else self._unknown(number.text, unit)
        reading.take(number.first, index + 1, values)

    def _find_short(self, reading: Reading, index: int, token: Token) -> None:
        """Find "16g" and "四个T" where the catalogue has so many GB or TB."""
        glued = _SHORT.fullmatch(token.norm)
        if glued:
            unit = _SHORT_UNITS[glued[2]]
            known = self._measured.get((glued[1], unit))
            if known:
                reading.take(index, index + 1, {"option_value": known})
            elif self._is_capacity(reading, Decimal(glued[1]), unit):
                reading.take(index, index + 1, self._unknown(glued[1], unit))
            return
        number = self._number_before(reading, index)
        unit = _SHORT_UNITS.get(token.norm)
        if unit is None and number and index + 1 < len(reading.tokens):
            unit, index = _SHORT_UNITS.get(token.norm + reading.tokens[index + 1].norm), index + 1
        known = self._measured.get((number.text, unit)) if number and unit else None
        if number and known and reading.is_free(number.first, index + 1):
            reading.take(number.first, index + 1, {"option_value": known})

    def _is_capacity(self, reading: Reading, number: Decimal, unit: str) -> bool:
        """Tell whether "64g" can only be one of a memory or a disk: the shop sells some, though none of that size."""
        sizes = _MEMORY if unit == "gb" else _DISKS
        return number in sizes and (reading.intent == EXCHANGING or unit in self._names_of_unit)

    def _number_before(self, reading: Reading, index: int) -> Number | None:
        return next((one for one in reading.free_numbers() if one.last == index and one.is_whole), None)

    def _find_led(self, reading: Reading, index: int) -> None:
        length, _ = self._words.at(reading.tokens, index)
        is_size = bool(length)
        if not is_size and reading.intent in HAS_SIZES:
            length, _ = self._leads.at(reading.tokens, index)
        place = index + length
        if not length or place >= len(reading.tokens) or not reading.is_free(index, place + 1):
            return
        number = reading.number_at(place)
        values = self._read(_as_token(reading, place, number), is_size, True)
        if values:
            reading.take(index, number.last if number else place + 1, values)

    def _find_followed(self, reading: Reading, index: int) -> None:
        """Find the size before a word that makes it one: "42码", "M码"."""
        length = self._after.at(reading.tokens, index)[0] if index else 0
        if index and not length and reading.tokens[index].norm in self._places:  # "M号", but "3号" is the third
            length = int(reading.tokens[index - 1].norm in _LETTERS)
        number = self._number_before(reading, index) if length else None
        first = number.first if number else index - 1
        step = first - (first > 1 and reading.tokens[first - 1].norm == _DONE)
        if length and step and reading.tokens[step - 1].norm in self._steps:
            reading.take(first, index + length, {})
        elif length and reading.is_free(first, index + length):
            values = self._read(_as_token(reading, first, number), is_size=True)
            is_size = reading.intent in HAS_SIZES if number is None else self._is_near(number.value)
            if values and is_size:
                reading.take(first, index + length, values)

    def _find_bare(self, reading: Reading) -> None:
        """Find a size by its number alone beside a colour, or before a closing word: "黑色42", "44的"."""
        if reading.intent not in HAS_SIZES:
            return
        for number in reading.free_numbers():
            closes = number.last < len(reading.tokens) and bool(self._closing.at(reading.tokens, number.last)[0])
            known = [] if number.is_whole and self._counts_pieces(reading, number.last - 1) else self._plain(number)
            is_size = closes or self._is_beside_colour(reading, number)
            if known and (is_size or self._is_asked(reading, number)):
                reading.take(number.first, number.last, {"option_value": known})
            elif closes and reading.intent == _STOCK and self._is_near(number.value):
                reading.take(number.first, number.last, self._unknown(number.text, ""))

    def _is_asked(self, reading: Reading, number: Number) -> bool:
        """Tell the "42" of "42还有么" from a count."""
        following = reading.tokens[number.last].norm if number.last < len(reading.tokens) else ""
        return reading.intent == _STOCK and following == "还"

    def _plain(self, number: Number) -> list[str]:
        """Give the sizes without a unit of that number; of memory and the like, what no count of pieces would be."""
        known = self._numbered.get(number.text, [])
        return [one for one in known if not self._has_unit(number.text, one)]

    def _is_beside_colour(self, reading: Reading, number: Number) -> bool:
        return any(one.entity == "colour" and number.first in (one.last, one.last + 1) for one in reading.found)

    def _find_alone(self, reading: Reading) -> None:
        for index, token in enumerate(reading.tokens):
            if not reading.is_free(index, index + 1) or self._counts_pieces(reading, index):
                continue
            if index + 1 < len(reading.tokens) and reading.tokens[index + 1].norm in self._places:
                continue  # "3号" is the third
            upper = token.norm in self._bare and _is_capital(reading, token) and len(token.norm) > 1
            if token.norm in _SURE_LETTERS and token.norm not in self._bare and reading.intent in HAS_SIZES:
                reading.take(index, index + 1, self._unknown(token.norm.upper(), ""))
            elif upper or (reading.intent in ANSWERS and self._idle.is_all_but(reading, index, index + 1)):
                values = self._read(token, False)
                reading.note(index, index + 1, values)

    def _counts_pieces(self, reading: Reading, index: int) -> bool:
        """Tell "2 of those" from "2"."""
        return index + 1 < len(reading.tokens) and bool(self._pieces.at(reading.tokens, index + 1)[0])

    def _read(self, token: Token, is_size: bool, is_led: bool = False) -> dict[str, list[str]]:
        if token.number is None:
            bare = self._bare.get(token.norm)
            if bare is None and is_size and token.norm in _LETTERS:
                return self._unknown(token.norm.upper(), "")
            return {"option_value": [bare]} if bare else {}
        if token.number < 0:
            return {}
        known = self._numbered.get(token.norm, [])
        if is_size:  # "size 8" is not 8GB
            known = [value for value in known if not self._has_unit(token.norm, value)]
        if known:
            return {"option_value": list(known)}
        return self._unknown(token.norm, "") if is_size or (is_led and self._is_near(token.number)) else {}

    def _is_near(self, number: Decimal) -> bool:
        """Tell whether a number could be a size of this catalogue: 43 where there are 40 to 46, but not 2."""
        sizes = [Decimal(size) for size, values in self._numbered.items() if not self._has_unit(size, values[0])]
        return bool(sizes) and min(sizes) / 2 <= number <= max(sizes) * 2

    def _has_unit(self, number: str, value: str) -> bool:
        return any(value in self._measured.get((number, unit), ()) for unit in self._units)

    def _unknown(self, number: str, unit: str) -> dict[str, list[str]]:
        pattern = self._patterns.get(unit, "{} " + unit if unit else "{}")
        return {"option_value": [pattern.format(number)], "option_name": list(self._names_of_unit.get(unit, ()))}


def _is_capital(reading: Reading, token: Token) -> bool:
    """Tell the L of "got the L" from a letter of a message that is all capitals."""
    return reading.text[token.start : token.end].isupper() and not reading.text.isupper()


def _as_token(reading: Reading, place: int, number: Number | None) -> Token:
    """Give the token at a place; of a number in words, one with its digits: "四十二" is 42."""
    token = reading.tokens[place]
    if number is None or (token.number is not None and number.last == place + 1):
        return token
    return Token(token.start, reading.tokens[number.last - 1].end, number.text, number.value)


def _append(values: list[str], value: str) -> None:
    if value not in values:
        values.append(value)
