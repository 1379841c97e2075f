"""How much an event says of a taste: by its kind, and the less the longer ago."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from recsys import columns as c
from recsys.errors import InvalidFrame
from recsys.times import as_utc

DEFAULT_KINDS: Mapping[str, float] = {c.VIEW: 1.0, c.CLICK: 2.0, c.CART: 4.0, c.PURCHASE: 8.0}


@dataclass(frozen=True)
class Weighting:
    """What an event is worth.

    Attributes:
        kinds: the worth of each kind; a kind that is not named is worth nothing.
        half_life_days: after that many days an event is worth half; None lets nothing fade.
        floor: the share of its worth that an event keeps for ever, so that what was seen stays seen.
        dismiss: the worth of a dismissal, which is kept aside (`InteractionDataset.dismissed`).
    """

    kinds: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_KINDS))
    half_life_days: float | None = 90.0
    floor: float = 1e-3
    dismiss: float = 1.0

    def __post_init__(self) -> None:
        worths = [*self.kinds.values(), self.dismiss]
        if set(self.kinds) - set(c.POSITIVE_KINDS) or not all(np.isfinite(worth) and worth >= 0 for worth in worths):
            raise InvalidFrame("kinds", dict(self.kinds), f"worths of {c.POSITIVE_KINDS} are wanted, none negative")
        if self.half_life_days is not None and not self.half_life_days > 0:
            raise InvalidFrame("half_life_days", self.half_life_days, "a positive number of days is wanted")
        if not 0 < self.floor <= 1:
            raise InvalidFrame("floor", self.floor, "a share above 0 and up to 1 is wanted")

    def worths(self, rows: pd.DataFrame, now: datetime | pd.Timestamp) -> npt.NDArray[np.float64]:
        """Give the worth of each cleaned interaction: worth of the kind x its own weight x what time left of it."""
        by_kind = rows[c.KIND].map({**self.kinds, c.DISMISS: self.dismiss}).fillna(0.0).to_numpy(dtype=np.float64)
        own = rows[c.WEIGHT].to_numpy(dtype=np.float64)
        return np.asarray(by_kind * own * self.fading(rows[c.TIMESTAMP], now))

    def fading(self, times: pd.Series[pd.Timestamp], now: datetime | pd.Timestamp) -> npt.NDArray[np.float64]:
        """Give what time left of an event: 2^(-days / half_life_days), 1 for one after `now`, never below the floor."""
        if self.half_life_days is None:
            return np.ones(len(times))
        days = ((as_utc(now) - times) / pd.Timedelta(days=1)).to_numpy(dtype=np.float64)
        return np.asarray(np.maximum(np.exp2(-np.maximum(days, 0.0) / self.half_life_days), self.floor))
