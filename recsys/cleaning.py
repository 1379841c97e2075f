"""What is no shopper's taste goes before anything learns from it, and every row that goes is counted.

Gone are: rows without an id, items that are no products, kinds of events that are not known, times that cannot be,
weights that are no multipliers, quantities that are no positive numbers, exact duplicates, refunds with the purchases
that they undo, and everything that robots did.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from recsys import columns as c
from recsys.arrays import BoolArray
from recsys.errors import InvalidFrame
from recsys.identifiers import is_id
from recsys.refunds import undo_refunds
from recsys.robots import robots_by_rate, robots_by_volume
from recsys.times import as_utc, parsed_times

DROP_REASONS = (
    *("bad_ids", "not_a_product", "unknown_kinds", "impossible_times", "bad_weights", "bad_quantities"),
    *("duplicates", "refunds", "refunded", "bots_by_rate", "bots_by_volume"),
)
LARGEST_WEIGHT = 1e6
"""A multiplier above this, or below one over this, is no opinion: in float32 it drowns the others or vanishes."""

_CODED = (c.USER_ID, c.ITEM_ID, c.KIND, c.BASKET_ID, c.MARKET)
"""Columns that are numbered while rows are compared: text is looked at once."""
_COLUMNS = (*c.REQUIRED_INTERACTIONS, *c.OPTIONAL_INTERACTIONS)


@dataclass(frozen=True)
class Cleaning:
    """What is taken for impossible.

    Attributes:
        min_time: nothing happened before.
        max_time: nothing happened after; None is now.
        max_events_per_day: who does more on one day is a robot. An order counts once, however many lines it has.
        max_events_per_minute: likewise within one minute.
        not_products: ids of items that are no products, such as postage.
        not_product_pattern: a regular expression; an item whose whole id matches is no product.
    """

    min_time: datetime = datetime(1995, 1, 1, tzinfo=UTC)
    max_time: datetime | None = None
    max_events_per_day: int = 1_000
    max_events_per_minute: int = 120
    not_products: frozenset[str] = field(default_factory=frozenset)
    not_product_pattern: str | None = None

    def __post_init__(self) -> None:
        if self.max_events_per_day < 1 or self.max_events_per_minute < 1:
            raise InvalidFrame("max_events", self, "a positive number is wanted")


@dataclass(frozen=True)
class CleaningReport:
    """How many rows came, went for each reason, and stayed. A row is counted for the first reason that it goes for.

    `refunds` counts rows that say a refund, `refunded` the purchases that they undid. `partly_refunded` purchases
    stayed with a smaller quantity; `robots` are users, not rows.
    """

    rows: int = 0
    bad_ids: int = 0
    not_a_product: int = 0
    unknown_kinds: int = 0
    impossible_times: int = 0
    bad_weights: int = 0
    bad_quantities: int = 0
    duplicates: int = 0
    refunds: int = 0
    refunded: int = 0
    bots_by_rate: int = 0
    bots_by_volume: int = 0
    kept: int = 0
    robots: int = 0
    partly_refunded: int = 0
    refunds_of_nothing: int = 0

    @property
    def bots(self) -> int:
        """Rows of robots, however they were found."""
        return self.bots_by_rate + self.bots_by_volume

    @property
    def dropped(self) -> dict[str, int]:
        """Rows that went, by reason; reasons that took none are left out."""
        return {name: count for name in DROP_REASONS if (count := int(getattr(self, name)))}

    def to_dict(self) -> dict[str, int]:
        """Give all counts by name."""
        return asdict(self)


def clean(frame: pd.DataFrame, settings: Cleaning | None = None) -> tuple[pd.DataFrame, CleaningReport]:
    """Drop what is no shopper's taste.

    Args:
        frame: interactions, with at least `user_id`, `item_id`, `kind` and `timestamp`. It is not changed.
        settings: what is impossible; None is the usual.

    Returns:
        The rows that stay, in the order of time (of the frame, where times are equal), with all optional columns and
        `timestamp` as `datetime64[ns, UTC]`; and the report.

    Raises:
        InvalidFrame: a column is missing, or has a type that cannot be what it says.
    """
    settings = settings or Cleaning()
    rows = _typed(frame)
    counts = {"rows": len(rows)}
    for reason, wrong in _CHECKS.items():
        rows = _without(rows, wrong(rows, settings), reason, counts)
    rows[c.TIMESTAMP] = rows[c.TIMESTAMP].dt.as_unit("ns")
    rows = rows.sort_values(c.TIMESTAMP, kind="stable", ignore_index=True)
    rows = _without(rows, rows.duplicated(list(_COLUMNS)).to_numpy(), "duplicates", counts)
    rows, undone = undo_refunds(rows)
    users = rows[c.USER_ID].nunique()
    rows = _without(rows, robots_by_rate(rows, settings.max_events_per_minute), "bots_by_rate", counts)
    rows = _without(rows, robots_by_volume(rows, settings.max_events_per_day), "bots_by_volume", counts)
    robots = users - rows[c.USER_ID].nunique()
    rows[list(_CODED)] = rows[list(_CODED)].astype(object)
    return rows, CleaningReport(**counts, **asdict(undone), kept=len(rows), robots=robots)


def _without(rows: pd.DataFrame, wrong: BoolArray, reason: str, counts: dict[str, int]) -> pd.DataFrame:
    counts[reason] = int(wrong.sum())
    return rows[~wrong].reset_index(drop=True) if counts[reason] else rows


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the columns that count, each with its type; what cannot be read becomes NaT or NaN."""
    for name in c.REQUIRED_INTERACTIONS:
        if name not in frame.columns:
            raise InvalidFrame(name, list(frame.columns), "a column is missing")
    for name in (c.USER_ID, c.ITEM_ID, c.TIMESTAMP):
        if len(frame) and pd.api.types.is_numeric_dtype(frame[name]):
            raise InvalidFrame(name, str(frame[name].dtype), "ids are text and times are times, not numbers")
    typed: dict[str, object] = {name: _coded(frame, name) for name in _CODED}
    typed[c.TIMESTAMP] = parsed_times(frame[c.TIMESTAMP]).array
    typed[c.QUANTITY] = _numbers(frame, c.QUANTITY)
    typed[c.WEIGHT] = _numbers(frame, c.WEIGHT)
    return pd.DataFrame(typed, columns=list(_COLUMNS), copy=False)


