"""What many buy: the same for everybody, or in the categories that a shopper likes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from recsys.arrays import Csr, FloatArray, IntArray
from recsys.columns import CATEGORY, ITEM, KIND, POSITIVE_KINDS, TIMESTAMP, USER
from recsys.model import Baseline
from recsys.similarity import shared_rows

if TYPE_CHECKING:
    from recsys.dataset import InteractionDataset

HALF_LIFE_DAYS = 14.0


def popularity(dataset: InteractionDataset, half_life_days: float | None = HALF_LIFE_DAYS) -> FloatArray:
    """Count the users who met each item, where a meeting counts less the longer ago it was.

    A user counts once, by the latest event: who came back ten times is one user of whom the item is popular.

    Args:
        dataset: Whose items to count; its ages are taken from its latest event.
        half_life_days: After so many days a user counts half; None counts all alike.

    Returns:
        Counts, shape (n_items,); 0 for items that nobody has met.
    """
    events = dataset.interactions[dataset.interactions[KIND].isin(POSITIVE_KINDS)]
    latest = events.groupby([USER, ITEM], sort=False)[TIMESTAMP].max()
    counts: FloatArray = np.ones(len(latest))
    if half_life_days is not None and len(latest):
        days = (latest.max() - latest).dt.total_seconds().to_numpy() / 86_400
        counts = 0.5 ** (days / half_life_days)
    items = latest.index.get_level_values(ITEM).to_numpy()
    return np.bincount(items, weights=counts, minlength=len(dataset.items)).astype(np.float64)


class Popular(Baseline):
    """Rank by the number of users, the recent ones above all; every user gets the same list."""

    name = "popular"

    def __init__(self, half_life_days: float | None = HALF_LIFE_DAYS) -> None:
        self.half_life_days = half_life_days

    def _learn(self, histories: Csr, dataset: InteractionDataset) -> None:
        self._counts = popularity(dataset, self.half_life_days)

    def _score(self, users: IntArray, histories: Csr) -> FloatArray:
        return np.tile(self._counts, (len(users), 1))


class PopularInCategory(Baseline):
    """Rank by what is popular in the categories of the user's history, weighed by how often each occurs there.

    The score is a mixture, p(item | user) = sum over categories of p(category | user) p(item | category), where
    p(category | user) leans towards the categories of everybody by `smoothing`. So a user without a history gets what
    is popular with everybody, in just the order of `Popular`. An item in several categories is shared among them; the
    items without any make up one category.
    """

    name = "popular_in_category"

    def __init__(
        self, half_life_days: float | None = HALF_LIFE_DAYS, smoothing: float = 1.0, power: float = 0.5
    ) -> None:
        self.half_life_days = half_life_days
        self.smoothing = smoothing
        self.power = power

    def _learn(self, histories: Csr, dataset: InteractionDataset) -> None:
        counts = popularity(dataset, self.half_life_days)
        self._categories = categories_of_items(dataset)
        within = sparse.diags(counts) @ self._categories
        self._everybody = np.asarray(within.sum(axis=0)).ravel() / counts.sum()
        self._within = shared_rows(within.T.tocsr())

    def _score(self, users: IntArray, histories: Csr) -> FloatArray:
        weights = (histories @ self._categories).toarray() + self.smoothing * self._everybody
        shares = weights / weights.sum(axis=1, keepdims=True)
        scores: FloatArray = shares @ self._within
        return scores


def categories_of_items(dataset: InteractionDataset) -> Csr:
    """Give the share of each category in each item, shape (n_items, n_categories + 1); the last is for having none."""
    columns = [number for number, (field, _) in enumerate(dataset.item_space.columns) if field == CATEGORY]
    known = shared_rows(dataset.item_features[:, np.array(columns, dtype=np.int64)])
    none = np.diff(known.indptr) == 0
    shares: Csr = sparse.hstack([known, sparse.csr_matrix(none[:, None])], format="csr", dtype=np.float32)
    return shares
