"""Re-ranks for diversity: of two equally good items, the one less like those already chosen comes first.

Maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998): each place goes to the item with the largest
(1 - diversity) * relevance - diversity * (largest similarity to an item already chosen).
"""

from __future__ import annotations

import numpy as np

from recsys.arrays import FloatArray, IntArray


def mmr(relevance: FloatArray, vectors: FloatArray, k: int, diversity: float) -> IntArray:
    """Choose k items that are relevant and unlike each other.

    Relevance is stretched to 0..1 first, so that `diversity` means the same whatever the scores are. One step updates
    the similarity of all items to the one just chosen, so k steps take k * m * d multiplications and no m x m matrix.

    Args:
        relevance: Scores of the pool, shape (m,), finite.
        vectors: What similarity is measured in, shape (m, d); cosine, so any length; a zero vector is like nothing.
        k: How many to choose; all are ordered where the pool has fewer.
        diversity: 0 ranks by relevance alone, 1 by difference alone.

    Returns:
        Places in the pool in their new order, int64, shape (min(k, m),). Of equal items the first in the pool wins.

    Raises:
        ValueError: If `diversity` is not in 0..1.
    """
    if not 0.0 <= diversity <= 1.0:
        raise ValueError(f"diversity is between 0 and 1, got {diversity!r}")
    directions = _unit(vectors)
    worth = (1.0 - diversity) * _stretched(relevance)
    nearest = np.zeros(relevance.size)
    chosen = np.empty(max(0, min(k, relevance.size)), dtype=np.int64)
    for place in range(chosen.size):
        best = int(np.argmax(worth - diversity * nearest))
        chosen[place] = best
        worth[best] = -np.inf
        nearest = np.maximum(nearest, directions @ directions[best])
    return chosen


def intra_list_similarity(vectors: FloatArray) -> float:
    """Give the mean cosine of all pairs of a list, the usual measure of how alike its items are.

    Args:
        vectors: The list's items, shape (k, d).

    Returns:
        Between -1 and 1; 0 for a list of fewer than two.
    """
    count = len(vectors)
    if count < 2:
        return 0.0
    directions = _unit(vectors)
    total = float(np.square(np.linalg.norm(directions.sum(axis=0))) - np.square(directions).sum())
    return total / (count * (count - 1))


def _unit(vectors: FloatArray) -> FloatArray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(np.divide(vectors, lengths, out=np.zeros_like(vectors, dtype=np.float64), where=lengths > 0))


def _stretched(relevance: FloatArray) -> FloatArray:
    if relevance.size == 0:
        return np.zeros(0)
    low, high = float(relevance.min()), float(relevance.max())
    return np.asarray((relevance - low) / (high - low)) if high > low else np.zeros(relevance.size)