def _coded(frame: pd.DataFrame, name: str) -> pd.Categorical:
    if name not in frame.columns:
        return pd.Categorical.from_codes(np.full(len(frame), -1), categories=pd.Index([], dtype=object))
    codes, values = pd.factorize(frame[name].to_numpy(dtype=object))
    return pd.Categorical.from_codes(codes, categories=pd.Index(values, dtype=object))


def _numbers(frame: pd.DataFrame, name: str) -> npt.NDArray[np.float64]:
    if name not in frame.columns:
        return np.ones(len(frame))
    return pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=np.float64)


def _bad_ids(rows: pd.DataFrame, _: Cleaning) -> BoolArray:
    return ~(_where(rows[c.USER_ID], is_id) & _where(rows[c.ITEM_ID], is_id))


def _where(values: pd.Series[Any], true_of: Callable[[Any], bool]) -> BoolArray:
    """Ask once for each value, not for each row; of a missing one nothing is true."""
    answers = np.array([*(true_of(value) for value in values.cat.categories), False], dtype=bool)
    return np.asarray(answers[values.cat.codes.to_numpy()])


def _no_products(rows: pd.DataFrame, settings: Cleaning) -> BoolArray:
    pattern = re.compile(settings.not_product_pattern or r"(?!)")
    return _where(rows[c.ITEM_ID], lambda item: item in settings.not_products or bool(pattern.fullmatch(str(item))))


def _unknown_kinds(rows: pd.DataFrame, _: Cleaning) -> BoolArray:
    return ~_where(rows[c.KIND], c.KINDS.__contains__)


def _impossible_times(rows: pd.DataFrame, settings: Cleaning) -> BoolArray:
    last = as_utc(settings.max_time or datetime.now(UTC))
    return ~rows[c.TIMESTAMP].between(as_utc(settings.min_time), last).to_numpy(dtype=bool)


def _bad_weights(rows: pd.DataFrame, _: Cleaning) -> BoolArray:
    weights = rows[c.WEIGHT].to_numpy()
    return np.asarray(~((weights >= 1 / LARGEST_WEIGHT) & (weights <= LARGEST_WEIGHT)), dtype=bool)


def _bad_quantities(rows: pd.DataFrame, _: Cleaning) -> BoolArray:
    """Tell the rows whose quantity is no positive number; that of a refund may be negative, as shops write it."""
    quantities = rows[c.QUANTITY].to_numpy()
    positive = np.where((rows[c.KIND] == c.REFUND).to_numpy(), np.abs(quantities), quantities) > 0
    return np.asarray(~(np.isfinite(quantities) & positive), dtype=bool)


_CHECKS: dict[str, Callable[[pd.DataFrame, Cleaning], BoolArray]] = {
    "bad_ids": _bad_ids,
    "not_a_product": _no_products,
    "unknown_kinds": _unknown_kinds,
    "impossible_times": _impossible_times,
    "bad_weights": _bad_weights,
    "bad_quantities": _bad_quantities,
}
