"""How good rankings and refusals are: plain functions of arrays, tested against obvious slow versions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Bools = NDArray[np.bool_]


def ranks(scores: Floats, relevant: Bools) -> NDArray[np.int64]:
    """Give the place of the best relevant entry of each query, from 1; ties count against it.

    Args:
        scores: (m, n), higher is better.
        relevant: (m, n), true where the entry answers the query; each row holds at least one.

    Raises:
        ValueError: shapes differ, or a query has no relevant entry.
    """
    _check(scores, relevant)
    best = np.where(relevant, scores, -np.inf).max(axis=1, keepdims=True)
    return 1 + np.asarray(((scores >= best) & ~relevant).sum(axis=1), np.int64)


def recall_at_k(scores: Floats, relevant: Bools, k: int) -> float:
    """Give the share of queries with a relevant entry among the best k (also called hit rate); shapes as in `ranks`."""
    return float((ranks(scores, relevant) <= k).mean())


def mean_average_precision(scores: Floats, relevant: Bools) -> float:
    """Give the mean over queries of average precision: precision at each relevant entry's place, averaged.

    Ties stand in the order of the columns. Manning, Raghavan and Schuetze, Introduction to Information Retrieval, 8.4.
    """
    _check(scores, relevant)
    order = np.argsort(-scores, axis=1, kind="stable")
    found = np.take_along_axis(relevant, order, axis=1)
    precision = found.cumsum(axis=1) / np.arange(1, scores.shape[1] + 1)
    return float(((precision * found).sum(axis=1) / found.sum(axis=1)).mean())


def auroc(known: Floats, strange: Floats) -> float:
    """Give the chance that a known query scores above a strange one; ties count half. 0.5 is guessing.

    Args:
        known: (m,), scores of queries whose product is in the catalogue.
        strange: (n,), scores of the others.

    Raises:
        ValueError: one of them is empty.
    """
    if not len(known) or not len(strange):
        raise ValueError(f"{len(known)} known and {len(strange)} strange queries: both are needed")
    ordered = np.sort(strange)
    below, upto = (np.searchsorted(ordered, known, side=side) for side in ("left", "right"))
    return float((below + upto).mean() / 2 / len(ordered))


def false_match_rate(known: Floats, strange: Floats, recall: float = 0.95) -> float:
    """Give the share of strange queries that pass the threshold which this share of known ones passes.

    Args:
        known: (m,), scores of queries whose product is in the catalogue.
        strange: (n,), scores of the others.
        recall: at least so many of the known must pass.
    """
    return float((strange >= threshold_at_recall(known, recall)).mean())


def threshold_at_recall(known: Floats, recall: float = 0.95) -> float:
    """Give the highest score that at least this share of the known queries reach; shape of `known`: (m,)."""
    if not len(known) or not 0 < recall <= 1:
        raise ValueError(f"recall {recall} of {len(known)} known queries: both must be above 0")
    passing = int(np.ceil(recall * len(known) - 1e-9))
    return float(np.sort(known)[len(known) - passing])


def _check(scores: Floats, relevant: Bools) -> None:
    if scores.ndim != 2 or scores.shape != relevant.shape:
        raise ValueError(f"scores of shape {scores.shape}, relevance of shape {relevant.shape}")
    if not relevant.any(axis=1).all():
        raise ValueError(f"query {int(np.argmin(relevant.any(axis=1)))} has no relevant entry")
