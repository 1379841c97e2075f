"""Finds what is bought together, from baskets alone: two items that are merely alike are substitutes, not company.

Lift says how much likelier an item is in the baskets that hold another: p(j | i) / p(j). Counts are small for most
pairs, so the share p(j | i) is replaced by the lower end of its Wilson interval (Wilson, "Probable inference", 1927):
a pair is told only when even that end lies above chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from recsys import columns as c
from recsys.arrays import Csr, FloatArray, IntArray
from recsys.sparse_rows import empty, padded, row_of

MIN_SUPPORT = 3
"""In how many baskets a pair must have been before anything is said of it."""

MAX_BASKET = 100
"""Larger baskets are left out: a trader's order of hundreds of items says little of any pair, and has 5,000 of them."""

CONFIDENCE_Z = 1.96
"""Standard deviations of the interval: 95 %, two-sided."""


@dataclass(frozen=True, eq=False)
class Baskets:
    """How often items were bought alone and in pairs.

    Attributes:
        together: Baskets with both items, symmetric with an empty diagonal, int32, shape (n_items, n_items); pairs
            below the least support are not kept.
        single: Baskets with the item, shape (n_items,).
        total: How many baskets were counted.
    """

    together: Csr
    single: IntArray
    total: int

    @classmethod
    def count(cls, interactions: pd.DataFrame, n_items: int, min_support: int = MIN_SUPPORT) -> Baskets:
        """Count purchases by their `basket_id`; a purchase without one is in no basket.

        Args:
            interactions: Cleaned rows with `item`, `kind` and, where the shop has any, `basket_id`.
            n_items: How many items there are.
            min_support: Pairs in fewer baskets are not kept.

        Returns:
            The counts; all empty where no basket is known.
        """
        if c.BASKET_ID not in interactions.columns:
            return cls.none(n_items)
        bought = interactions[(interactions[c.KIND] == c.PURCHASE) & interactions[c.BASKET_ID].notna()]
        lines = bought[[c.BASKET_ID, c.ITEM]].drop_duplicates()
        sizes = lines.groupby(c.BASKET_ID)[c.ITEM].transform("size")
        lines = lines[sizes <= MAX_BASKET]
        numbers, ids = pd.factorize(lines[c.BASKET_ID])
        held = sparse.csr_matrix(
            (np.ones(len(lines), np.int32), (numbers, lines[c.ITEM].to_numpy(np.int64))), shape=(len(ids), n_items)
        )
        return cls(_pairs(held, min_support), np.asarray(held.sum(axis=0), dtype=np.int64).ravel(), len(ids))

    @classmethod
    def none(cls, n_items: int) -> Baskets:
        """Give the counts of a shop that has sold nothing yet."""
        return cls(empty((n_items, n_items), np.int32), np.zeros(n_items, dtype=np.int64), 0)

    def widened(self, n_items: int) -> Baskets:
        """Give the same counts for a catalogue with more items, none of which was bought yet."""
        together = padded(self.together, (n_items, n_items))
        return Baskets(together, np.pad(self.single, (0, n_items - len(self.single))), self.total)


@dataclass(frozen=True)
class Companions:
    """Items that go with one item, best first.

    Attributes:
        rows: Their rows, shape (n,).
        lift: The lower end of the lift of each, above 1, shape (n,).
        share: The share of the item's baskets that held each, shape (n,).
    """

    rows: IntArray
    lift: FloatArray
    share: FloatArray


def companions(baskets: Baskets, row: int, min_support: int = MIN_SUPPORT, z: float = CONFIDENCE_Z) -> Companions:
    """Give the items that are in an item's baskets more often than chance would have it.

    Args:
        baskets: The counts.
        row: The item.
        min_support: In how many baskets a pair must have been.
        z: How sure the lift has to be, in standard deviations.

    Returns:
        The items with a lift above 1 at the lower end of its interval; none where the baskets do not say.
    """
    rows, counts = row_of(baskets.together, row)
    both = counts.astype(np.float64)
    share = both / max(1, int(baskets.single[row]))
    least = wilson_lower(both, float(baskets.single[row]), z)
    lift = least * baskets.total / np.maximum(baskets.single[rows], 1)
    kept = np.flatnonzero((both >= min_support) & (lift > 1.0))
    order = kept[np.lexsort((rows[kept], -lift[kept]))]
    return Companions(rows[order], lift[order], share[order])


def wilson_lower(successes: FloatArray, trials: float, z: float = CONFIDENCE_Z) -> FloatArray:
    """Give the lower end of the Wilson score interval of a share.

    Args:
        successes: Counts, shape (n,).
        trials: Out of how many; 0 gives 0.
        z: The width of the interval in standard deviations.

    Returns:
        Shares in 0..1, shape (n,).
    """
    if trials <= 0:
        return np.zeros_like(successes, dtype=np.float64)
    share = successes / trials
    middle = share + z * z / (2 * trials)
    margin = z * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return np.asarray(np.maximum(0.0, (middle - margin) / (1 + z * z / trials)))


def _pairs(held: Csr, min_support: int) -> Csr:
    pairs = sparse.csr_matrix(held.T @ held)
    pairs.setdiag(0)
    pairs.data[pairs.data < min_support] = 0
    pairs.eliminate_zeros()
    pairs.sort_indices()
    return pairs
