"""What is scored for many shoppers at once is what each of them would be served."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recsys.batch_task import scored
from recsys.blend import WRITTEN_DOWN
from recsys.parts import Parts
from recsys.profile import Profile
from recsys.recommender import Recommender


@pytest.fixture
def parts(toy_parts: Parts) -> Parts:
    """Give the toy model, in which one shopper dismissed most of what they had looked at."""
    user = toy_parts.users.row("user-00")
    dismissed = toy_parts.dismissed.tolil()
    dismissed[user, toy_parts.history[user].indices[2:]] = 1.0
    return replace(toy_parts, dismissed=dismissed.tocsr().astype(np.float32))


def test_a_batch_ranks_as_a_server_does_what_was_dismissed_too(parts: Parts) -> None:
    users = ["user-00", "user-39", "warm-reader"]
    found = scored(parts, parts.users.rows(users), 5)
    for user in users:
        slate = Recommender(parts).recommend(Profile(user), 5)
        own = found[found["user_id"] == user]
        assert tuple(own["item_id"]) == slate.item_ids
        assert own["score"].tolist() == pytest.approx([item.score for item in slate], abs=1e-4)
        assert own["probability"].tolist() == pytest.approx([item.probability for item in slate], abs=1e-4)


def test_a_blend_that_was_written_down_promises_no_probability(parts: Parts) -> None:
    written = replace(parts, blend=replace(parts.blend, metadata={WRITTEN_DOWN: True}))
    assert scored(written, written.users.rows(["user-39"]), 3)["probability"].isna().all()
    recommender = Recommender(written)
    slates = recommender.recommend(Profile("user-39"), 3), recommender.deals(Profile("user-39"), ["item-03"], 3)
    assert [item.probability for slate in slates for item in slate] == [None] * 4
