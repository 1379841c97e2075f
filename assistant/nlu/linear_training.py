"""Trains a multinomial logistic regression on columns of which some are full and most are nearly empty.

The function that is minimised is scikit-learn's own: C * the sum of each example's weighted loss, plus half the square
of the weights, the bias left out. scikit-learn takes one sparse matrix, multiplies its full columns one number at a
time, and stops far enough from the bottom that another number of threads gives other weights.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from assistant.nlu.descent import descend
from assistant.nlu.linear_columns import Columns

# The steepest slope at which it ends, an example. There the weights of one and of two threads, which add up in another
# order, give probabilities that differ by 0.005 at most.
_FLAT = 1e-6


class Loss:
    """What is minimised, as a function of all weights row by row, the bias last, as one vector.

    Args:
        columns: the features.
        labels: the number of each row's label.
        strength: scikit-learn's C.
    """

    def __init__(self, columns: Columns, labels: np.ndarray, strength: float) -> None:
        self._columns, self._labels, self._each = columns, labels, np.arange(len(labels))
        counts = np.bincount(labels)
        # A label of few examples counts as much as one of many.
        self._worth = (len(labels) / (len(counts) * counts))[labels].astype(np.float32)
        self._pull = np.float32(1 / strength)
        self.shape = (columns.count + 1, len(counts))

    def __call__(self, point: np.ndarray) -> tuple[float, np.ndarray]:
        """Give the loss and its slope at a point."""
        weights = point.reshape(self.shape)
        scores = self._scores(weights)
        right = scores[self._each, self._labels]
        shares = np.exp(scores, out=scores)
        totals = shares.sum(axis=1)
        loss = np.sum(self._worth * (np.log(totals) - right), dtype=np.float64)
        residuals = np.multiply(shares, (self._worth / totals)[:, None], out=shares)
        residuals[self._each, self._labels] -= self._worth
        slope = np.vstack([self._columns.turned_times(residuals), residuals.sum(axis=0)])
        slope[:-1] += self._pull * weights[:-1]
        penalty = np.einsum("ij,ij->i", weights[:-1], weights[:-1]).sum(dtype=np.float64) * self._pull / 2
        return float(loss + penalty), slope.ravel()

    def curvature(self, point: np.ndarray) -> np.ndarray:
        """Give how fast the slope changes along each weight."""
        shares = np.exp(self._scores(point.reshape(self.shape)))
        shares /= shares.sum(axis=1, keepdims=True)
        doubts = shares * (1 - shares) * self._worth[:, None]
        # A bias that nothing doubts has none of its own.
        return (np.vstack([self._columns.turned_squares_times(doubts), doubts.sum(axis=0)]) + self._pull).ravel()

    def _scores(self, weights: np.ndarray) -> np.ndarray:
        scores = self._columns.times(weights[:-1])
        scores += weights[-1]
        scores -= scores.max(axis=1, keepdims=True)
        return scores


def train(
    features: np.ndarray | sparse.csr_matrix, labels: np.ndarray, strength: float, iterations: int
) -> tuple[np.ndarray, np.ndarray]:
    """Find the weights, shape (labels, columns), and the biases, shape (labels,).

    Args:
        features: shape (rows, columns).
        labels: the number of each row's label, from 0 with none left out.
        strength: scikit-learn's C, the inverse of the regularisation.
        iterations: steps at most; it stops by itself at the bottom.
    """
    columns = Columns(features)
    loss = Loss(columns, labels, strength)
    start = np.zeros(loss.shape, np.float32)
    weights = descend(loss, start.ravel(), _FLAT * len(labels), iterations).reshape(loss.shape)
    bias = weights[-1] + columns.constant(weights[:-1])
    return columns.in_place(weights[:-1]).T, bias
