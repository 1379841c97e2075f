"""Deals: what the shop says is on offer, in personal order."""

from __future__ import annotations

import pytest

from recsys import columns as c
from recsys.parts import Parts
from recsys.profile import Event, Profile
from recsys.recommender import Recommender

PROMOTED = [f"item-{number:02}" for number in (3, 2, 26, 27)]


@pytest.fixture
def recommender(toy_parts: Parts) -> Recommender:
    return Recommender(toy_parts)


def test_only_what_is_promoted_is_shown(recommender: Recommender) -> None:
    slate = recommender.deals(Profile("user-00"), [*PROMOTED, "unknown"], 10)
    assert {*slate.item_ids} == {*PROMOTED}
    assert {item.reasons[0].kind for item in slate} == {"promotion"}


def test_each_shopper_has_an_order_of_their_own(recommender: Recommender) -> None:
    walker, reader = (recommender.deals(Profile(user), PROMOTED, 2) for user in ("user-00", "user-39"))
    assert walker.item_ids[0] == "item-02"
    assert reader.item_ids[0] == "item-03"


def test_a_stranger_is_shown_deals_too(recommender: Recommender) -> None:
    assert {*recommender.deals(Profile(), PROMOTED, 10).item_ids} == {*PROMOTED}


def test_what_was_dismissed_stays_away_at_any_price(recommender: Recommender) -> None:
    dismissed = Profile("user-00", (Event("item-02", c.DISMISS),))
    assert "item-02" not in recommender.deals(dismissed, PROMOTED, 10).item_ids


@pytest.mark.parametrize("candidates", [[], ["item-05"]])
def test_without_a_promoted_candidate_there_are_no_deals(recommender: Recommender, candidates: list[str]) -> None:
    assert len(recommender.deals(Profile("user-00"), PROMOTED, 5, candidates=candidates)) == 0
    assert len(recommender.deals(Profile("user-00"), [], 5)) == 0
