"""Days from one to another, both of them; in UTC, as everything that the shop writes down."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, true
from sqlalchemy.orm import InstrumentedAttribute

_OPEN = ".."


@dataclass(frozen=True)
class Days:
    """Some days in a row; None where one side is open.

    Attributes:
        first: the first of them.
        last: the last of them.
    """

    first: dt.date | None = None
    last: dt.date | None = None

    def __post_init__(self) -> None:
        """Refuse days that run backwards."""
        if self.first and self.last and self.first > self.last:
            raise ValueError(f"first is {self.first}, it must not be after the last, {self.last}")

    @classmethod
    def parse(cls, text: str) -> Days:
        """Read an interval of ISO 8601, as "2026-11-20/2026-11-22" or "2026-10-01/..".

        Raises:
            ValueError: it is none.

        >>> Days.parse("2026-10-01/..")
        Days(first=datetime.date(2026, 10, 1), last=None)
        """
        first, slash, last = text.partition("/")
        if not slash:
            raise ValueError(f"{text!r} is no interval of days")
        return cls(*(None if day == _OPEN else dt.date.fromisoformat(day) for day in (first, last)))

    def hold(self, moment: InstrumentedAttribute[dt.datetime]) -> ColumnElement[bool]:
        """Write the condition that a moment lies in them."""
        return and_(
            true() if self.first is None else moment >= _midnight(self.first),
            true() if self.last is None else ~self.end_before(moment),
        )

    def begin_after(self, moment: InstrumentedAttribute[dt.datetime]) -> ColumnElement[bool]:
        """Write the condition that a moment lies before the first of them."""
        return false() if self.first is None else moment < _midnight(self.first)

    def end_before(self, moment: InstrumentedAttribute[dt.datetime]) -> ColumnElement[bool]:
        """Write the condition that a moment lies after the last of them."""
        if self.last is None or self.last == dt.date.max:
            return false()
        return moment >= _midnight(self.last + dt.timedelta(days=1))


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.timezone.utc)
