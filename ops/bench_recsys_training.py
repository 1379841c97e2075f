"""Trains LightFM beside implicit's ALS on one invented market, each in a process of its own to tell their memory."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ops.bench_market import Market, Trained, invent_market

Fit = Callable[[Market, int, int], Any]


@dataclass(frozen=True)
class MarketSize:
    """How large the market is and how long is trained on it.

    Attributes:
        events: How often somebody met something.
        rounds: Epochs of LightFM, iterations of ALS.
    """

    users: int
    items: int
    events: int
    components: int
    rounds: int
    seed: int = 0


@dataclass(frozen=True)
class Training:
    """What one training took.

    Attributes:
        seconds_a_round: An epoch of LightFM or an iteration of ALS, one thread.
        peak_mb: The most memory of the process, the market itself included.
    """

    model: str
    seconds: float
    seconds_a_round: float
    peak_mb: float


def train_both(size: MarketSize, folder: Path) -> tuple[list[Training], Trained]:
    """Train LightFM (WARP, item features) and ALS on the same market, one after the other.

    Args:
        size: The market.
        folder: Where LightFM's vectors are handed over.

    Returns:
        What each took, and LightFM's vectors.
    """
    path = folder / "trained.npz"
    found = [_in_a_process(_train_lightfm, size, path), _in_a_process(_train_als, size, None)]
    with np.load(path) as stored:
        return found, Trained(**stored)


def _in_a_process(
    train: Callable[[MarketSize, Path | None], Training], size: MarketSize, path: Path | None
) -> Training:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(train, (size, path))


def _train_lightfm(size: MarketSize, path: Path | None) -> Training:
    from lightfm import LightFM

    market = invent_market(size.users, size.items, size.events, size.seed)
    model = LightFM(no_components=size.components, loss="warp", random_state=size.seed)
    started = time.perf_counter()
    model.fit(market.interactions, item_features=market.item_features, epochs=size.rounds, num_threads=1)
    seconds = time.perf_counter() - started
    if path is not None:
        np.savez(
            path,
            embeddings=model.item_embeddings,
            biases=model.item_biases,
            users=model.user_embeddings,
            category=market.category,
        )
    return Training("LightFM WARP with features", seconds, seconds / size.rounds, _peak_mb())


def _train_als(size: MarketSize, path: Path | None) -> Training:
    from implicit.als import AlternatingLeastSquares

    market = invent_market(size.users, size.items, size.events, size.seed)
    model = AlternatingLeastSquares(
        factors=size.components, iterations=size.rounds, num_threads=1, random_state=size.seed, use_gpu=False
    )
    started = time.perf_counter()
    model.fit(market.interactions, show_progress=False)
    seconds = time.perf_counter() - started
    return Training("implicit ALS", seconds, seconds / size.rounds, _peak_mb())


def _peak_mb() -> float:
    """Give the largest memory of this process; Linux counts in KiB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20) if sys.platform == "darwin" else peak / (1 << 10)
