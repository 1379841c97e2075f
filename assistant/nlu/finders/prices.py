"""Prices as limits: "under 100", "less than 1k", "between 50 and 80", "over 20 bucks", "around $100".

A limit that stands alone with its currency ("a tent for $50") is the most the shopper wants to pay. "Around 100" is
from 80 to 120. "Cheap" is no limit: `SortFinder` reads it as an order by price.
"""

from __future__ import annotations

from decimal import Decimal

from assistant.nlu.intents import LIMITED, PRICED
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Number, Reading
from assistant.nlu.tokens import Tokenizer
from assistant.nlu.words import WordLists

LEADS = ("most", "least", "between", "around")
AFTER = {"most_after": "most", "least_after": "least", "around_after": "around"}
AROUND = Decimal("0.2")
_DASHES = {"-", "–", "—"}


class PriceFinder:
    """Find price limits; a number without a currency counts only beside a word that makes it one."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer) -> None:
        price = words.price
        self._currencies = PhraseBook(tokenizer, ((word, True) for word in price["currencies"]))
        self._leads = PhraseBook(tokenizer, ((phrase, kind) for kind in LEADS for phrase in price[kind]))
        self._after = PhraseBook(tokenizer, ((phrase, kind) for name, kind in AFTER.items() for phrase in price[name]))
        self._ranged = PhraseBook(tokenizer, ((phrase, True) for phrase in price["between_after"]))
        self._joiners = PhraseBook(tokenizer, ((word, True) for word in price["joiners"]))
        self._fillers = PhraseBook(tokenizer, ((word, True) for word in price["fillers"]))
        self._piece_words = PhraseBook(tokenizer, ((word, True) for word in words.quantity["units"]))

    def find(self, reading: Reading) -> None:
        """Take ranges first, then single limits."""
        if reading.intent not in PRICED:
            return
        for number in reading.free_numbers():
            self._find_range(reading, number)
        for number in reading.free_numbers():
            self._find_limit(reading, number)

    def _find_range(self, reading: Reading, low: Number) -> None:
        first, middle, has_currency = self._amount(reading, low)
        start = self._joined_at(reading, middle)
        high = next((one for one in reading.free_numbers() if one.first in (start, start + 1)), None) if start else None
        if high is None or high.first <= low.first:
            return
        begin, last, also_currency = self._amount(reading, high)
        if begin != start:
            return
        lead, kinds = self._lead_before(reading, first)
        after = self._ranged.at(reading.tokens, last)[0] if last < len(reading.tokens) else 0
        if "between" in kinds or "least" in kinds or has_currency or also_currency or after:
            lower, upper = sorted((low, high), key=lambda number: number.value)
            reading.take(lead, last + after, {"price_min": [lower.text], "price_max": [upper.text]})

    def _joined_at(self, reading: Reading, place: int) -> int | None:
        """Give where the second amount of a range starts, if something joins one on here."""
        if place >= len(reading.tokens):
            return None
        if place and reading.between(place - 1, place).strip() in _DASHES:
            return place
        length, _ = self._joiners.at(reading.tokens, place)
        return place + length if length else None

    def _find_limit(self, reading: Reading, number: Number) -> None:
        first, last, has_currency = self._amount(reading, number)
        if number.value <= 0 or (not has_currency and self._counts_pieces(reading, last)):
            return
        lead, kinds = self._lead_before(reading, first)
        length, after = self._after.at(reading.tokens, last) if last < len(reading.tokens) else (0, [])
        if not kinds and not after and (not has_currency or reading.intent not in LIMITED):
            return
        # "From 50" is a range that never ends; "from" alone is too weak a word for a number without a currency.
        said = kinds if kinds and after == ["around"] else after or kinds  # "under 50 or so" stays a limit
        kind = (said or ["most"])[0]
        reading.take(lead, last + length, _limits("least" if kind == "between" else kind, number))

    def _counts_pieces(self, reading: Reading, last: int) -> bool:
        return last < len(reading.tokens) and bool(self._piece_words.at(reading.tokens, last)[0])

    def _amount(self, reading: Reading, number: Number) -> tuple[int, int, bool]:
        """Widen a number by its currency, before or after it."""
        first, last = number.first, number.last
        if first and reading.is_free(first - 1, first) and self._currencies.at(reading.tokens, first - 1, first)[0]:
            return first - 1, last, True
        length = self._currencies.at(reading.tokens, last)[0] if last < len(reading.tokens) else 0
        return first, last + length, bool(length)

    def _lead_before(self, reading: Reading, first: int) -> tuple[int, list[str]]:
        """Give where the word before an amount starts and what kinds of limit it makes; fillers may stand between."""
        end = first
        while True:
            for start in range(max(end - 4, 0), end):
                length, kinds = self._leads.at(reading.tokens, start, end)
                if length and start + length == end and reading.is_free(start, end):
                    return start, self._strongest(reading, start, kinds)
            if not end or not self._fillers.at(reading.tokens, end - 1, end)[0]:
                return first, []
            end -= 1

    def _strongest(self, reading: Reading, start: int, kinds: list[str]) -> list[str]:
        """Let "under about 100" be a limit, not a guess: a word before the guess decides."""
        if kinds[0] != "around":
            return kinds
        before, found = self._lead_before(reading, start) if start else (start, [])
        return found if found and before < start else kinds


def _limits(kind: str, number: Number) -> dict[str, list[str]]:
    if kind == "least":
        return {"price_min": [number.text]}
    if kind == "around":
        low, high = number.value * (1 - AROUND), number.value * (1 + AROUND)
        return {"price_min": [Number(0, 0, low).text], "price_max": [Number(0, 0, high).text]}
    return {"price_max": [number.text]}
