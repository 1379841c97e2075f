"""Content: items whose features are like those of what the shopper met, whoever else met them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.feature_extraction.text import TfidfTransformer

from recsys.arrays import Csr, FloatArray, IntArray
from recsys.columns import IDENTITY, SPARE
from recsys.model import Baseline
from recsys.similarity import unit_rows

if TYPE_CHECKING:
    from recsys.dataset import InteractionDataset


class Content(Baseline):
    """Rank by the cosine between features of an item and the mean features of the user's history.

    Features are weighed by tf-idf, so that a rare brand says more than a common colour. Items that nobody has met are
    ranked like all others. A user without a history has zeros, and so has everybody where items have no features.
    """

    name = "content"

    def __init__(self, power: float = 0.5) -> None:
        self.power = power

    def _learn(self, histories: Csr, dataset: InteractionDataset) -> None:
        self._vectors = item_vectors(dataset)

    def _score(self, users: IntArray, histories: Csr) -> FloatArray:
        scores: FloatArray = (unit_rows(histories @ self._vectors) @ self._vectors.T).toarray()
        return scores


def item_vectors(dataset: InteractionDataset) -> Csr:
    """Give the tf-idf weighed features of items, in rows of length 1; identities are left out.

    Args:
        dataset: Whose items to describe.

    Returns:
        Vectors, shape (n_items, n_columns of features); the row of an item without features is empty.
    """
    told = [number for number, (field, _) in enumerate(dataset.item_space.columns) if field not in (IDENTITY, SPARE)]
    features = dataset.item_features[:, np.array(told, dtype=np.int64)]
    if features.nnz == 0:
        return features
    vectors: Csr = TfidfTransformer(norm="l2").fit_transform(features)
    return vectors
