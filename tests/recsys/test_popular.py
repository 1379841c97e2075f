from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys.columns import CATEGORY, FEATURE, ITEM_ID, KIND, TIMESTAMP, USER_ID, VALUE
from recsys.dataset import InteractionDataset
from recsys.popular import Popular, PopularInCategory, categories_of_items, popularity

Event = tuple[str, str, str, int]
EVENTS: list[Event] = [
    ("ann", "boots", "purchase", 0),
    ("ann", "boots", "purchase", 20),
    ("bob", "boots", "view", 20),
    ("bob", "lamp", "purchase", 10),
    ("eve", "socks", "purchase", 20),
    ("eve", "lamp", "dismiss", 20),
]
"""Who, what, which kind, and on which day of January."""


def shop(events: list[Event] = EVENTS, categories: list[tuple[str, str]] | None = None) -> InteractionDataset:
    frame = pd.DataFrame(events, columns=[USER_ID, ITEM_ID, KIND, "day"])
    frame[TIMESTAMP] = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(frame.pop("day"), unit="D")
    known = pd.DataFrame(categories or [], columns=[ITEM_ID, VALUE]).assign(**{FEATURE: CATEGORY})
    return InteractionDataset.from_frames(frame, None, known if categories else None)


def counts_by_item(dataset: InteractionDataset, half_life_days: float | None) -> dict[str, float]:
    return dict(zip(dataset.items.ids(), popularity(dataset, half_life_days).tolist(), strict=True))


def test_a_user_counts_once_and_a_dismissal_never() -> None:
    assert counts_by_item(shop(), None) == {"boots": 2, "lamp": 1, "socks": 1}


def test_after_a_half_life_a_user_counts_half() -> None:
    assert counts_by_item(shop(), 10) == pytest.approx({"boots": 2, "lamp": 0.5, "socks": 1})


def test_what_is_popular_now_comes_before_what_was() -> None:
    events = [("ann", "old", "purchase", 0), ("bob", "old", "purchase", 0), ("eve", "new", "purchase", 30)]
    dataset = shop(events)
    old, new = dataset.items.rows(["old", "new"])
    users = np.array([0])
    assert np.argmax(Popular(half_life_days=None).fit(dataset).score(users)) == old
    assert np.argmax(Popular(half_life_days=7).fit(dataset).score(users)) == new


CATEGORIES = [("boots", "shoes"), ("sandals", "shoes"), ("socks", "clothes"), ("socks", "shoes"), ("lamp", "home")]


def test_an_item_is_shared_among_its_categories_and_those_without_any_make_up_one() -> None:
    dataset = shop([*EVENTS, ("ann", "gift card", "purchase", 20)], CATEGORIES)
    shares = categories_of_items(dataset).toarray()
    assert sorted(shares[dataset.items.row("socks")]) == pytest.approx([0, 0, 0.5, 0.5])
    assert shares[dataset.items.row("gift card")].tolist() == [0, 0, 0, 1]


def test_the_scores_of_a_user_are_shares_of_one() -> None:
    model = PopularInCategory().fit(shop(EVENTS, CATEGORIES))
    np.testing.assert_allclose(model.score(np.arange(3)).sum(axis=1), 1.0, rtol=1e-6)


def test_a_shopper_gets_what_is_popular_in_the_own_categories_first() -> None:
    busy_lamp = [(f"reader {number}", "lamp", "purchase", 20) for number in range(5)]
    dataset = shop([*EVENTS, *busy_lamp, ("zoe", "sandals", "purchase", 20)], CATEGORIES)
    ranked = [
        dataset.items.ids()[item]
        for item in np.argsort(-PopularInCategory().fit(dataset).score(dataset.users.rows(["zoe"]))[0])
    ]
    assert ranked[0] == "boots"
    assert Popular().fit(dataset).score(np.array([0])).argmax() == dataset.items.row("lamp")


def test_without_categories_there_is_one_list_for_all() -> None:
    dataset = shop()
    users = np.arange(3)
    by_category, plain = PopularInCategory().fit(dataset).score(users), Popular().fit(dataset).score(users)
    np.testing.assert_allclose(by_category, plain / plain.sum(axis=1, keepdims=True), rtol=1e-6)
