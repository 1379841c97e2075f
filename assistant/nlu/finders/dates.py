"""When something was ordered: "the order from last Friday"; before a number of a date is read as an order's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timezone

from assistant.nlu.dates import DateReader, NamedDays
from assistant.nlu.intents import DATED, INFORM
from assistant.nlu.reading import Reading
from assistant.nlu.scripts import has_han, plain
from assistant.nlu.words import WordLists

ORDERED = "ordered"
# A day alone answers the question which order is meant, and a list is one of orders whatever is said of the day.
_ALWAYS = frozenset({"list_orders", INFORM})
_CLAUSE_END = re.compile(r"[\s,;!?，。；！？、]")
_OF_DAY = ("的", "那")


class OrderedFinder:
    """Find the days, as "2026-11-20/2026-11-20"; they are days in UTC, as the shop shows the dates of its orders."""

    def __init__(self, words: WordLists) -> None:
        self._dates = DateReader(words)
        self._ordering, self._delivering = words.dates["ordering"], words.dates["delivering"]

    def find(self, reading: Reading) -> None:
        """Take each date; a date that cannot be is taken too, as its numbers are no order's."""
        if reading.intent not in DATED:
            return
        for found in self._dates.read(reading.text, datetime.now(timezone.utc).date()):
            places = reading.places(found.start, found.end)
            if places and reading.is_free(*places):
                is_told = found.days is not None and self._is_of_order(reading, found)
                days = [found.days.iso] if is_told and found.days else []
                is_again = any(one.entity == ORDERED and one.value in days for one in reading.found)
                reading.take(*places, {ORDERED: [] if is_again else days})

    def _is_of_order(self, reading: Reading, found: NamedDays) -> bool:
        """Tell "昨天买的" from "昨天到的" and "今天能到吗"."""
        if reading.intent in _ALWAYS or not has_han(reading.text[found.start : found.end]):
            return True
        text = plain(reading.text)
        before, clause = _CLAUSE_END.split(text[: found.start])[-1], _CLAUSE_END.split(text[found.end :], maxsplit=1)[0]
        if not clause:
            return not before or _first_of(self._ordering, before) < len(before)
        if clause.startswith(_OF_DAY):
            return True
        ordered = _first_of(self._ordering, clause)
        return ordered < len(clause) and ordered <= _first_of(self._delivering, clause)


def _first_of(words: Iterable[str], text: str) -> int:
    """Give where the first of some words stands in a text; its length for none."""
    return min((place for word in words if (place := text.find(word)) >= 0), default=len(text))
