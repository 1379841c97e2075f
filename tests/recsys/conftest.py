"""A small shop with clear tastes, so that every model can be tested in milliseconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from recsys import columns as c
from recsys.dataset import InteractionDataset
from recsys.parts import Parts

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CATEGORIES = ("shoes", "lamps")
BRANDS = ("Astra", "Boreal", "Corvus")
COLOURS = ("red", "green", "blue")
N_USERS, N_ITEMS = 40, 30


@dataclass(frozen=True)
class Frames:
    """The three frames that a data set is made of."""

    interactions: pd.DataFrame
    user_features: pd.DataFrame
    item_features: pd.DataFrame


def item_features() -> pd.DataFrame:
    """30 items: even ones are shoes, odd ones lamps; the last two of each category were never touched by anyone."""
    rows = []
    for number in range(N_ITEMS):
        item = f"item-{number:02}"
        category = CATEGORIES[number % 2]
        rows += [
            (item, c.CATEGORY, category),
            (item, c.BRAND, BRANDS[number % 3]),
            (item, c.COLOUR, COLOURS[number // 2 % 3]),
            (item, c.PRICE, str(10 + 5 * number)),
            (item, c.TITLE, f"{BRANDS[number % 3]} {category} number {number}"),
            (item, c.AVAILABLE_FROM, (NOW - timedelta(days=10 * number)).isoformat()),
        ]
    return pd.DataFrame(rows, columns=[c.ITEM_ID, c.FEATURE, c.VALUE])


def user_features() -> pd.DataFrame:
    """40 users and two warm ones: the first half are walkers, the second readers."""
    names = [*(f"user-{number:02}" for number in range(N_USERS)), "warm-walker", "warm-reader"]
    segments = ["walker" if number < N_USERS // 2 else "reader" for number in range(N_USERS)] + ["walker", "reader"]
    rows = [(name, c.SEGMENT, segment) for name, segment in zip(names, segments, strict=True)]
    rows += [(name, c.DEVICE, ("phone", "laptop")[number % 2]) for number, name in enumerate(names)]
    return pd.DataFrame(rows, columns=[c.USER_ID, c.FEATURE, c.VALUE])


def interactions(seed: int = 7) -> pd.DataFrame:
    """Walkers view and buy shoes, readers lamps, with one view in ten of the other kind; baskets hold two items."""
    random = np.random.default_rng(seed)
    rows = []
    for user in range(N_USERS):
        for visit in range(5):
            own = int(user >= N_USERS // 2)
            at = NOW - timedelta(days=100 - 18 * visit, minutes=int(random.integers(1, 600)))
            liked = 2 * random.choice((N_ITEMS - 4) // 2, size=3, replace=False) + own
            other = 2 * int(random.integers((N_ITEMS - 4) // 2)) + 1 - own
            viewed = [*liked, other] if random.random() < 0.5 else list(liked)
            rows += [(user, item, c.VIEW, at + timedelta(seconds=n), None) for n, item in enumerate(viewed)]
            basket = f"order-{user:02}-{visit}"
            rows += [(user, item, c.PURCHASE, at + timedelta(minutes=5), basket) for item in liked[:2]]
    frame = pd.DataFrame(rows, columns=[c.USER_ID, c.ITEM_ID, c.KIND, c.TIMESTAMP, c.BASKET_ID])
    frame[c.USER_ID] = [f"user-{user:02}" for user in frame[c.USER_ID]]
    frame[c.ITEM_ID] = [f"item-{item:02}" for item in frame[c.ITEM_ID]]
    return frame.sort_values(c.TIMESTAMP, kind="stable", ignore_index=True)


@pytest.fixture(scope="session")
def now() -> datetime:
    """The moment at which the toy shop is looked at."""
    return NOW


@pytest.fixture
def toy_frames() -> Frames:
    """Raw frames of the toy shop, fresh for each test."""
    return Frames(interactions(), user_features(), item_features())


@pytest.fixture(scope="session")
def toy() -> InteractionDataset:
    """The toy shop as a data set; never change it.

    40 hot users (`user-00` to `user-39`: the first 20 like shoes, the others lamps), `warm-walker` and `warm-reader`;
    26 hot items (even: shoes, odd: lamps) and four warm ones, `item-26` to `item-29`.
    """
    return InteractionDataset.from_frames(interactions(), user_features(), item_features(), now=NOW)


@pytest.fixture(scope="session")
def toy_parts(toy: InteractionDataset) -> Parts:
    """A small trained model of the toy shop; its blend is written by hand. Never change it."""
    from recsys.blend import Blend
    from recsys.blend_model import evidence_of
    from recsys.components import CONTENT, HYBRID, NEIGHBOURS, REPEAT
    from recsys.hybrid import HybridSettings, LightFMHybrid

    settings = HybridSettings(components=8, epochs=15, seed=3)
    learnt = LightFMHybrid(settings).fit(toy).representations
    weights = {HYBRID: 1.0, NEIGHBOURS: 1.0, CONTENT: 0.5, REPEAT: 0.3, "month": 0.3}
    blend = Blend(weights, {NEIGHBOURS: 0.1, CONTENT: 0.5}, -2.0)
    return Parts.of(toy, learnt, evidence_of(toy, learnt), blend, item_features(), metadata={"version": "toy"})
