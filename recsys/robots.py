"""Who acts faster, or more, than a person can: a robot, all of whose rows are worth nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from recsys import columns as c
from recsys.arrays import BoolArray

_NANOSECONDS = {"minute": 60 * 10**9, "day": 86_400 * 10**9}


def robots_by_rate(rows: pd.DataFrame, max_events_per_minute: int) -> BoolArray:
    """Tell the rows of users who did more within one minute of the clock than `max_events_per_minute`.

    `rows` are interactions in cleaning, with ids as categories; the answer has the shape (len(rows),).
    """
    return _busier_than(rows, _NANOSECONDS["minute"], max_events_per_minute)


def robots_by_volume(rows: pd.DataFrame, max_events_per_day: int) -> BoolArray:
    """Tell the rows of users who did more on one day (UTC) than `max_events_per_day`; likewise."""
    return _busier_than(rows, _NANOSECONDS["day"], max_events_per_day)


def _busier_than(rows: pd.DataFrame, period: int, most: int) -> BoolArray:
    if len(rows) <= most:
        return np.zeros(len(rows), dtype=bool)
    user, time = rows[c.USER_ID].cat.codes.to_numpy(), rows[c.TIMESTAMP].astype("int64").to_numpy(np.int64)
    first = _first_lines(rows, user, time)
    acts = pd.DataFrame({"user": user[first], "period": time[first] // period})
    busy = acts.groupby(["user", "period"], sort=False).size()
    return np.isin(user, busy[busy > most].index.get_level_values("user"))


def _first_lines(
    rows: pd.DataFrame, user: npt.NDArray[np.integer[Any]], time: npt.NDArray[np.integer[Any]]
) -> BoolArray:
    """Tell the rows that count as an act: all but the further lines of an order, for a wholesaler is no robot.

    The lines of an order share the basket, or where none is told the time.
    """
    basket = rows[c.BASKET_ID].cat.codes.to_numpy()
    lines = np.flatnonzero((rows[c.KIND] == c.PURCHASE).to_numpy())
    order = pd.DataFrame({"user": user, "basket": basket, "time": np.where(basket < 0, time, 0)}).iloc[lines]
    first = np.ones(len(rows), dtype=bool)
    first[lines[order.duplicated().to_numpy()]] = False
    return first
