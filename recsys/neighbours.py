"""Neighbours: what was bought by those who bought the same, item by item or shopper by shopper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from recsys.arrays import Csr, FloatArray, IntArray
from recsys.errors import NoInteractions
from recsys.linear import EASE
from recsys.model import Baseline
from recsys.similarity import cosine_neighbours, relative_weights

if TYPE_CHECKING:
    from recsys.dataset import InteractionDataset


class ItemKNN(Baseline):
    """Rank by the cosine of items with those of the history; items that nobody has met are scored 0.

    Two items are alike when the same users met them (Sarwar et al., "Item-based collaborative filtering", 2001).
    """

    name = "item_knn"

    def __init__(self, neighbours: int = 20, shrinkage: float = 5.0, power: float = 0.5) -> None:
        self.neighbours = neighbours
        self.shrinkage = shrinkage
        self.power = power

    def _learn(self, histories: Csr, dataset: InteractionDataset) -> None:
        self._similar = item_neighbours(histories, self.neighbours, self.shrinkage)

    def _score(self, users: IntArray, histories: Csr) -> FloatArray:
        scores: FloatArray = (histories @ self._similar).toarray()
        return scores


class UserKNN(Baseline):
    """Rank by what the users with the most alike histories met; a user without a history has zeros."""

    name = "user_knn"

    def __init__(self, neighbours: int = 100, shrinkage: float = 0.0, power: float = 0.5) -> None:
        self.neighbours = neighbours
        self.shrinkage = shrinkage
        self.power = power

    def _learn(self, histories: Csr, dataset: InteractionDataset) -> None:
        self._everybody = histories
        self._similar = cosine_neighbours(histories, self.neighbours, self.shrinkage)

    def _score(self, users: IntArray, histories: Csr) -> FloatArray:
        scores: FloatArray = (self._similar[users] @ self._everybody).toarray()
        return scores


def item_neighbours(histories: Csr, n: int, shrinkage: float) -> Csr:
    """Find the nearest items of each item by who met them, shape (n_items, n_items), at most n in a row."""
    return cosine_neighbours(histories.T.tocsr(), n, shrinkage)


def neighbour_matrix(dataset: InteractionDataset, n: int = 200, kind: Literal["ease", "cosine"] = "ease") -> Csr:
    """Give item-item weights for serving: `relative_weights(histories, 0.5) @ weights` are the scores.

    Args:
        dataset: What to learn from.
        n: How many items each item keeps at most. Of cosines it keeps no more than `ItemKNN` does: further ones
            are near to almost anything, and on validation data rank worse.
        kind: "ease" for the weights of `EASE`, "cosine" for those of `ItemKNN`.

    Returns:
        Weights, float32, shape (n_items, n_items); the row is the item that was met, the column the one to rank.

    Raises:
        NoInteractions: If there are none.
        TooManyItems: If EASE would have to solve for too many items; cosine has no limit.
    """
    if kind == "ease":
        return EASE().fit(dataset).neighbours(n)
    if dataset.matrix.nnz == 0:
        raise NoInteractions("cosine")
    model = ItemKNN()
    histories = relative_weights(dataset.matrix, model.power)
    return item_neighbours(histories, min(n, model.neighbours), model.shrinkage)
