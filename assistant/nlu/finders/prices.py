"""Prices as limits: "under 100", "less than 1k", "between 50 and 80", "over 20 bucks", "around $100", "三百来块".

A limit that stands alone with its currency ("a tent for $50") is the most the shopper wants to pay. "Around 100" is
from 80 to 120, "两百多" from 200 to 300, "两千出头" up to a fifth more. "Cheap" is no limit: `SortFinder` reads it as
an order by price.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.nlu.finders.spreads import spread_from
from assistant.nlu.han import NUMERALS
from assistant.nlu.intents import LIMITED, PRICED, SEARCHING, STARTING_FROM_ONE
from assistant.nlu.phrases import PhraseBook
from assistant.nlu.reading import Number, Reading
from assistant.nlu.scripts import is_han
from assistant.nlu.tokens import Tokenizer
from assistant.nlu.words import WordLists

LEADS = ("most", "least", "between", "around")
AFTER = {"most_after": "most", "least_after": "least", "around_after": "around", "above_after": "just_above"}
INSIDE = {"around_inside": "around", "above_inside": "above"}
AROUND = Decimal("0.2")
_DASHES = {"-", "–", "—", "－", "~", "～", "〜", "--", "——"}
# A bare number in words is no size and no count where it is so much: "三脚架 一千二".
_SURELY_MONEY = 100
_PLACES = frozenset("百千万")
_REFUSED = {"least": "most", "most": "least"}
# Only a round number is rough.
_ROUND = 10


@dataclass(frozen=True)
class _Amount:
    """An amount by its tokens, with its currency and a word inside it that makes it rough: "三百来块"."""

    first: int
    last: int
    has_currency: bool
    kind: str = ""


class PriceFinder:
    """Find price limits; a number without a currency counts only beside a word that makes it one."""

    def __init__(self, words: WordLists, tokenizer: Tokenizer) -> None:
        price = words.price
        self._currencies = PhraseBook(tokenizer, ((word, True) for word in price["currencies"]))
        self._leads = PhraseBook(tokenizer, ((phrase, kind) for kind in LEADS for phrase in price[kind]))
        self._after = PhraseBook(tokenizer, ((phrase, kind) for name, kind in AFTER.items() for phrase in price[name]))
        self._inside = PhraseBook(tokenizer, ((word, kind) for name, kind in INSIDE.items() for word in price[name]))
        self._names = PhraseBook(tokenizer, ((word, True) for word in price["names"]))
        self._ranged = PhraseBook(tokenizer, ((phrase, True) for phrase in price["between_after"]))
        self._joiners = PhraseBook(tokenizer, ((word, True) for word in price["joiners"]))
        self._fillers = PhraseBook(tokenizer, ((word, True) for word in price["fillers"]))
        self._refusals = PhraseBook(tokenizer, ((word, True) for word in price["refusals"]))
        # A multiplier that multiplies nothing is a unit too, as of colours of light: "3000K".
        self._units = frozenset(word for unit in words.units for word in unit) | frozenset(words.multipliers)
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
        amount = self._amount(reading, low)
        start = self._joined_at(reading, amount.last)
        high = next((one for one in reading.free_numbers() if one.first in (start, start + 1)), None) if start else None
        if high is None or high.first <= low.first:
            return
        other = self._amount(reading, high)
        if other.first != start:
            return
        lead, kinds = self._lead_before(reading, amount.first)
        after = self._ranged.at(reading.tokens, other.last)[0] if other.last < len(reading.tokens) else 0
        is_said = "between" in kinds or "least" in kinds or after or self._is_named_before(reading, lead)
        is_large = self._is_spoken_range(reading, low, other.last) and reading.intent in SEARCHING
        if is_said or is_large or amount.has_currency or other.has_currency:
            lower, upper = sorted((low, high), key=lambda number: number.value)
            reading.take(lead, other.last + after, {"price_min": [lower.text], "price_max": [upper.text]})

    def _is_spoken_range(self, reading: Reading, low: Number, last: int) -> bool:
        """Tell "五百到八百" from the sizes of "40到42" and the pieces of "100到200个"."""
        is_joined = is_han(reading.tokens[low.last].norm[0]) if low.last < len(reading.tokens) else False
        return is_joined and low.value >= _SURELY_MONEY and not self._counts_pieces(reading, last)

    def _is_named_before(self, reading: Reading, place: int) -> bool:
        """Tell the range of "价格200-300" from that of "跑步5-10公里"."""
        starts = range(max(place - 2, 0), place)
        return any(start + self._names.at(reading.tokens, start, place)[0] == place for start in starts)

    def _joined_at(self, reading: Reading, place: int) -> int | None:
        """Give where the second amount of a range starts, if something joins one on here."""
        if place >= len(reading.tokens):
            return None
        if place and reading.between(place - 1, place).strip() in _DASHES:
            return place
        length, _ = self._joiners.at(reading.tokens, place)
        return place + length if length else None

    def _find_limit(self, reading: Reading, number: Number) -> None:
        amount = self._amount(reading, number)
        counts_others = self._counts_pieces(reading, amount.last) or self._is_measure(reading, amount.last)
        if number.value <= 0 or (not amount.has_currency and counts_others):
            return
        lead, kinds = self._lead_before(reading, amount.first)
        length, after = self._after_at(reading, amount.last)
        spread = spread_from(reading, number)
        # "再找两块" asks for two more of a watch.
        is_piece = reading.intent in STARTING_FROM_ONE and number.value < _ROUND and number.is_whole
        is_amount = (amount.has_currency and not is_piece) or spread is not None or _is_spelled_alone(reading, number)
        if not (kinds or after or amount.kind) and (not is_amount or reading.intent not in LIMITED):
            return
        # "From 50" is a range that never ends; "from" alone is too weak a word for a number without a currency.
        said = kinds if kinds and after == ["around"] else after or kinds  # "under 50 or so" stays a limit
        kind = (said or [amount.kind or "most"])[0]
        if amount.kind == "above" and kind == "most":
            number = replace(number, value=number.value + _step(number))  # a budget of "四千多" is below 5000
        if spread and not said:
            reading.take(lead - 1, amount.last, {"price_min": [spread.text], "price_max": [number.text]})
            return
        kind = "least" if kind == "between" else kind
        kind = _REFUSED.get(kind, kind) if said and self._is_refused(reading, amount.last + length) else kind
        reading.take(lead, amount.last + length, _limits(kind, number))

    def _after_at(self, reading: Reading, place: int) -> tuple[int, list[str]]:
        return self._after.at(reading.tokens, place) if place < len(reading.tokens) else (0, [])

    def _is_refused(self, reading: Reading, place: int) -> bool:
        """Tell the "超过一百的别给我看" of one who pays no more from "超过一百的"."""
        while place < len(reading.tokens) and is_han(reading.tokens[place].norm[0]) and reading.is_glued(place):
            if reading.is_free(place, place + 1) and self._refusals.at(reading.tokens, place)[0]:
                return True
            place += 1
        return False

    def _is_measure(self, reading: Reading, place: int) -> bool:
        """Tell "八百瓦" from money."""
        return place < len(reading.tokens) and reading.is_glued(place) and reading.tokens[place].norm in self._units

    def _counts_pieces(self, reading: Reading, last: int) -> bool:
        return last < len(reading.tokens) and bool(self._piece_words.at(reading.tokens, last)[0])

    def _amount(self, reading: Reading, number: Number) -> _Amount:
        """Widen a number by its currency, before or after it, and by a word inside it."""
        first, last = number.first, number.last
        if first and reading.is_free(first - 1, first) and self._currencies.at(reading.tokens, first - 1, first)[0]:
            return _Amount(first - 1, last, has_currency=True)
        is_round = last < len(reading.tokens) and number.value >= _ROUND and number.value % _ROUND == 0
        inside, kinds = self._inside.at(reading.tokens, last) if is_round else (0, [])
        middle = last + inside
        length = self._currencies.at(reading.tokens, middle)[0] if middle < len(reading.tokens) else 0
        is_piece = bool(inside) and self._counts_pieces(reading, last)  # "四十把" are chairs
        if inside and (length or (not is_piece and self._ends_at(reading, middle))):
            return _Amount(first, middle + length, bool(length), kinds[0])
        length = self._currencies.at(reading.tokens, last)[0] if last < len(reading.tokens) else 0
        return _Amount(first, last + length, bool(length))

    def _ends_at(self, reading: Reading, place: int) -> bool:
        """Tell whether "三百多" says no more than an amount: "三百多的", but not "三百多天"."""
        tokens = reading.tokens
        is_end = place == len(tokens) or not reading.is_glued(place) or tokens[place].norm == "的"
        return is_end or self._after_at(reading, place)[0] > 0

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


def _is_spelled_alone(reading: Reading, number: Number) -> bool:
    """Tell whether a large number in Chinese numerals ends what is said: "三脚架 一千二"."""
    tokens = reading.tokens
    written = [token.norm for token in tokens[number.first : number.last]]
    # "一零二八" spells digits, as of an order.
    is_spelled = all(norm[0] in NUMERALS for norm in written) and not _PLACES.isdisjoint(written)
    is_end = number.last == len(tokens) or not reading.is_glued(number.last)
    return is_spelled and is_end and number.value >= _SURELY_MONEY


def _limits(kind: str, number: Number) -> dict[str, list[str]]:
    low, high = number.value, number.value
    if kind == "least":
        return {"price_min": [number.text]}
    if kind == "around":
        low, high = low * (1 - AROUND), high * (1 + AROUND)
    elif kind == "just_above":
        high = high * (1 + AROUND)
    elif kind == "above":
        high += _step(number)
    else:
        return {"price_max": [number.text]}
    return {"price_min": [Number(0, 0, low).text], "price_max": [Number(0, 0, high).text]}


def _step(number: Number) -> Decimal:
    """Give the smallest place that a number names: 100 of 1200."""
    return Decimal(1).scaleb(len(number.text) - len(number.text.rstrip("0")) if number.is_whole else 0)
