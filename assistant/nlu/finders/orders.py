"""Order numbers: "order 1001", "#1001", and "1001" alone or when an order is asked after."""

from __future__ import annotations

from assistant.nlu.finders.idle import IdleWords
from assistant.nlu.intents import CHANGING, COMPLAINING, EXCHANGING, NUMBERED, READDRESSING
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Number, Reading
from assistant.nlu.scripts import is_han
from assistant.nlu.tokens import Tokenizer
from assistant.nlu.words import WordLists

FEWEST_DIGITS = 3
_FEWEST_IN_WORDS = 1000
FIRST_ORDER = 1000
"""No order of a shop has a smaller number."""
# In a complaint four digits are an order's, or a year's.
_YEARS = range(1990, 2100)


class OrderFinder:
    """Find order numbers; fewer than three digits are an ordinal or a quantity instead."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer, idle: IdleWords) -> None:
        self._leads = PhraseBook(tokenizer, ((lead, True) for lead in words.orders["leads"]))
        self._marks = set(words.orders["marks"])
        self._house_words = frozenset(words.orders["houses"])
        self._moved = PhraseBook(tokenizer, ((phrase, True) for phrase in words.orders["moved"]))
        self._currencies = frozenset(words.price["currencies"])
        self._idle = idle

    def find(self, reading: Reading) -> None:
        """Take each number that is surely one; note a number alone, which may be a quantity as well."""
        for number in reading.free_numbers():
            if not number.is_whole or number.value < 10 ** (FEWEST_DIGITS - 1):
                continue
            first = self._lead_before(reading, number.first)
            is_order = reading.intent in NUMBERED and not self._is_little(reading, number)
            is_order = is_order or self._is_moved(reading, number) or self._is_complained_of(reading, number)
            if first < number.first or is_order:
                reading.take(first, number.last, {"order_number": [number.text]})
            elif self._idle.is_all_but(reading, number.first, number.last):
                reading.note(number.first, number.last, {"order_number": [number.text]})

    def _is_little(self, reading: Reading, number: Number) -> bool:
        """Tell an amount in numerals, "一百八", and a size, "那件110", from an order's number."""
        is_in_words = is_han(reading.tokens[number.first].norm[0])
        return number.value < _FEWEST_IN_WORDS and (is_in_words or reading.intent == EXCHANGING)

    def _is_moved(self, reading: Reading, number: Number) -> bool:
        """Tell the order of "1029改寄到公司" from the house of "88号": what goes elsewhere is said, or first."""
        if reading.intent != READDRESSING or number.last == len(reading.tokens):
            return False
        following = reading.tokens[number.last].norm
        is_first = not number.first and is_han(following[0]) and following not in self._house_words
        return is_first or bool(self._moved.at(reading.tokens, number.last)[0])

    def _is_complained_of(self, reading: Reading, number: Number) -> bool:
        """Tell the order of "1038拖了半个月没人管" from money and years."""
        beside = [one for one in (number.first - 1, number.last) if 0 <= one < len(reading.tokens)]
        is_money = any(reading.tokens[one].norm in self._currencies for one in beside)
        is_order = number.value >= FIRST_ORDER and number.value not in _YEARS and not is_money
        return reading.intent == COMPLAINING and is_order and not is_han(reading.tokens[number.first].norm[0])

    def _lead_before(self, reading: Reading, first: int) -> int:
        if first and reading.tokens[first - 1].norm in self._marks:
            return self._lead_before(reading, first - 1)
        if reading.intent in CHANGING:  # "order 100 of them"
            return first
        for start in range(max(first - 3, 0), first):
            length, _ = self._leads.at(reading.tokens, start, first)
            if start + length == first:
                return start
        return first
