"""Order numbers: "order 1001", "#1001", and "1001" alone or when an order is asked after."""

from __future__ import annotations

from assistant.nlu.finders.idle import IdleWords
from assistant.nlu.intents import CHANGING, NUMBERED
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Reading
from assistant.nlu.tokens import Tokenizer
from assistant.nlu.words import WordLists

FEWEST_DIGITS = 3


class OrderFinder:
    """Find order numbers; fewer than three digits are an ordinal or a quantity instead."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer, idle: IdleWords) -> None:
        self._leads = PhraseBook(tokenizer, ((lead, True) for lead in words.orders["leads"]))
        self._marks = set(words.orders["marks"])
        self._idle = idle

    def find(self, reading: Reading) -> None:
        """Take each number that is surely one; note a number alone, which may be a quantity as well."""
        for number in reading.free_numbers():
            if not number.is_whole or number.value < 10 ** (FEWEST_DIGITS - 1):
                continue
            first = self._lead_before(reading, number.first)
            if first < number.first or reading.intent in NUMBERED:
                reading.take(first, number.last, {"order_number": [number.text]})
            elif self._idle.is_all_but(reading, number.first, number.last):
                reading.note(number.first, number.last, {"order_number": [number.text]})

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
