"""The columns of a matrix of features, sorted by how full they are, so that multiplying takes the least time."""

from __future__ import annotations

import numpy as np
from scipy import sparse

# A column that fuller is multiplied by BLAS faster than number by number.
_FULL = 0.1


class Columns:
    """A matrix of features, apart: fuller columns, centred, and the others, those with equal content as one.

    Centring moves a constant into the bias. Equal columns get equal weights where the square of the weights is kept
    small, so k of them are one column that is sqrt(k) times as long; of pieces of words, which stand in the same few
    examples, more than half are gone so. Neither changes what is found.

    Args:
        features: shape (rows, columns).

    Attributes:
        count: of columns that are left.
    """

    def __init__(self, features: np.ndarray | sparse.csr_matrix) -> None:
        rows = sparse.csr_matrix(features, dtype=np.float32)
        self._is_full = np.asarray(rows.getnnz(axis=0) > _FULL * rows.shape[0])
        full = rows[:, self._is_full].toarray()
        self._mean = full.mean(axis=0, dtype=np.float64).astype(np.float32)
        self._full = np.ascontiguousarray(full - self._mean)
        rare = rows[:, ~self._is_full].tocsc()
        first, self._group = _equal(rare)
        self._lengths = np.sqrt(np.bincount(self._group)).astype(np.float32)
        # Columns that are looked up often lie side by side.
        order = np.argsort(-rare[:, first].getnnz(axis=0), kind="stable")
        self._group, self._lengths = np.argsort(order)[self._group], self._lengths[order]
        self._rare = (rare[:, first[order]] @ sparse.diags(self._lengths)).tocsr()
        self._rare_turned = self._rare.T.tocsr()
        self._squares = np.square(self._full), self._rare_turned.multiply(self._rare_turned).tocsr()
        self.count = self._full.shape[1] + self._rare.shape[1]

    def times(self, weights: np.ndarray) -> np.ndarray:
        """Multiply with weights of shape (count, labels)."""
        full = self._full.shape[1]
        scores = self._full @ weights[:full]
        scores += self._rare @ weights[full:]
        return scores

    def turned_times(self, residuals: np.ndarray) -> np.ndarray:
        """Multiply the transposed matrix with residuals of shape (rows, labels)."""
        return np.concatenate([self._full.T @ residuals, self._rare_turned @ residuals])

    def turned_squares_times(self, worth: np.ndarray) -> np.ndarray:
        """Multiply the transposed matrix, each number squared, with what rows are worth, shape (rows, labels)."""
        full, rare = self._squares
        return np.concatenate([full.T @ worth, rare @ worth])

    def in_place(self, weights: np.ndarray) -> np.ndarray:
        """Give each of the columns that there were its weights, shape (columns, labels)."""
        placed = np.empty((len(self._is_full), weights.shape[1]), weights.dtype)
        full = self._full.shape[1]
        placed[self._is_full] = weights[:full]
        placed[~self._is_full] = (weights[full:] * self._lengths[:, None])[self._group] / self._shared()
        return placed

    def constant(self, weights: np.ndarray) -> np.ndarray:
        """Give what centring took from each label's score."""
        return -self._mean @ weights[: len(self._mean)]

    def _shared(self) -> np.ndarray:
        return np.square(self._lengths)[self._group][:, None]


def _equal(columns: sparse.csc_matrix) -> tuple[np.ndarray, np.ndarray]:
    """Give the first of each group of equal columns, and the number of each column's group."""
    columns.sort_indices()
    groups: dict[tuple[bytes, bytes], int] = {}
    group, first = np.empty(columns.shape[1], np.intp), list[int]()
    for place, (start, end) in enumerate(zip(columns.indptr, columns.indptr[1:], strict=False)):
        content = columns.indices[start:end].tobytes(), columns.data[start:end].tobytes()
        group[place] = groups.setdefault(content, len(groups))
        if group[place] == len(first):
            first.append(place)
    return np.array(first, np.intp), group
