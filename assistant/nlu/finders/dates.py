"""When something was ordered: "the order from last Friday"; before a number of a date is read as an order's."""

from __future__ import annotations

from datetime import datetime, timezone

from assistant.nlu.dates import DateReader
from assistant.nlu.intents import DATED
from assistant.nlu.reading import Reading
from assistant.nlu.words import WordLists

ORDERED = "ordered"


class OrderedFinder:
    """Find the days, as "2026-11-20/2026-11-20"; they are days in UTC, as the shop shows the dates of its orders."""

    def __init__(self, words: WordLists) -> None:
        self._dates = DateReader(words)

    def find(self, reading: Reading) -> None:
        """Take each date; a date that cannot be is taken too, as its numbers are no order's."""
        if reading.intent not in DATED:
            return
        for found in self._dates.read(reading.text, datetime.now(timezone.utc).date()):
            places = reading.places(found.start, found.end)
            if places and reading.is_free(*places):
                reading.take(*places, {ORDERED: [found.days.iso]} if found.days else {})
