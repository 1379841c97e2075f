"""Judges models: by the lists that a table of models compares, and by the lists that a shopper would be served."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from recsys import columns as c
from recsys.arrays import FloatArray, IntArray
from recsys.dataset import InteractionDataset
from recsys.metrics import (
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
from recsys.profile import Event, Profile
from recsys.recommender import Recommender
from recsys.split import Truth

K = 10
"""Places of a list that is judged."""

RECENT_EVENTS = 50
"""The latest events that a server tells of a shopper; those that a model has learnt from it passes over."""

USERS_AT_ONCE = 512

Score = Callable[[IntArray], FloatArray]
"""Scores every item for some rows of users: (m,) -> (m, n_items)."""


@dataclass(frozen=True)
class Figures:
    """How good the lists of one model are, means over shoppers at 10 places.

    Attributes:
        shoppers: How many were judged.
        ndcg: With `low` and `high`, its 95 % bootstrap interval.
        low: Its lower end.
        high: Its upper end.
        precision: Share of places that hold what was taken.
        recall: Share of what was taken that is in the list.
        mrr: One over the place of the first that was taken.
        hit_rate: Share of lists that hold anything taken.
        coverage: Share of the catalogue that is in any list.
        novelty: Mean self-information of what is shown, bits.
    """

    shoppers: int
    ndcg: float
    low: float
    high: float
    precision: float
    recall: float
    mrr: float
    hit_rate: float
    coverage: float
    novelty: float

    def to_dict(self) -> dict[str, float | None]:
        """Give all figures by name; what is not defined is None, as JSON knows no NaN."""
        return {name: None if value != value else value for name, value in asdict(self).items()}


def lists_of(score: Score, dataset: InteractionDataset, truth: Truth, k: int = K) -> IntArray:
    """Rank for all users of a truth, block by block: item rows, (m, k), -1 for nothing."""
    exclude, blocks = truth.exclude(dataset), []
    for start in range(0, len(truth.users), USERS_AT_ONCE):
        block = slice(start, start + USERS_AT_ONCE)
        blocks.append(top_k(score(truth.users[block]), k, exclude=None if exclude is None else exclude[block]))
    return np.concatenate(blocks) if blocks else np.empty((0, k), dtype=np.int64)


def figures_of(lists: IntArray, dataset: InteractionDataset, truth: Truth, seed: int) -> Figures:
    """Judge lists (m, k) by a truth of the same m users."""
    gained = ndcg(lists, truth.items)
    low, high = bootstrap_interval(gained, seed)
    users_per_item = dataset.matrix.getnnz(axis=0).astype(np.int64)
    return Figures(
        shoppers=len(truth.users),
        ndcg=_mean(gained),
        low=low,
        high=high,
        precision=_mean(precision(lists, truth.items)),
        recall=_mean(recall(lists, truth.items)),
        mrr=_mean(mrr(lists, truth.items)),
        hit_rate=_mean(hit_rate(lists, truth.items)),
        coverage=coverage(lists, len(dataset.items)),
        novelty=_mean(novelty(lists, users_per_item, len(dataset.users))),
    )


def _mean(values: FloatArray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


@dataclass(frozen=True)
class Question:
    """What one shopper took in the judged days, and what a server would know of the shopper before them."""

    profile: Profile
    taken: frozenset[str]


def questions_of(
    dataset: InteractionDataset, truth: Truth, user_features: pd.DataFrame | None, limit: int, seed: int
) -> list[Question]:
    """Ask the shoppers of a truth, at most `limit` of them, drawn by the seed.

    Args:
        dataset: What had happened before the judged days.
        truth: What was taken in them.
        user_features: What is known of users beside their events, long.
        limit: How many shoppers.
        seed: Of the drawing.
    """
    chosen = np.sort(np.random.default_rng(seed).permutation(len(truth.users))[:limit])
    rows = truth.users[chosen]
    ids = dataset.users.ids(rows)
    events, features = _events(dataset, rows), _features(user_features, ids)
    taken = (frozenset(dataset.items.ids(truth.items[place].indices.astype(np.int64))) for place in chosen)
    return [
        Question(Profile(user, tuple(events.get(user, ())[-RECENT_EVENTS:]), features.get(user, {})), items)
        for user, items in zip(ids, taken, strict=True)
    ]


def _events(dataset: InteractionDataset, users: IntArray) -> dict[str, list[Event]]:
    wanted = dataset.interactions[dataset.interactions[c.USER].isin(users)]
    found: dict[str, list[Event]] = {}
    columns = (wanted[name] for name in (c.USER_ID, c.ITEM_ID, c.KIND, c.TIMESTAMP))
    for user, item, kind, at in zip(*columns, strict=True):
        found.setdefault(user, []).append(Event(item, kind, at.to_pydatetime()))
    return found


def _features(frame: pd.DataFrame | None, ids: Sequence[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    if frame is not None:
        wanted = frame[frame[c.USER_ID].isin(ids)]
        for user, name, value in zip(*(wanted[name] for name in (c.USER_ID, c.FEATURE, c.VALUE)), strict=True):
            of_user = found.setdefault(user, {})
            of_user[name] = (*of_user.get(name, ()), value)
    return found


def served_ndcg(recommender: Recommender, questions: Sequence[Question], k: int = K) -> FloatArray:
    """Ask a recommender as an action would, and give NDCG@k of each list, (m,).

    Items that the recommender does not know count as missed: to know what is on sale is part of its work.
    """
    discounts = 1.0 / np.log2(np.arange(k) + 2.0)
    gained = np.zeros(len(questions))
    for number, question in enumerate(questions):
        shown = recommender.recommend(question.profile, k).item_ids
        hit = np.array([item in question.taken for item in shown], dtype=bool)
        best = discounts[: min(k, len(question.taken))].sum()
        gained[number] = discounts[: len(shown)][hit].sum() / best
    return gained


def table_of(
    models: Mapping[str, Score], dataset: InteractionDataset, truth: Truth, seed: int
) -> dict[str, dict[str, Any]]:
    """Judge several models by one truth: their figures by name."""
    return {
        name: figures_of(lists_of(score, dataset, truth), dataset, truth, seed).to_dict()
        for name, score in models.items()
    }
