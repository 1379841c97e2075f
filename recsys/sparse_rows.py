"""Small operations on compressed rows that scipy does by copying, or not at all."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys.arrays import Csr, FloatArray, IntArray


def empty(shape: tuple[int, int], dtype: type[np.generic] = np.float32) -> Csr:
    """Give a matrix without an entry."""
    nothing, nowhere = np.zeros(0, dtype=dtype), np.zeros(0, dtype=np.int64)
    return sparse.csr_matrix((nothing, (nowhere, nowhere)), shape=shape)


def padded(matrix: Csr, shape: tuple[int, int]) -> Csr:
    """Give the same entries in a larger matrix; entries are shared, not copied.

    Args:
        matrix: Shape (n, m).
        shape: At least (n, m).
    """
    indptr = np.pad(matrix.indptr, (0, shape[0] - matrix.shape[0]), mode="edge")
    return sparse.csr_matrix((matrix.data, matrix.indices, indptr), shape=shape)


def replaced(matrix: Csr, rows: IntArray, new: Csr) -> Csr:
    """Give a matrix in which some rows are others.

    Args:
        matrix: Shape (n, m).
        rows: Which rows, each once, all below n.
        new: What they become, shape (len(rows), m).
    """
    keep = np.ones(matrix.shape[0], dtype=np.float32)
    keep[rows] = 0
    kept = sparse.diags(keep) @ matrix
    place = (np.ones(len(rows), np.float32), (rows, np.arange(len(rows))))
    placed = sparse.csr_matrix(place, shape=(matrix.shape[0], len(rows))) @ new
    result = sparse.csr_matrix(kept + placed, dtype=matrix.dtype)
    result.eliminate_zeros()
    return result


def row_of(matrix: Csr, row: int) -> tuple[IntArray, FloatArray]:
    """Give the columns and the values of one row, without making a matrix of it."""
    start, end = int(matrix.indptr[row]), int(matrix.indptr[row + 1])
    return np.asarray(matrix.indices[start:end], dtype=np.int64), np.asarray(matrix.data[start:end])


def normalised(matrix: Csr) -> Csr:
    """Give rows that sum to 1; a row that sums to nothing stays as it is, explicit zeros go."""
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    scale = sparse.diags(np.divide(1.0, sums, out=np.zeros_like(sums), where=sums > 0))
    result = sparse.csr_matrix(scale @ matrix, dtype=matrix.dtype)
    result.eliminate_zeros()
    return result
