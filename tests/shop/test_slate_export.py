"""What came of a recommended list is credited once, to the right list, within its days."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select, update

from shop.db import Sessions, reading, writing
from shop.export import main
from shop.interactions import record_interaction
from shop.models import Interaction, Slate, utc_now
from shop.shoppers import Shopper
from shop.slate_export import REWARDS, slate_frame
from shop.slates import ShownItem, log_slate

DAY = dt.timedelta(days=1)
NOW = utc_now()


def show(sessions: Sessions, shopper: Shopper, days_ago: float, *slugs: str) -> str:
    with writing(sessions) as session:
        shown = [ShownItem(slug, -float(place), 0.5) for place, slug in enumerate(slugs)]
        slate = log_slate(session, shopper, "recommend", "blend", "v1", shown)
        session.execute(update(Slate).where(Slate.public_id == slate).values(created_at=NOW - days_ago * DAY))
    return slate


def do(sessions: Sessions, shopper: Shopper, days_ago: float, kind: str, slug: str, slate: str | None = None) -> None:
    with writing(sessions) as session:
        record_interaction(session, shopper, slug, kind, "chat", slate=slate)
        newest = select(Interaction.id).order_by(Interaction.id.desc()).limit(1).scalar_subquery()
        session.execute(update(Interaction).where(Interaction.id == newest).values(happened_at=NOW - days_ago * DAY))


def rewarded(sessions: Sessions, days: float = 14) -> list[tuple[str, str, str]]:
    """Slate, product and reward of everything that was credited."""
    with reading(sessions) as session:
        rows: list[dict[str, Any]] = slate_frame(session, days, NOW).to_dict("records")
    return [(row["slate_id"], row["item_id"], name) for row in rows for name in REWARDS.values() if row[name]]


def test_no_slate_is_an_empty_frame_with_all_columns(shelf: Sessions) -> None:
    with reading(shelf) as session:
        frame = slate_frame(session)
    assert len(frame) == 0
    assert list(frame.columns)[-5:] == [*REWARDS.values(), "complete"]


def test_every_shown_product_is_a_row_with_its_place_and_propensity(
    shelf: Sessions, ada: Shopper, guest: Shopper
) -> None:
    first = show(shelf, ada, 20, "shirt", "laptop")
    second = show(shelf, guest, 2, "mug")
    with reading(shelf) as session:
        rows = slate_frame(session, 14, NOW)
    assert [*zip(rows["slate_id"], rows["user_id"], rows["position"], rows["item_id"], strict=True)] == [
        (first, "ada", 1, "shirt"),
        (first, "ada", 2, "laptop"),
        (second, guest.user_id, 1, "mug"),
    ]
    assert rows["score"].tolist() == [0.0, -1.0, 0.0]
    assert set(rows["propensity"]) == {0.5}
    assert rows["complete"].tolist() == [True, True, False]
    assert rows["shown_at"].iloc[0] == pd.Timestamp(NOW - 20 * DAY)
    assert not rows[list(REWARDS.values())].to_numpy().any()


@pytest.mark.parametrize(("kind", "reward"), REWARDS.items())
def test_each_kind_of_interaction_is_a_reward_of_its_own(
    shelf: Sessions, guest: Shopper, kind: str, reward: str
) -> None:
    slate = show(shelf, guest, 5, "shirt", "mug")
    do(shelf, guest, 4, kind, "mug")
    do(shelf, guest, 4, "view", "shirt")
    assert rewarded(shelf) == [(slate, "mug", reward)]


def test_a_reward_counts_within_the_days_only(shelf: Sessions, guest: Shopper) -> None:
    slate = show(shelf, guest, 10, "shirt", "mug", "laptop")
    do(shelf, guest, 11, "click", "shirt")
    do(shelf, guest, 8, "click", "mug")
    do(shelf, guest, 5, "click", "laptop", slate)
    assert rewarded(shelf, days=3) == [(slate, "mug", "clicked")]
    assert rewarded(shelf, days=6) == [(slate, "mug", "clicked"), (slate, "laptop", "clicked")]


def test_the_last_list_that_showed_a_product_has_the_credit_unless_another_is_named(
    shelf: Sessions, guest: Shopper
) -> None:
    first, second = show(shelf, guest, 6, "mug", "shirt"), show(shelf, guest, 4, "mug", "shirt")
    do(shelf, guest, 5, "click", "mug")
    do(shelf, guest, 3, "cart", "mug")
    do(shelf, guest, 3, "cart", "shirt", first)
    assert rewarded(shelf) == [(first, "mug", "clicked"), (first, "shirt", "carted"), (second, "mug", "carted")]


def test_what_a_guest_saw_is_credited_when_they_buy_signed_in_and_elsewhere_later(
    shelf: Sessions, ada: Shopper
) -> None:
    as_guest = show(shelf, Shopper(ada.shopper_id), 6, "mug")
    do(shelf, ada, 5, "purchase", "mug")
    signed_in = show(shelf, ada, 4, "laptop")
    do(shelf, Shopper("web-phone", "ada"), 3, "purchase", "laptop")
    assert rewarded(shelf) == [(as_guest, "mug", "purchased"), (signed_in, "laptop", "purchased")]


def test_what_another_shopper_does_is_no_reward(shelf: Sessions, guest: Shopper, ada: Shopper) -> None:
    show(shelf, guest, 6, "mug")
    do(shelf, ada, 5, "purchase", "mug")
    assert rewarded(shelf) == []


def test_the_command_writes_what_the_frame_holds(
    shelf: Sessions, database_url: str, guest: Shopper, tmp_path: Path
) -> None:
    show(shelf, guest, 5, "mug")
    do(shelf, guest, 4, "click", "mug")
    out = tmp_path / "deep" / "slates.parquet"
    assert main(["slates", "--database-url", database_url, "--out", str(out), "--days", "2"]) == 0
    with reading(shelf) as session:
        pd.testing.assert_frame_equal(pd.read_parquet(out), slate_frame(session, 2), check_dtype=False)
    assert pd.read_parquet(out)["clicked"].tolist() == [True]
