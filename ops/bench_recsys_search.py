"""Times finding the best 10 of a catalogue for one shopper: LightFM's own way, ours exactly, ours approximately."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from ops.bench_market import Catalogue, FloatArray, IntArray
from recsys.fold_in import FoldInBasis, fold_in
from recsys.index import ItemIndex
from recsys.topk import inner_products, largest

K = 10
EVENTS = 30
"""How many events of a shopper are folded in."""

REPEATS = 5
"""Each way runs that often in a row and the fastest counts, so that none pays for the memory another way used."""


@dataclass(frozen=True)
class SearchTimes:
    """Median milliseconds of one call, and ratios of calls that were made in turns in one run.

    The milliseconds are those of the processor, on one thread: on an idle machine the same as on the clock, and they do
    not grow when others use it too.

    Attributes:
        read_ms: numpy's maximum of the whole matrix of vectors: each number is read once.
        predict_ms: `LightFM.predict` for all items of the same model, with the item features it was trained with.
        predict_ids_ms: The same of a model whose items are identities only: LightFM's fastest case, no hybrid.
        exact_ms: Our exact best 10; approximate_ms: our approximate ones.
        recall: The share of the exact best 10 that the approximate ones hold.
        exact_share: `exact_ms / predict_ms`; approximate_share: `approximate_ms / predict_ms`.
        exact_share_ids: `exact_ms / predict_ids_ms`; approximate_share_ids likewise.
        exact_reads: `exact_ms / read_ms`.
    """

    items: int
    components: int
    read_ms: float
    predict_ms: float
    predict_ids_ms: float
    exact_ms: float
    approximate_ms: float
    recall: float
    fold_in_ms: float
    index_build_s: float
    exact_share: float
    approximate_share: float
    exact_share_ids: float
    approximate_share_ids: float
    exact_reads: float


def build_index(catalogue: Catalogue) -> tuple[ItemIndex, float]:
    """Index a catalogue, and tell how many seconds that took."""
    started = time.perf_counter()
    index = ItemIndex.build(catalogue.vectors, catalogue.item_biases)
    return index, time.perf_counter() - started


def time_search(
    catalogue: Catalogue, index: ItemIndex, index_build_s: float, shoppers: FloatArray, rounds: int
) -> SearchTimes:
    """Time all ways in turns, so that a busy machine slows all of them.

    Args:
        catalogue: The items.
        index: Of these items.
        index_build_s: What it took to build.
        shoppers: Vectors of shoppers, shape (m, components).
        rounds: How often each way is taken; each time for another shopper.

    Returns:
        The medians.
    """
    medians = _medians(_ways(catalogue, index, shoppers), min(rounds, len(shoppers)))
    return SearchTimes(
        items=len(catalogue.vectors),
        components=catalogue.vectors.shape[1],
        recall=_recall(catalogue, index, shoppers),
        index_build_s=index_build_s,
        exact_share=medians["exact_ms"] / medians["predict_ms"],
        approximate_share=medians["approximate_ms"] / medians["predict_ms"],
        exact_share_ids=medians["exact_ms"] / medians["predict_ids_ms"],
        approximate_share_ids=medians["approximate_ms"] / medians["predict_ids_ms"],
        exact_reads=medians["exact_ms"] / medians["read_ms"],
        **medians,
    )


def _ways(catalogue: Catalogue, index: ItemIndex, shoppers: FloatArray) -> dict[str, Callable[[int], Any]]:
    vectors, biases = catalogue.vectors, catalogue.item_biases
    items = np.arange(len(vectors), dtype=np.int32)
    plain = lightfm_of(vectors, biases, shoppers)
    hybrid = lightfm_of(catalogue.embeddings, catalogue.biases, shoppers)
    features, basis = catalogue.item_features, FoldInBasis.of(vectors, biases)
    rows, weights = np.random.default_rng(0).integers(0, len(vectors), EVENTS), np.ones(EVENTS, dtype=np.float32)
    return {
        "read_ms": lambda shopper: vectors.max(),
        "predict_ms": lambda shopper: hybrid.predict(shopper, items, item_features=features, num_threads=1),
        "predict_ids_ms": lambda shopper: plain.predict(shopper, items, num_threads=1),
        "exact_ms": lambda shopper: _exact(catalogue, shoppers[shopper]),
        "approximate_ms": lambda shopper: index.top(vectors, biases, shoppers[shopper], K),
        "fold_in_ms": lambda shopper: fold_in(vectors, biases, basis, rows, weights, shoppers[shopper]),
    }


def lightfm_of(embeddings: FloatArray, biases: FloatArray, shoppers: FloatArray) -> Any:
    """Give a LightFM model that holds the given vectors, as if it had learnt them."""
    from lightfm import LightFM

    model = LightFM(no_components=embeddings.shape[1])
    model.item_embeddings, model.item_biases = embeddings.astype(np.float32), biases.astype(np.float32)
    model.user_embeddings = shoppers.astype(np.float32)
    model.user_biases = np.zeros(len(shoppers), dtype=np.float32)
    for whose in ("item", "user"):
        for what in ("embedding_gradients", "embedding_momentum", "bias_gradients", "bias_momentum"):
            shape = getattr(model, f"{whose}_{'embeddings' if 'embedding' in what else 'biases'}").shape
            setattr(model, f"{whose}_{what}", np.zeros((1,) * len(shape), dtype=np.float32))
    return model


def _exact(catalogue: Catalogue, shopper: FloatArray) -> IntArray:
    return largest(inner_products(catalogue.vectors, catalogue.item_biases, shopper), K)


def _recall(catalogue: Catalogue, index: ItemIndex, shoppers: FloatArray) -> float:
    found = 0
    for shopper in shoppers:
        near = index.top(catalogue.vectors, catalogue.item_biases, shopper, K)
        found += len(np.intersect1d(near, _exact(catalogue, shopper)))
    return found / (K * len(shoppers))


def _medians(ways: Mapping[str, Callable[[int], Any]], rounds: int) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in ways}
    with threadpool_limits(limits=1):
        for shopper in range(rounds):
            for name, way in ways.items():
                taken[name].append(min(_milliseconds(way, shopper) for _ in range(REPEATS)))
    return {name: float(np.median(times)) for name, times in taken.items()}


def _milliseconds(way: Callable[[int], Any], shopper: int) -> float:
    started = time.thread_time()
    way(shopper)
    return (time.thread_time() - started) * 1000
