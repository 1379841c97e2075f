"""How good lists of recommendations are: for each user, over the catalogue, and how sure the figures are.

A list is a row of item rows, the best first, filled up with -1 (`recsys.ranking.top_k`); k is its width. The truth is a
sparse matrix with the same users in the same order. A user without any truth has no value: NaN, which means ignore.
Definitions as in RecTools (`rectools.metrics`), against which they are tested.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from recsys.arrays import BoolArray, Csr, FloatArray, IntArray
from recsys.ranking import top_k

__all__ = [
    "auroc",
    "bootstrap_interval",
    "coverage",
    "expected_calibration_error",
    "hit_rate",
    "hits",
    "mrr",
    "ndcg",
    "novelty",
    "precision",
    "recall",
    "reliability",
    "top_k",
]

Values = npt.NDArray[np.float64]


def hits(recommended: IntArray, truth: Csr) -> BoolArray:
    """Tell which places of the lists hold a true item.

    Args:
        recommended: (m, k) item rows, -1 for nothing.
        truth: (m, n_items), stored cells are true.

    Returns:
        Shape (m, k).
    """
    if recommended.shape[0] != truth.shape[0]:
        raise ValueError(f"{recommended.shape[0]} lists, {truth.shape[0]} rows of truth")
    cells = truth.tocoo()
    wide = np.int64(truth.shape[1])
    places = np.arange(len(recommended), dtype=np.int64)[:, np.newaxis] * wide + recommended
    true = cells.row.astype(np.int64) * wide + cells.col
    return np.asarray(np.isin(places, true[cells.data != 0]) & (recommended >= 0))


def _relevant(truth: Csr) -> Values:
    """Give how many items are true for each user, NaN for none."""
    counts = np.bincount(truth.tocoo().row[truth.tocoo().data != 0], minlength=truth.shape[0]).astype(np.float64)
    return np.where(counts > 0, counts, np.nan)


def _known(values: Values, truth: Csr) -> Values:
    return np.where(np.isnan(_relevant(truth)), np.nan, values)


def precision(recommended: IntArray, truth: Csr) -> Values:
    """Give the share of the k places that hold a true item: hits / k; shape (m,)."""
    return _known(hits(recommended, truth).sum(axis=1) / recommended.shape[1], truth)


def recall(recommended: IntArray, truth: Csr) -> Values:
    """Give the share of the true items that are in the list: hits / number of true items; shape (m,)."""
    return np.asarray(hits(recommended, truth).sum(axis=1) / _relevant(truth))


def hit_rate(recommended: IntArray, truth: Csr) -> Values:
    """Give 1 where any place holds a true item, else 0; shape (m,)."""
    return _known(hits(recommended, truth).any(axis=1).astype(np.float64), truth)


def mrr(recommended: IntArray, truth: Csr) -> Values:
    """Give 1 / the place of the first true item, 0 where there is none; shape (m,)."""
    found = hits(recommended, truth)
    return _known(np.where(found.any(axis=1), 1.0 / (found.argmax(axis=1) + 1.0), 0.0), truth)


def ndcg(recommended: IntArray, truth: Csr) -> Values:
    """Give the discounted gain, sum of 1 / log2(place + 1) over true items, as a share of the best there is; (m,).

    The best list has min(k, number of true items) true items in front (Jaervelin and Kekaelaeinen 2002, binary gains),
    which is `rectools.metrics.NDCG(divide_by_achievable=True)`.
    """
    discounts = 1.0 / np.log2(np.arange(recommended.shape[1]) + 2.0)
    best = np.concatenate(([0.0], np.cumsum(discounts)))
    relevant = _relevant(truth)
    possible = best[np.minimum(np.nan_to_num(relevant), recommended.shape[1]).astype(np.int64)]
    gained = hits(recommended, truth) @ discounts
    return _known(np.divide(gained, possible, out=np.zeros_like(gained), where=possible > 0), truth)


def coverage(recommended: IntArray, n_items: int) -> float:
    """Give the share of the catalogue that is in any list, between 0 and 1."""
    shown = np.unique(recommended[recommended >= 0])
    return float(len(shown) / n_items) if n_items else 0.0


def novelty(recommended: IntArray, users_per_item: IntArray, n_users: int) -> Values:
    """Give the mean self-information of what is shown, -log2 p(item) in bits; shape (m,), NaN for an empty list.

    p is the share of users who had to do with the item (Zhou et al. 2010, doi:10.1073/pnas.1000488107). An item that
    nobody touched counts as touched once, as in `rectools.metrics.MeanInvUserFreq`.

    Args:
        recommended: (m, k) item rows, -1 for nothing.
        users_per_item: (n_items,) how many users had to do with each item.
        n_users: how many users there are.
    """
    bits = -np.log2(np.maximum(users_per_item, 1) / max(n_users, 1))
    shown = recommended >= 0
    total = np.where(shown, bits[np.where(shown, recommended, 0)], 0.0).sum(axis=1)
    number = shown.sum(axis=1)
    return np.divide(total, number, out=np.full(len(recommended), np.nan), where=number > 0)


def bootstrap_interval(values: FloatArray, seed: int, n: int = 1_000, level: float = 0.95) -> tuple[float, float]:
    """Give the percentile bootstrap interval of a mean over users (Efron 1979).

    Args:
        values: one a user; NaN is ignored.
        seed: equal seeds give equal intervals.
        n: how often users are drawn anew.
        level: the share of the means that lie within.

    Returns:
        Low and high; NaN both where there are no values.
    """
    kept = np.asarray(values, dtype=np.float64)
    kept = kept[~np.isnan(kept)]
    if not len(kept):
        return float("nan"), float("nan")
    random = np.random.default_rng(seed)
    means = [float(kept[random.integers(len(kept), size=len(kept))].mean()) for _ in range(n)]
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def auroc(scores: FloatArray, labels: npt.NDArray[np.generic]) -> float:
    """Give the chance that a positive scores above a negative, ties counting half; NaN where either is absent.

    By rank sums (Mann and Whitney 1947): O(n log n).
    """
    positive = np.asarray(labels).astype(bool)
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    if not n_positive or not n_negative:
        return float("nan")
    _, value, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = np.cumsum(sizes) - (sizes - 1) / 2
    total = float(ranks[value][positive].sum())
    return (total - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative)


def reliability(
    probabilities: FloatArray, labels: npt.NDArray[np.generic], bins: int = 10
) -> tuple[Values, Values, IntArray]:
    """Give for each of `bins` equally wide bins its mean probability, its share of true labels, and its size.

    Shapes (bins,); the means of an empty bin are NaN.
    """
    probabilities = np.asarray(probabilities, dtype=np.float64)
    place = np.minimum((probabilities * bins).astype(np.int64), bins - 1)
    sizes = np.bincount(place, minlength=bins).astype(np.int64)
    nothing = np.full(bins, np.nan)
    said = np.bincount(place, weights=probabilities, minlength=bins)
    true = np.bincount(place, weights=np.asarray(labels).astype(np.float64), minlength=bins)
    return (
        np.divide(said, sizes, out=nothing.copy(), where=sizes > 0),
        np.divide(true, sizes, out=nothing.copy(), where=sizes > 0),
        sizes,
    )


def expected_calibration_error(probabilities: FloatArray, labels: npt.NDArray[np.generic], bins: int = 10) -> float:
    """Give the mean gap between what is said and what is true, over equally wide bins (Naeini et al. 2015)."""
    said, true, sizes = reliability(probabilities, labels, bins)
    if not sizes.sum():
        return float("nan")
    return float(np.nansum(np.abs(said - true) * sizes) / sizes.sum())
