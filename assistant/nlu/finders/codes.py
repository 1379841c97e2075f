"""Codes of coupons and gift cards: "coupon SAVE10", "my code is hello7", "礼品卡ABCD-2345-EFGH-JKMN"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.nlu.finders.idle import IdleWords
from assistant.nlu.intents import CODES, MAY_TELL_CODE
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Reading
from assistant.nlu.scripts import plain
from assistant.nlu.tokens import Tokenizer
from assistant.nlu.words import WordLists

CODE = "code"
FEWEST_LETTERS = 4
# Longer than any order number.
FEWEST_DIGITS = 8
MOST_BETWEEN = 3
LONGEST_LEAD = 5

# Of an e-mail address or a web address, no part is a code.
_CHUNK = re.compile(r"(?<![a-z0-9@._/-])[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?(?![a-z0-9@_/-])(?!\.[a-z0-9])")
# Four groups, as a gift card's are often written.
_GROUPS = re.compile(r"(?<![a-z0-9])(?=(?P<code>(?:[a-z0-9]{4} ){3}[a-z0-9]{4})(?![a-z0-9]))")


class CodeFinder:
    """Find codes behind a word for one, and in talk of codes whatever is written as one; never a SKU of the shop."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer, idle: IdleWords, skus: Iterable[str]) -> None:
        self._leads = PhraseBook(tokenizer, ((lead, True) for lead in words.codes["leads"]))
        self._idle = idle
        self._skus = frozenset(plain(sku) for sku in skus)

    def find(self, reading: Reading) -> None:
        """Take each code, in capital letters."""
        if reading.intent not in MAY_TELL_CODE:
            return
        text = plain(reading.text)
        for found in _GROUPS.finditer(text):
            places = reading.places(*found.span("code"))
            if places and _has_digit(found["code"]) and self._lead_before(reading, places[0]) is not None:
                self._take(reading, places, found["code"].replace(" ", "-"))
        for found in _CHUNK.finditer(text):
            places = reading.places(*found.span())
            if places and self._is_code(reading, found, places[0]):
                self._take(reading, places, found[0])

    def _take(self, reading: Reading, places: tuple[int, int], code: str) -> None:
        lead = self._lead_before(reading, places[0])
        first = places[0] if lead is None else lead
        if reading.is_free(*places):
            reading.take(first, places[1], {CODE: [code.upper()]})

    def _is_code(self, reading: Reading, found: re.Match[str], place: int) -> bool:
        chunk, written = found[0], reading.text[found.start() : found.end()]
        if chunk in self._skus or len(chunk) < FEWEST_LETTERS:
            return False
        if chunk.isdigit():
            return len(chunk) >= FEWEST_DIGITS and self._lead_before(reading, place) is not None
        if reading.tokens[place].number is not None:
            return False  # "16gb" is a number with a unit
        # In a message that is all capitals, a word in capitals says nothing.
        stands_out = written.isupper() and not reading.text.isupper()
        is_meant = reading.intent in CODES or self._lead_before(reading, place) is not None
        return (_has_digit(chunk) or stands_out) and is_meant

    def _lead_before(self, reading: Reading, place: int) -> int | None:
        """Give where a word for a code starts before a place, with a few idle words between at most."""
        for end in range(place, max(place - MOST_BETWEEN - 1, 0), -1):
            for start in range(max(end - LONGEST_LEAD, 0), end):
                if start + self._leads.at(reading.tokens, start, end)[0] == end:
                    return start
            if not self._idle.is_idle(reading.tokens[end - 1], "use_code"):
                return None
        return None


def _has_digit(code: str) -> bool:
    return any(letter.isdigit() for letter in code)
