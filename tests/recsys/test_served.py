"""A large catalogue is searched by its index, and gives nearly the list that scoring all items gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recsys import served
from recsys.index import ItemIndex
from recsys.parts import Parts
from recsys.profile import Profile
from recsys.recommender import Recommender
from recsys.served import KEPT_EDITIONS, Served


@pytest.fixture
def indexed(toy_parts: Parts, monkeypatch: pytest.MonkeyPatch) -> Parts:
    """The toy shop, taken for a large one."""
    monkeypatch.setattr(served, "INDEX_FROM", 10)
    learnt = toy_parts.representations
    return replace(toy_parts, index=ItemIndex.build(learnt.item_embeddings, learnt.item_biases))


def test_the_list_from_the_index_is_that_of_all_items(toy_parts: Parts, indexed: Parts) -> None:
    for user in ("user-00", "user-39", "warm-walker"):
        whole, found = (Recommender(parts).recommend(Profile(user), 5) for parts in (toy_parts, indexed))
        assert found.item_ids == whole.item_ids
        assert [item.score for item in found] == pytest.approx([item.score for item in whole], abs=1e-5)


def test_only_likely_items_are_scored(indexed: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "_POOL", 3)
    monkeypatch.setattr(served, "_POPULAR", 2)
    state = Served(indexed)
    stranger = state.shopper(Profile("warm-walker"))
    scored = state.score(stranger, Profile().edits, np.ones(indexed.n_items, dtype=bool))
    assert scored.rows is not None
    assert len(scored.rows) <= 5


def test_few_candidates_are_scored_without_the_index(indexed: Parts) -> None:
    state, allowed = Served(indexed), np.zeros(indexed.n_items, dtype=bool)
    allowed[[1, 5]] = True
    scored = state.score(state.shopper(Profile("user-00")), Profile().edits, allowed)
    assert scored.rows is not None
    assert scored.rows.tolist() == [1, 5]


def test_editions_without_some_fields_are_kept_but_not_without_end(toy_parts: Parts) -> None:
    state = Served(toy_parts)
    first = state.evidence(frozenset({"brand"}))
    assert state.evidence(frozenset({"brand"})) is first
    assert state.evidence(frozenset()) is toy_parts.evidence
    for number in range(KEPT_EDITIONS):
        state.evidence(frozenset({f"field {number}"}))
    assert state.evidence(frozenset({"brand"})) is not first
