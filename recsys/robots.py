"""Who acts faster, or more, than a person can: a robot, all of whose rows are worth nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys import columns as c
from recsys.arrays import BoolArray


def robots_by_rate(rows: pd.DataFrame, max_events_per_minute: int) -> BoolArray:
    """Tell the rows of users who did more within one minute of the clock than `max_events_per_minute`."""
    return _busier_than(rows, "min", max_events_per_minute)


def robots_by_volume(rows: pd.DataFrame, max_events_per_day: int) -> BoolArray:
    """Tell the rows of users who did more on one day (UTC) than `max_events_per_day`."""
    return _busier_than(rows, "D", max_events_per_day)


def _busier_than(rows: pd.DataFrame, period: str, most: int) -> BoolArray:
    if len(rows) <= most:
        return np.zeros(len(rows), dtype=bool)
    acts = rows.loc[_first_lines(rows), [c.USER_ID, c.TIMESTAMP]]
    busy = acts.groupby([acts[c.USER_ID], acts[c.TIMESTAMP].dt.floor(period)], sort=False).size()
    robots = busy[busy > most].index.get_level_values(0)
    return rows[c.USER_ID].isin(robots).to_numpy()


def _first_lines(rows: pd.DataFrame) -> BoolArray:
    """Tell the rows that count as an act: all but the further lines of an order, for a wholesaler is no robot.

    The lines of an order share the basket, or where none is told the time.
    """
    order = rows[c.BASKET_ID].where(rows[c.BASKET_ID].notna(), rows[c.TIMESTAMP].astype("int64").astype(object))
    lines = pd.DataFrame({"user": rows[c.USER_ID], "order": order})[(rows[c.KIND] == c.PURCHASE).to_numpy()]
    further = np.zeros(len(rows), dtype=bool)
    further[lines.index[lines.duplicated()]] = True
    return ~further
