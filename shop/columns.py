"""Column types that keep exact values on every database."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect
from sqlalchemy.types import TypeDecorator

# An amount of 1 is stored as this many.
EXACT_UNITS = 10_000


class ExactDecimal(TypeDecorator[Decimal]):
    """A Decimal with four places, stored as an integer: SQLite has no exact decimal type of its own."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        """Turn an amount into ten-thousandths; raise ValueError where digits would be lost."""
        if value is None:
            return None
        scaled = Decimal(value) * EXACT_UNITS
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than four decimal places")
        return int(scaled)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Turn stored ten-thousandths back into an amount."""
        return None if value is None else Decimal(int(value)) / EXACT_UNITS


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A time with its zone, always UTC: SQLite forgets the zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Convert to UTC; a time without a zone is refused with ValueError."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(dt.timezone.utc)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Mark the stored time as UTC."""
        return (
            None if value is None else value.replace(tzinfo=value.tzinfo or dt.timezone.utc).astimezone(dt.timezone.utc)
        )
