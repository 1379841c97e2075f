"""Long frames of features, one row a value: whose they are, and what can be read of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys import columns as c
from recsys.errors import InvalidFrame
from recsys.identifiers import IdMap


def long_frame(frame: pd.DataFrame | None, rows: IdMap) -> pd.DataFrame:
    """Give row, feature, value and weight of the ids that are in `rows`.

    Values are stripped; empty ones, and those without a positive weight, are left out.

    Raises:
        InvalidFrame: a column is missing.
    """
    if frame is None:
        return pd.DataFrame({"row": np.zeros(0, np.int64), c.FEATURE: [], c.VALUE: [], c.WEIGHT: np.zeros(0)})
    id_column = id_column_of(frame)
    long = pd.DataFrame(
        {
            "row": rows.rows(frame[id_column]),
            c.FEATURE: frame[c.FEATURE].astype(str).to_numpy(),
            c.VALUE: _texts(frame[c.VALUE]),
            c.WEIGHT: _weights(frame),
        }
    )
    return long[(long["row"] >= 0) & (long[c.VALUE] != "") & (long[c.WEIGHT] > 0)].reset_index(drop=True)


def id_column_of(frame: pd.DataFrame) -> str:
    """Tell whose features a frame holds.

    Raises:
        InvalidFrame: it has neither ids of items nor of users, or both, or lacks another column.
    """
    found = [name for name in (c.ITEM_ID, c.USER_ID) if name in frame.columns]
    if len(found) != 1:
        raise InvalidFrame("features", list(frame.columns), f"one of {c.ITEM_ID} and {c.USER_ID} is wanted")
    for name in (c.FEATURE, c.VALUE):
        if name not in frame.columns:
            raise InvalidFrame(name, list(frame.columns), "a column is missing")
    return found[0]


def _texts(values: pd.Series[str]) -> list[str]:
    return [str(value).strip() for value in values.where(values.notna(), "").tolist()]


def _weights(frame: pd.DataFrame) -> pd.Series[float] | float:
    if c.WEIGHT not in frame.columns:
        return 1.0
    weights = pd.to_numeric(frame[c.WEIGHT], errors="coerce").to_numpy(dtype=np.float64)
    return pd.Series(np.where(np.isfinite(weights), weights, 0.0))
