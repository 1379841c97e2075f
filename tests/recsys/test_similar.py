"""What is like an item."""

from __future__ import annotations

import numpy as np
import pytest

from recsys import columns as c
from recsys.edits import Edits
from recsys.errors import UnknownItem
from recsys.parts import Parts
from recsys.profile import Event, Profile
from recsys.recommender import Recommender
from recsys.served import likeness
from recsys.similar import LEAST_LIKENESS


@pytest.fixture
def recommender(toy_parts: Parts) -> Recommender:
    return Recommender(toy_parts)


def test_shoes_are_like_shoes_and_never_like_themselves(recommender: Recommender) -> None:
    slate = recommender.similar_items("item-00", 5)
    assert [int(item.item_id[-2:]) % 2 for item in slate] == [0] * 5
    assert "item-00" not in slate.item_ids
    assert {reason.value for item in slate for reason in item.reasons} == {"item-00"}


def test_an_item_that_nobody_has_met_has_its_like_by_features(recommender: Recommender) -> None:
    assert [int(item[-2:]) % 2 for item in recommender.similar_items("item-28", 5).item_ids] == [0] * 5
    assert "item-28" in recommender.similar_items("item-22", 30).item_ids


def test_what_is_hardly_alike_is_not_called_similar(recommender: Recommender) -> None:
    slate = recommender.similar_items("item-00", 30)
    assert len(slate) < len(recommender.parts.items) - 1
    assert min(item.score for item in slate) >= LEAST_LIKENESS


def test_only_candidates_are_alike(recommender: Recommender) -> None:
    assert recommender.similar_items("item-00", 5, candidates=["item-00", "item-02", "x"]).item_ids == ("item-02",)
    assert len(recommender.similar_items("item-00", 5, candidates=[])) == 0


def test_what_the_shopper_does_not_want_is_not_shown(recommender: Recommender) -> None:
    first = recommender.similar_items("item-00", 1).item_ids[0]
    dismissed = Profile(events=(Event(first, c.DISMISS),))
    cheap = Profile(edits=Edits().with_price("lower", 40.0))
    assert first not in recommender.similar_items("item-00", 30, profile=dismissed).item_ids
    rows = recommender.parts.items.rows(recommender.similar_items("item-00", 30, profile=cheap).item_ids)
    assert (recommender.parts.prices[rows] < 40.0).all()


def test_things_are_not_alike_by_a_field_that_shall_not_count(recommender: Recommender) -> None:
    plain = recommender.similar_items("item-00", 30)
    other = recommender.similar_items("item-00", 30, profile=Profile(edits=Edits().with_ignored(c.BRAND)))
    assert [item.score for item in plain] != [item.score for item in other]


def test_an_item_that_the_model_does_not_know_is_like_nothing(recommender: Recommender) -> None:
    with pytest.raises(UnknownItem):
        recommender.similar_items("never seen", 5)


def test_the_likeness_of_some_is_that_of_all(toy_parts: Parts) -> None:
    rows = np.array([1, 4, 20])
    assert likeness(toy_parts.evidence, 0, rows) == pytest.approx(likeness(toy_parts.evidence, 0)[rows])
    assert (likeness(toy_parts.evidence, 0) <= 1.0 + 1e-6).all()
