"""Times: all of them are UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from recsys.errors import InvalidFrame


def as_utc(time: datetime | pd.Timestamp | str) -> pd.Timestamp:
    """Give a time in UTC; one that names no zone is UTC already.

    Raises:
        InvalidFrame: it is no time.
    """
    try:
        stamp = pd.Timestamp(time)
    except (ValueError, TypeError) as error:
        raise InvalidFrame("time", time, "a time is wanted") from error
    if pd.isna(stamp):
        raise InvalidFrame("time", time, "a time is wanted")
    return stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp.tz_convert("UTC")


def parsed_times(given: pd.Series[Any]) -> pd.Series[pd.Timestamp]:
    """Give times in UTC; those that name no zone are UTC already, and what is no time (ISO 8601) becomes NaT."""
    if pd.api.types.is_datetime64_any_dtype(given):
        return pd.to_datetime(given, utc=True)
    return pd.to_datetime(given.astype(object), utc=True, errors="coerce", format="ISO8601")
