"""What is new: by its age, in personal order, from features alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from recsys import columns as c
from recsys.edits import Edits
from recsys.parts import Parts
from recsys.profile import Event, Profile
from recsys.recommender import Recommender

# In the toy shop item-00 came today, item-01 ten days ago, item-02 twenty ...


@pytest.fixture
def recommender(toy_parts: Parts) -> Recommender:
    return Recommender(toy_parts)


def test_a_stranger_gets_the_newest_first_and_nothing_old(recommender: Recommender, now: datetime) -> None:
    slate = recommender.new_items(Profile(), 10, now=now)
    assert slate.item_ids == ("item-00", "item-01", "item-02", "item-03")
    reason = slate.items[1].reasons[0]
    assert (reason.kind, reason.value) == ("new", (now - timedelta(days=10)).isoformat())


def test_what_is_still_to_come_is_not_shown(recommender: Recommender, now: datetime) -> None:
    assert recommender.new_items(Profile(), 10, now=now - timedelta(days=15)).item_ids[0] == "item-02"


def test_how_old_is_new_can_be_said(recommender: Recommender, now: datetime) -> None:
    assert recommender.new_items(Profile(), 10, now=now, max_age_days=12).item_ids == ("item-00", "item-01")
    assert len(recommender.new_items(Profile(), 10, now=now + timedelta(days=400))) == 0


def test_taste_and_newness_both_count(recommender: Recommender, now: datetime) -> None:
    reader = Profile("warm-reader")
    order = recommender.new_items(reader, 30, now=now, max_age_days=400).item_ids
    tastes = [int(item[-2:]) % 2 for item in order]
    assert np.mean(tastes[:10]) > np.mean(tastes[-10:])
    ages = [int(item[-2:]) for item in order]
    assert np.mean(ages[:10]) < np.mean(ages[-10:])


def test_the_order_does_not_rest_on_what_was_learnt_of_the_item_itself(toy_parts: Parts, now: datetime) -> None:
    learnt, space = toy_parts.representations, toy_parts.item_space
    identities = np.array([name == c.IDENTITY for name, _ in space.columns])
    embeddings = np.where(identities[:, None], 100.0, learnt.item_feature_embeddings).astype(np.float32)
    other = replace(toy_parts, representations=replace(learnt, item_feature_embeddings=embeddings))
    shown = [Recommender(parts).new_items(Profile("warm-reader"), 5, now=now) for parts in (toy_parts, other)]
    assert shown[0] == shown[1]


def test_filters_hold_for_new_items_too(recommender: Recommender, now: datetime) -> None:
    dismissed = Profile(events=(Event("item-00", c.DISMISS),), edits=Edits().with_price("lower", 22.0))
    assert recommender.new_items(dismissed, 10, now=now).item_ids == ("item-01", "item-02")
    assert recommender.new_items(Profile(), 10, candidates=["item-03", "x"], now=now).item_ids == ("item-03",)


def test_an_item_of_unknown_age_is_never_new(toy_parts: Parts, now: datetime) -> None:
    unknown = replace(toy_parts, available_from=np.full(toy_parts.n_items, np.nan))
    assert len(Recommender(unknown).new_items(Profile("user-00"), 5, now=now)) == 0
