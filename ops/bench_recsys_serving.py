"""Stores a model of an invented catalogue, loads it, and times what a shopper waits for."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from ops.bench_market import Catalogue, FloatArray, IntArray
from recsys import artifact
from recsys import columns as c
from recsys.baskets import Baskets
from recsys.blend import Blend
from recsys.components import COMPONENTS, CONTENT, NEIGHBOURS, TRENDS, Evidence
from recsys.feature_fields import FeatureField
from recsys.features import FeatureSpace
from recsys.fold_in import FoldInBasis
from recsys.identifiers import IdMap
from recsys.index import INDEX_FROM, ItemIndex
from recsys.parts import TRAINED_UNTIL, Parts
from recsys.profile import Event, Profile
from recsys.recommender import Recommender
from recsys.representations import Representations
from recsys.similarity import unit_rows
from recsys.sparse_rows import empty

KINDS = ((c.CATEGORY, 1), (c.BRAND, 6), (c.TITLE, 15))
"""Fields of the invented market with their values a category; ten price bands follow."""

NEAR, HISTORY, EVENTS, CANDIDATES = 50, 20, 5, 1_000
"""Neighbours an item, items in a shopper's history, events in the session, items left by a filter."""


@dataclass(frozen=True)
class ServingTimes:
    """Seconds to load, and median milliseconds on the clock of one answer for a hot shopper in a session.

    Attributes:
        load_s: Reading the stored model memory-mapped, and the first answer; its files are in the page cache.
        recommend_ms: All items are candidates: all are scored, or from `recsys.index.INDEX_FROM` on the likely ones.
        filtered_ms: A thousand candidates; diverse_ms: with re-ranking; similar_ms: what is like an item.
        update_ms: Ten new items, served from features.
    """

    items: int
    stored_mb: float
    load_s: float
    recommend_ms: float
    filtered_ms: float
    diverse_ms: float
    similar_ms: float
    update_ms: float


def time_serving(
    catalogue: Catalogue, index: ItemIndex, shoppers: FloatArray, folder: Path, rounds: int
) -> ServingTimes:
    """Store, load and ask.

    Args:
        catalogue: The items.
        index: Of these items; stored with a catalogue that is large enough for it.
        shoppers: Vectors of shoppers, shape (m, components).
        folder: Where the model is stored.
        rounds: How often each question is asked, each time by another shopper.
    """
    large = len(catalogue.vectors) >= INDEX_FROM
    artifact.save(parts_of(catalogue, shoppers, index if large else None), folder)
    started = time.perf_counter()
    recommender = Recommender.load(folder)
    recommender.recommend(_profile(recommender, 0), 10)
    load_s = time.perf_counter() - started
    some = recommender.parts.items.ids(np.arange(min(CANDIDATES, recommender.parts.n_items)))
    ask: dict[str, Callable[[int], Any]] = {
        "recommend_ms": lambda one: recommender.recommend(_profile(recommender, one), 10),
        "filtered_ms": lambda one: recommender.recommend(_profile(recommender, one), 10, candidates=some),
        "diverse_ms": lambda one: recommender.recommend(_profile(recommender, one), 10, diversity=0.3),
        "similar_ms": lambda one: recommender.similar_items(some[one % len(some)], 10),
        "update_ms": lambda one: recommender.update_items(_new_items(one)),
    }
    asked = {"update_ms": 3}
    medians = {name: _median_ms(question, asked.get(name, rounds)) for name, question in ask.items()}
    stored = sum(file.stat().st_size for file in folder.iterdir())
    return ServingTimes(len(catalogue.vectors), stored / (1 << 20), load_s, **medians)


