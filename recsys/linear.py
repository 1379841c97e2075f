"""EASE: one linear model from every item to every item, in closed form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg, sparse

from recsys.arrays import Csr, FloatArray, IntArray
from recsys.errors import InvalidFrame, NotFitted, TooManyItems
from recsys.model import Baseline
from recsys.similarity import BLOCK, top_per_row

if TYPE_CHECKING:
    from recsys.dataset import InteractionDataset

MAX_ITEMS = 10_000
"""So many items with interactions take about 3 GB and 40 seconds on one core; twice as many 12 GB and five minutes."""


def ease_weights(matrix: Csr, regularisation: float, max_items: int = MAX_ITEMS) -> FloatArray:
    """Solve for the weights by which each item of a history speaks for each other item.

    With P = (X'X + regularisation I)^-1 the weights are B = I - P diag(1 / diag P), whose diagonal is zero
    (H. Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", 2019, equation 8).

    Args:
        matrix: Histories, shape (n_users, n_items), each column with at least one entry.
        regularisation: The ridge penalty, in units of the squared weights of the matrix; above 0.
        max_items: The count above which the dense solve is refused.

    Returns:
        Weights, float32, shape (n_items, n_items): from the row's item to the column's.

    Raises:
        InvalidFrame: If the penalty is not above 0: without one there is no solution.
        TooManyItems: If there are more than `max_items` items.
    """
    if not regularisation > 0:
        raise InvalidFrame("regularisation", regularisation, "a positive number is wanted")
    n_items = matrix.shape[1]
    if n_items > max_items:
        raise TooManyItems("ease", n_items, max_items)
    gram = (matrix.T @ matrix).toarray().astype(np.float64)
    gram[np.diag_indices(n_items)] += regularisation
    inverse = _inverse(gram)
    weights = (inverse / -np.diag(inverse)).astype(np.float32)
    np.fill_diagonal(weights, 0.0)
    return weights


def _inverse(gram: FloatArray) -> FloatArray:
    """Invert a positive definite matrix by Cholesky, at half the work of a general inverse; the given one is lost."""
    factor, _ = linalg.cho_factor(gram, lower=True, overwrite_a=True, check_finite=False)
    triangle, _ = linalg.lapack.dpotri(factor, lower=True, overwrite_c=True)
    inverse: FloatArray = np.tril(triangle) + np.tril(triangle, -1).T
    return inverse


class EASE(Baseline):
    """Rank by a linear model from every item of the history; items that nobody has met are scored 0."""

    name = "ease"

    def __init__(self, regularisation: float = 400.0, power: float = 0.5, max_items: int = MAX_ITEMS) -> None:
        self.regularisation = regularisation
        self.power = power
        self.max_items = max_items

    def _learn(self, histories: Csr, dataset: InteractionDataset) -> None:
        self._met = np.flatnonzero(dataset.hot_items)
        self._weights = ease_weights(histories[:, self._met], self.regularisation, self.max_items)

    def _score(self, users: IntArray, histories: Csr) -> FloatArray:
        scores = np.zeros(histories.shape, dtype=np.float32)
        scores[:, self._met] = histories[:, self._met] @ self._weights
        return scores

    def neighbours(self, n: int) -> Csr:
        """Give the n weights of each item that are furthest from zero.

        Args:
            n: How many weights an item keeps.

        Returns:
            Weights, float32, shape (n_items, n_items), from the row's item to the column's; negative ones too.

        Raises:
            NotFitted: If `fit` was not called.
        """
        if self._histories is None:
            raise NotFitted(self.name)
        n_items = self._histories.shape[1]
        starts = range(0, len(self._met), BLOCK)
        blocks = [top_per_row(sparse.csr_matrix(self._weights[start : start + BLOCK]), n) for start in starts]
        few = sparse.vstack(blocks).tocoo()
        return sparse.csr_matrix((few.data, (self._met[few.row], self._met[few.col])), (n_items, n_items))
