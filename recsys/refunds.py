"""A refund undoes a purchase: neither says what the shopper likes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from recsys import columns as c
from recsys.arrays import BoolArray, FloatArray


@dataclass(frozen=True)
class Undone:
    """How many refunds there were, how many purchases went or shrank, and how many refunds found no purchase."""

    refunds: int = 0
    refunded: int = 0
    partly_refunded: int = 0
    refunds_of_nothing: int = 0


def undo_refunds(rows: pd.DataFrame) -> tuple[pd.DataFrame, Undone]:
    """Take out refunds and what they refund.

    A refund is of the same user and item and comes after the purchase. It undoes the latest purchase of the same
    quantity; where none has it, it is taken off the latest purchases until it is used up. Only pairs of user and item
    that have a refund are walked through, so the cost is that of the refunds.

    Args:
        rows: interactions in cleaning, in the order of time and numbered from 0, with ids as categories.

    Returns:
        The rows that stay, with what is left of their quantities, and the counts.
    """
    kinds = rows[c.KIND]
    refunds = (kinds == c.REFUND).to_numpy()
    if not refunds.any():
        return rows, Undone()
    bought: dict[int, list[int]] = defaultdict(list)
    left = rows[c.QUANTITY].to_numpy(copy=True)
    unmatched = 0
    for number, pair, is_refund in _walk(rows, refunds):
        if is_refund:
            unmatched += _undo(bought[pair], left, abs(left[number]))
        else:
            bought[pair].append(number)
    gone = ~refunds & (left <= 0)
    shrunk = ~refunds & ~gone & (left < rows[c.QUANTITY].to_numpy())
    kept = rows.assign(**{c.QUANTITY: left})[~refunds & ~gone].reset_index(drop=True)
    return kept, Undone(int(refunds.sum()), int(gone.sum()), int(shrunk.sum()), unmatched)


def _walk(rows: pd.DataFrame, refunds: BoolArray) -> Iterator[tuple[int, int, bool]]:
    """Give number, pair and whether it is a refund, for purchases and refunds of pairs that have a refund."""
    pairs = rows[c.USER_ID].cat.codes.to_numpy(np.int64) * len(rows[c.ITEM_ID].cat.categories)
    pairs += rows[c.ITEM_ID].cat.codes.to_numpy()
    either = refunds | (rows[c.KIND] == c.PURCHASE).to_numpy()
    wanted = np.flatnonzero(either & np.isin(pairs, pairs[refunds]))
    return zip(wanted.tolist(), pairs[wanted].tolist(), refunds[wanted].tolist(), strict=True)


def _undo(bought: list[int], left: FloatArray, quantity: float) -> int:
    """Take a quantity off the purchases that are left; give 1 where there was none to take it off, else 0."""
    same = next((number for number in reversed(bought) if left[number] == quantity), None)
    if same is not None:
        left[same] = 0.0
        bought.remove(same)
        return 0
    nothing = not bought
    while bought and quantity > 0:
        taken = min(quantity, left[bought[-1]])
        left[bought[-1]] -= taken
        quantity -= taken
        if left[bought[-1]] <= 0:
            bought.pop()
    return int(nothing)
