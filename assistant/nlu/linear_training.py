"""Trains a multinomial logistic regression on columns of which some are full and most are nearly empty.

scikit-learn takes one sparse matrix, and multiplies its full columns one number at a time; given to BLAS, they let the
training take a third of its time. The function that is minimised is scikit-learn's own: C * the sum of each example's
weighted loss, plus half the square of the weights, the bias left out.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

_FULL = 0.5


class Columns:
    """A matrix of features, apart: columns that most rows have, and the others.

    Args:
        features: shape (rows, columns).
    """

    def __init__(self, features: np.ndarray | sparse.csr_matrix) -> None:
        rows = sparse.csr_matrix(features, dtype=np.float32)
        self._is_full = np.asarray(rows.getnnz(axis=0) > _FULL * rows.shape[0])
        self._full = np.ascontiguousarray(rows[:, self._is_full].toarray())
        self._rare = rows[:, ~self._is_full].tocsr()
        self._rare_turned = self._rare.T.tocsr()

    @property
    def count(self) -> int:
        """Count the columns."""
        return len(self._is_full)

    def times(self, weights: np.ndarray) -> np.ndarray:
        """Multiply with weights of shape (columns, labels), whose rows are in the order of `in_place`."""
        full = self._full.shape[1]
        return self._full @ weights[:full] + self._rare @ weights[full:]

    def turned_times(self, residuals: np.ndarray) -> np.ndarray:
        """Multiply the transposed matrix with residuals of shape (rows, labels)."""
        return np.concatenate([self._full.T @ residuals, self._rare_turned @ residuals])

    def in_place(self, weights: np.ndarray) -> np.ndarray:
        """Put rows of weights in the order that the columns had."""
        placed = np.empty_like(weights)
        full = self._full.shape[1]
        placed[self._is_full], placed[~self._is_full] = weights[:full], weights[full:]
        return placed


class Loss:
    """What is minimised, and its slope.

    Args:
        columns: the features.
        labels: the number of each row's label.
        strength: scikit-learn's C.
    """

    def __init__(self, columns: Columns, labels: np.ndarray, strength: float) -> None:
        self._columns, self._labels, self._strength = columns, labels, strength
        counts = np.bincount(labels)
        # A label of few examples counts as much as one of many.
        self._worth = (len(labels) / (len(counts) * counts))[labels].astype(np.float32)
        self.shape = (columns.count + 1, len(counts))

    def __call__(self, point: np.ndarray) -> tuple[float, np.ndarray]:
        """Give the loss and its slope at a point: all weights row by row, the bias last, as one vector."""
        weights = point.reshape(self.shape)
        single = weights.astype(np.float32)
        scores = self._columns.times(single[:-1]) + single[-1]
        scores -= scores.max(axis=1, keepdims=True)
        each = np.arange(len(scores))
        right = scores[each, self._labels]
        shares = np.exp(scores)
        totals = shares.sum(axis=1)
        loss = float(np.sum(self._worth * (np.log(totals) - right), dtype=np.float64))
        residuals = shares / totals[:, None]
        residuals[each, self._labels] -= 1
        residuals *= self._worth[:, None]
        slope = np.empty(self.shape)
        slope[:-1] = self._columns.turned_times(residuals) + weights[:-1] / self._strength
        slope[-1] = residuals.sum(axis=0)
        penalty = float(np.sum(weights[:-1] ** 2)) / (2 * self._strength)
        return (loss + penalty) / len(scores), slope.ravel() / len(scores)


def train(
    features: np.ndarray | sparse.csr_matrix, labels: np.ndarray, strength: float, iterations: int
) -> tuple[np.ndarray, np.ndarray]:
    """Find the weights, shape (labels, columns), and the biases, shape (labels,).

    Args:
        features: shape (rows, columns).
        labels: the number of each row's label, from 0 with none left out.
        strength: scikit-learn's C, the inverse of the regularisation.
        iterations: steps of L-BFGS at most; to stop early costs no accuracy on the validation messages.
    """
    columns = Columns(features)
    loss = Loss(columns, labels, strength)
    found = minimize(
        loss, np.zeros(loss.shape[0] * loss.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": iterations}
    )
    weights = found.x.reshape(loss.shape)
    return columns.in_place(weights[:-1]).T.astype(np.float32), weights[-1].astype(np.float32)
