"""Says what may be called popular: few items of many, and none that nobody buys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from recsys.arrays import IntArray
from recsys.parts import Parts
from recsys.topk import largest

SHARE: Final = 0.05
"""The share of items that may be called popular."""

FEWEST: Final = 10
"""So many may be, however few there are."""


@dataclass(frozen=True, eq=False)
class BestSellers:
    """The best sellers of a category or of all.

    Attributes:
        shares: The share of each of them in the recent users of all items of the category, by row.
    """

    shares: dict[int, float]

    @classmethod
    def of(cls, parts: Parts, category: str | None) -> BestSellers:
        """Find them; takes a pass over the items, so that the result is worth keeping."""
        inside = np.arange(parts.n_items) if category is None else in_category(parts, category)
        counts = parts.popularity[inside]
        best = largest(counts, max(FEWEST, int(SHARE * len(inside))))
        best = best[counts[best] > 0]
        total = float(counts.sum()) or 1.0
        return cls(dict(zip(inside[best].tolist(), (counts[best] / total).tolist(), strict=True)))


def in_category(parts: Parts, category: str) -> IntArray:
    """Give the rows of the items of a category, sorted; none where the model does not know it."""
    column = parts.categories.get(category)
    if column is None:
        return np.empty(0, dtype=np.int64)
    return np.sort(np.asarray(parts.items_by_feature[column].indices, dtype=np.int64))
