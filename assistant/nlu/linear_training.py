"""Trains a multinomial logistic regression on columns of which some are full and most are nearly empty.

scikit-learn takes one sparse matrix, and multiplies its full columns one number at a time; given to BLAS, they let the
training take a third of its time. The function that is minimised is scikit-learn's own: C * the sum of each example's
weighted loss, plus half the square of the weights, the bias left out.

It is minimised in other coordinates, in which it is nearly round, so that L-BFGS is lower after 25 steps than it was
after 100 (where it was stopped, far enough from the bottom that another number of threads gave other weights): full
columns are centred, which moves a constant into the bias, and each weight is measured in units of its curvature
(diagonal preconditioning; Nocedal and Wright, Numerical Optimization, 2nd edition, section 5.1).
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

_FULL = 0.5
# The mean of p (1 - p) over labels and examples, on which a weight's curvature depends. It is chosen by how
# low 35 steps lead on the Chinese training text: among 0.003, 0.01 and 0.03 the first.
_DOUBT = 0.003
# The steepest slope at which it ends. There the weights of one and of two threads, which add up in another order, give
# probabilities that differ by 0.005 at most; at ten times as much by 0.04.
_FLAT = 2e-6


class Columns:
    """A matrix of features, apart: columns that most rows have, centred, and the others.

    Args:
        features: shape (rows, columns).
    """

    def __init__(self, features: np.ndarray | sparse.csr_matrix) -> None:
        rows = sparse.csr_matrix(features, dtype=np.float32)
        self._is_full = np.asarray(rows.getnnz(axis=0) > _FULL * rows.shape[0])
        full = rows[:, self._is_full].toarray()
        self._mean = full.mean(axis=0, dtype=np.float64)
        self._full = np.ascontiguousarray(full - self._mean.astype(np.float32))
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

    def squares(self, worth: np.ndarray) -> np.ndarray:
        """Sum the squares of each column, in the order of `in_place`, a row counting as much as it is worth."""
        rare = self._rare_turned.multiply(self._rare_turned) @ worth
        return np.concatenate([worth @ np.square(self._full), rare]).astype(np.float64)

    def in_place(self, weights: np.ndarray) -> np.ndarray:
        """Put rows of weights in the order that the columns had."""
        placed = np.empty_like(weights)
        full = self._full.shape[1]
        placed[self._is_full], placed[~self._is_full] = weights[:full], weights[full:]
        return placed

    def constant(self, weights: np.ndarray) -> np.ndarray:
        """Give what centring took from each label's score."""
        return -self._mean @ weights[: len(self._mean)]


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

    @property
    def units(self) -> np.ndarray:
        """Give the length along each coordinate of a point that changes the slope as much as any other's."""
        curvature = np.append(self._columns.squares(self._worth), self._worth.sum()) * _DOUBT + 1 / self._strength
        return np.repeat(1 / np.sqrt(curvature), self.shape[1])

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
        iterations: steps of L-BFGS at most; it stops by itself at the bottom.
    """
    columns = Columns(features)
    loss = Loss(columns, labels, strength)
    units = loss.units

    def rounded(point: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = loss(units * point)
        return value, units * slope

    options = {"maxiter": iterations, "gtol": _FLAT}
    found = minimize(rounded, np.zeros(len(units)), jac=True, method="L-BFGS-B", options=options)
    weights = (units * found.x).reshape(loss.shape)
    bias = weights[-1] + columns.constant(weights[:-1])
    return columns.in_place(weights[:-1]).T.astype(np.float32), bias.astype(np.float32)
