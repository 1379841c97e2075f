"""Cosine neighbours of sparse vectors, kept to the nearest few so that they stay small at a million rows."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys.arrays import Csr, FloatArray

BLOCK = 512
"""Rows whose products with all others are in memory at once."""


def relative_weights(matrix: Csr, power: float) -> Csr:
    """Give interaction weights in units of their mean, raised to a power.

    In units of the mean, penalties and shrinkage mean the same however a data set weighs its events. The power says
    how much a weight counts: 0 asks only whether there was any interaction, 1 takes the weight as it is, and one half
    damps it, so that who bought a hundred pieces does not drown the others.

    Args:
        matrix: Positive weights.
        power: The exponent, from 0 to 1.

    Returns:
        A new matrix of the same shape, float32.
    """
    mean = matrix.data.mean() if matrix.nnz else 1.0
    weights = (matrix.data / mean) ** power
    return sparse.csr_matrix((weights.astype(np.float32), matrix.indices, matrix.indptr), matrix.shape)


def unit_rows(matrix: Csr) -> Csr:
    """Scale rows to length 1; empty rows stay empty."""
    return _rows_divided(matrix, row_lengths(matrix))


def shared_rows(matrix: Csr) -> Csr:
    """Scale rows of positive entries to the sum 1; empty rows stay empty."""
    return _rows_divided(matrix, np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel())


def _rows_divided(matrix: Csr, by: FloatArray) -> Csr:
    inverse = np.divide(1.0, by, out=np.zeros(len(by)), where=by > 0)
    return sparse.csr_matrix(sparse.diags(inverse) @ matrix)


def row_lengths(matrix: Csr) -> FloatArray:
    """Give the Euclidean length of each row, shape (n_rows,)."""
    lengths: FloatArray = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return lengths


def top_per_row(matrix: Csr, n: int) -> Csr:
    """Keep the n entries of each row that are furthest from zero; of equal ones those of the lower columns.

    Args:
        matrix: Any weights, negative ones too.
        n: How many entries a row may keep.

    Returns:
        A new matrix with sorted columns.
    """
    lengths = np.diff(matrix.indptr)
    rows = np.repeat(np.arange(matrix.shape[0]), lengths)
    order = np.lexsort((matrix.indices, -np.abs(matrix.data), rows))
    rank = np.arange(len(order)) - np.repeat(matrix.indptr[:-1], lengths)
    kept = order[rank < n]
    return sparse.csr_matrix((matrix.data[kept], (rows[kept], matrix.indices[kept])), matrix.shape)


def cosine_neighbours(vectors: Csr, n: int, shrinkage: float = 0.0, block: int = BLOCK) -> Csr:
    """Find the nearest rows of each row by cosine.

    The cosine of rows i and j is x_i.x_j / (|x_i| |x_j| + shrinkage): the added constant draws the similarity of rows
    with little in them towards zero, since it rests on a few coincidences (Ferrari Dacrema, Cremonesi and Jannach,
    "Are we really making much progress?", 2019, section 3.2).

    Args:
        vectors: One row a thing to compare, shape (n_rows, n_columns).
        n: How many neighbours a row keeps.
        shrinkage: In units of products of vectors; 0 gives the plain cosine.
        block: How many rows are compared with all others at once; memory grows with it.

    Returns:
        Similarities, float32, shape (n_rows, n_rows), at most n in a row, without the row itself.
    """
    lengths = row_lengths(vectors)
    others = vectors.T.tocsr()
    starts = range(0, vectors.shape[0], block)
    blocks = [
        _block_neighbours(vectors, others, lengths, start, min(block, vectors.shape[0] - start), n, shrinkage)
        for start in starts
    ]
    neighbours: Csr = sparse.vstack(blocks, format="csr", dtype=np.float32)
    return neighbours


def _block_neighbours(
    vectors: Csr, others: Csr, lengths: FloatArray, start: int, size: int, n: int, shrinkage: float
) -> Csr:
    products = (vectors[start : start + size] @ others).tocoo()
    rows, columns = products.row + start, products.col
    values = products.data / (lengths[rows] * lengths[columns] + shrinkage)
    other = rows != columns
    similar = sparse.csr_matrix((values[other], (products.row[other], columns[other])), products.shape)
    return top_per_row(similar, n)
