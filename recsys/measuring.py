"""Ranks for a task and measures the lists: every figure with its interval, and the differences between models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from recsys.arrays import FloatArray, IntArray
from recsys.dataset import InteractionDataset
from recsys.metrics import (
    auroc,
    bootstrap_interval,
    coverage,
    hit_rate,
    mrr,
    ndcg,
    novelty,
    precision,
    recall,
    top_k,
)
from recsys.model import Model
from recsys.tasks import Task

K: Final = 10
"""Places of a list."""

PER_USER: Final = ("precision", "recall", "ndcg", "mrr", "hit_rate", "novelty", "auc")
"""Figures that each user has; novelty in bits."""

USERS_AT_ONCE = 256


@dataclass(frozen=True)
class Figure:
    """A mean over users and its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, values: FloatArray, seed: int, draws: int) -> Figure:
        """Average what is defined; NaN where nothing is."""
        known = values[~np.isnan(values)]
        if not len(known):
            return cls(*[float("nan")] * 3)
        return cls(float(known.mean()), *bootstrap_interval(known, seed, draws))


@dataclass(frozen=True, eq=False)
class Measured:
    """How one model did in one task.

    Attributes:
        values: For each of `PER_USER` that was asked for, one value a user, (m,).
        coverage: The share of the items that may be ranked which is in any list.
        lists: Item rows, (m, K), -1 for nothing.
    """

    values: Mapping[str, FloatArray]
    coverage: float
    lists: IntArray

    def figure(self, name: str, seed: int, draws: int) -> Figure:
        """Give the mean of one figure with its interval."""
        return Figure.of(self.values[name], seed, draws)


def measure(model: Model, task: Task, dataset: InteractionDataset, seed: int) -> Measured:
    """Ask a model and measure its lists.

    Args:
        model: Fitted on `dataset`.
        task: What is asked.
        dataset: What the model knows.
        seed: Of the order of items with equal scores.
    """
    lists, areas = np.empty((len(task.users), K), dtype=np.int64), np.full(len(task.users), np.nan)
    for start in range(0, len(task.users), USERS_AT_ONCE):
        block = slice(start, start + USERS_AT_ONCE)
        scores = np.asarray(model.score(task.users[block]))
        lists[block] = ranked(scores, task, block, np.random.default_rng((seed, start)))
        if task.candidates is not None:
            areas[block] = _areas(scores, task, block)
    users_per_item = dataset.matrix.getnnz(axis=0).astype(np.int64)
    values = {
        "precision": precision(lists, task.truth),
        "recall": recall(lists, task.truth),
        "ndcg": ndcg(lists, task.truth),
        "mrr": mrr(lists, task.truth),
        "hit_rate": hit_rate(lists, task.truth),
        "novelty": novelty(lists, users_per_item, len(dataset.users)),
    }
    if task.candidates is not None:
        values["auc"] = areas
    return Measured(values, coverage(lists, task.n_candidates), lists)


def ranked(scores: FloatArray, task: Task, block: slice, random: np.random.Generator) -> IntArray:
    """Give the best lists of a block of users; items with equal scores come in a random order, another for each user.

    Without that, a model that says nothing would list the items by row, and rows may follow time or the alphabet.
    """
    n_users, n_items = scores.shape
    shuffled = random.permutation(n_items)
    turns = random.integers(n_items, size=(n_users, 1))
    order = shuffled[(np.arange(n_items) + turns) % n_items]
    allowed = scores.astype(np.float64)
    if task.candidates is not None:
        allowed[:, ~task.candidates] = -np.inf
    if task.exclude is not None:
        allowed[task.exclude[block].nonzero()] = -np.inf
    best = top_k(np.take_along_axis(allowed, order, axis=1), K)
    return np.where(best >= 0, np.take_along_axis(order, np.maximum(best, 0), axis=1), -1)


def _areas(scores: FloatArray, task: Task, block: slice) -> FloatArray:
    """Give for each user the chance that an item taken is scored above one that was not, (m,)."""
    taken = task.truth[block].toarray()[:, task.candidates] > 0
    asked = scores[:, task.candidates]
    return np.array([auroc(one, true) for one, true in zip(asked, taken, strict=True)])


def ratio(one: FloatArray, other: FloatArray, seed: int, draws: int) -> Figure:
    """Give how many times the mean of the other the mean of one is, both over the same users, with its interval."""
    both = np.column_stack((one, other))
    both = both[~np.isnan(both).any(axis=1)]
    random = np.random.default_rng(seed)
    drawn = [both[random.integers(len(both), size=len(both))].mean(axis=0) for _ in range(draws)] if len(both) else []
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.array([mean[0] / mean[1] for mean in drawn])
        whole = float(np.divide(*both.mean(axis=0))) if len(both) else float("nan")
    if not len(shares) or not np.isfinite(shares).all():
        return Figure(whole, float("nan"), float("nan"))
    low, high = np.quantile(shares, (0.025, 0.975), method="nearest")
    return Figure(whole, float(low), float(high))


def difference(one: FloatArray, other: FloatArray, seed: int, draws: int) -> Figure:
    """Give by how much the mean of one is above that of the other over the same users, with its interval."""
    return Figure.of(one - other, seed, draws)
