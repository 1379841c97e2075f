"""A baseline for items that nobody has met yet: how popular the items of their kind are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from recsys.arrays import Csr, FloatArray, IntArray
from recsys.model import Baseline
from recsys.popular import categories_of_items, popularity

if TYPE_CHECKING:
    from recsys.dataset import InteractionDataset


class PopularKind(Baseline):
    """Rank an item by the mean popularity of the met items of its categories, weighed by the shopper's own.

    `popular_in_category` counts an item's own users, of whom a new item has none, so it puts new items in no order.
    This is the same mixture with the popularity that an item of the category may expect. Where items have no category
    it says nothing either.
    """

    name = "popular_kind"

    def __init__(self, smoothing: float = 1.0) -> None:
        self.smoothing = smoothing

    def _learn(self, histories: Csr, dataset: InteractionDataset) -> None:
        self._categories = categories_of_items(dataset)
        met = self._categories[dataset.hot_items]
        users = np.asarray(met.T @ popularity(dataset)[dataset.hot_items]).ravel()
        self._expected = users / np.maximum(np.asarray(met.sum(axis=0)).ravel(), 1.0)
        self._everybody = users / max(float(users.sum()), 1e-12)

    def _score(self, users: IntArray, histories: Csr) -> FloatArray:
        weights = (histories @ self._categories).toarray() + self.smoothing * self._everybody
        shares = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
        scores: FloatArray = (self._categories @ (shares * self._expected).T).T
        return scores