def parts_of(catalogue: Catalogue, shoppers: FloatArray, index: ItemIndex | None, seed: int = 0) -> Parts:
    """Give a whole model of an invented catalogue; what is not measured (weights, trends) is drawn at random."""
    rng = np.random.default_rng(seed)
    n_items, n_users = len(catalogue.vectors), len(shoppers)
    space = _item_space(catalogue, n_items)
    learnt = Representations(
        catalogue.vectors,
        catalogue.item_biases,
        np.ascontiguousarray(shoppers, dtype=np.float32),
        np.zeros(n_users, np.float32),
        np.asarray(catalogue.embeddings),
        np.asarray(catalogue.biases),
        np.zeros((0, shoppers.shape[1]), np.float32),
        np.zeros(0, np.float32),
    )
    told = catalogue.item_features[:, n_items:]
    evidence = Evidence(
        learnt.item_embeddings,
        learnt.item_biases,
        FoldInBasis.of(learnt.item_embeddings, learnt.item_biases),
        _random_rows(n_items, n_items, NEAR, rng),
        unit_rows(told.tocsr()),
        rng.exponential(size=(n_items, len(TRENDS))).astype(np.float32),
        1.0,
    )
    return Parts(
        users=IdMap.from_ids(f"shopper-{number}" for number in range(n_users)),
        items=IdMap.from_ids(f"item-{number}" for number in range(n_items)),
        user_space=FeatureSpace((), ()),
        item_space=space,
        user_features=empty((n_users, 0)),
        item_features=catalogue.item_features,
        representations=learnt,
        evidence=evidence,
        history=_random_rows(n_users, n_items, HISTORY, rng),
        dismissed=_random_rows(n_users, n_items, 1, rng),
        baskets=Baskets.none(n_items),
        prices=rng.uniform(1, 500, n_items),
        available_from=rng.uniform(1.5e9, 1.7e9, n_items),
        blend=Blend(dict.fromkeys(COMPONENTS, 0.5), {NEIGHBOURS: 0.1, CONTENT: 1.0}, -5.0),
        index=index,
        metadata={TRAINED_UNTIL: "2026-01-01"},
    )


def _item_space(catalogue: Catalogue, n_items: int) -> FeatureSpace:
    n_categories = (catalogue.item_features.shape[1] - n_items - 10) // 22
    identities = [(c.IDENTITY, f"item-{number}") for number in range(n_items)]
    values = [(field, f"{field}-{number}") for field, each in KINDS for number in range(n_categories * each)]
    bands = [(c.PRICE, f"{number}..") for number in range(10)]
    fields = tuple(FeatureField(field) for field, _ in (*KINDS, (c.PRICE, 1)))
    return FeatureSpace(fields, (*identities, *values, *bands))


def _random_rows(n_rows: int, n_columns: int, each: int, rng: np.random.Generator) -> sparse.csr_matrix:
    columns: IntArray = rng.integers(0, n_columns, n_rows * each).astype(np.int32)
    values = rng.random(n_rows * each, dtype=np.float32)
    starts = np.arange(0, n_rows * each + 1, each, dtype=np.int32)
    matrix = sparse.csr_matrix((values, columns, starts), shape=(n_rows, n_columns))
    matrix.sum_duplicates()
    return matrix


def _profile(recommender: Recommender, number: int) -> Profile:
    rng = np.random.default_rng(number)
    items = recommender.parts.items.ids(rng.integers(0, recommender.parts.n_items, EVENTS))
    user = f"shopper-{number % len(recommender.parts.users)}"
    return Profile(user, tuple(Event(item, c.VIEW) for item in items))


def _new_items(number: int) -> pd.DataFrame:
    rows = [(f"new-{number}-{one}", field, f"{field}-{one}") for one in range(10) for field, _ in KINDS]
    return pd.DataFrame(rows, columns=[c.ITEM_ID, c.FEATURE, c.VALUE])


def _median_ms(ask: Callable[[int], Any], rounds: int) -> float:
    taken = []
    for number in range(rounds):
        started = time.perf_counter()
        ask(number)
        taken.append((time.perf_counter() - started) * 1000)
    return float(np.median(taken))
