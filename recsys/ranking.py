"""The best k of each row of scores, exactly, in an order that never depends on chance."""

from __future__ import annotations

import numpy as np

from recsys.arrays import BoolArray, Csr, FloatArray, IntArray

NOTHING = -1
"""Stands in a list that has fewer than k items."""


def top_k(scores: FloatArray, k: int, exclude: Csr | None = None, candidates: BoolArray | None = None) -> IntArray:
    """Give the k columns with the highest scores of each row, the best first.

    Columns with equal scores come in their own order. A score of NaN or minus infinity is never shown.

    Args:
        scores: shape (m, n). Not changed.
        k: at least 1; may be more than n.
        exclude: shape (m, n); what is not zero is left out.
        candidates: shape (n,); columns that may be shown. None is all.

    Returns:
        Shape (m, k), int64, with -1 where a row has no more columns to show. Cost: one partition of each row and a
        sort of k (`numpy.partition` is linear, by introselect).
    """
    if k < 1:
        raise ValueError(f"k is at least 1, got {k}")
    allowed = _allowed(scores, exclude, candidates)
    best = np.full((scores.shape[0], k), NOTHING, dtype=np.int64)
    width = min(k, scores.shape[1])
    if width == 0 or not len(best):
        return best
    chosen = _chosen(allowed, width)
    rows, columns = np.nonzero(chosen)
    order = np.lexsort((columns, -allowed[rows, columns], rows))
    rows, columns = rows[order], columns[order]
    place = np.arange(len(rows)) - np.searchsorted(rows, rows)
    best[rows, place] = columns
    return best


def _allowed(scores: FloatArray, exclude: Csr | None, candidates: BoolArray | None) -> FloatArray:
    """Give scores in which all that may not be shown is minus infinity; a copy where anything differs."""
    allowed = np.array(scores, dtype=scores.dtype if scores.dtype.kind == "f" else np.float64)
    allowed[np.isnan(allowed)] = -np.inf
    if candidates is not None:
        allowed[:, ~candidates] = -np.inf
    if exclude is not None:
        allowed[exclude.nonzero()] = -np.inf
    return allowed


def _chosen(allowed: FloatArray, width: int) -> BoolArray:
    """Mark the best `width` cells of each row: all above the last score that fits, and the first that equal it."""
    n = allowed.shape[1]
    last = np.partition(allowed, n - width, axis=1)[:, n - width, np.newaxis]
    above = allowed > last
    level = (allowed == last) & (last > -np.inf)
    room = width - above.sum(axis=1, keepdims=True)
    crowded = level.sum(axis=1) > room[:, 0]
    if crowded.any():
        level[crowded] &= np.cumsum(level[crowded], axis=1) <= room[crowded]
    return np.asarray(above | level)
