"""Items that came or changed after training are served from their features at once."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from recsys import columns as c
from recsys.errors import FeatureMismatch, InvalidFrame
from recsys.parts import Parts
from recsys.profile import Profile
from recsys.recommender import Recommender


@pytest.fixture
def recommender(toy_parts: Parts) -> Recommender:
    return Recommender(toy_parts)


def features(item: str, now: datetime, **values: str) -> pd.DataFrame:
    known = {
        c.CATEGORY: "shoes",
        c.BRAND: "Astra",
        c.COLOUR: "red",
        c.PRICE: "30",
        c.TITLE: "Astra shoes",
        c.AVAILABLE_FROM: now.isoformat(),
        **values,
    }
    rows = [(item, name, value) for name, value in known.items()]
    return pd.DataFrame(rows, columns=[c.ITEM_ID, c.FEATURE, c.VALUE])


def test_a_new_item_is_recommended_to_those_whom_its_features_suit(recommender: Recommender, now: datetime) -> None:
    update = recommender.update_items(features("brand-new", now), now=now)
    assert (update.added, update.changed, dict(update.unknown)) == (1, 0, {})
    assert recommender.knows("brand-new")
    ranks = {
        user: recommender.recommend(Profile(user), 40, exclude_seen=False).item_ids.index("brand-new")
        for user in ("user-00", "user-39")
    }
    assert ranks["user-00"] < ranks["user-39"]
    assert recommender.new_items(Profile(), 5, now=now).item_ids[0] in ("brand-new", "item-00")
    assert [int(item[-2:]) % 2 for item in recommender.similar_items("brand-new", 3).item_ids] == [0, 0, 0]


def test_a_new_item_is_as_one_with_these_features_that_nobody_has_met(toy_parts: Parts, now: datetime) -> None:
    recommender = Recommender(toy_parts)
    twin = features(
        "twin",
        now,
        category="shoes",
        brand="Corvus",
        colour="green",
        price="140",
        title="Corvus shoes number 26",
        available_from=(now - timedelta(days=260)).isoformat(),
    )
    recommender.update_items(twin, now=now)
    evidence, learnt = recommender.parts.evidence, recommender.parts.items
    old, new = learnt.row("item-26"), learnt.row("twin")
    assert evidence.item_embeddings[new] == pytest.approx(evidence.item_embeddings[old])
    assert evidence.content[new].toarray() == pytest.approx(evidence.content[old].toarray(), abs=1e-6)
    assert evidence.trends[new] == pytest.approx(evidence.trends[old])


def test_the_scores_of_other_items_hardly_move(recommender: Recommender, now: datetime) -> None:
    before = {item.item_id: item.score for item in recommender.recommend(Profile("user-00"), 40)}
    recommender.update_items(features("brand-new", now), now=now)
    after = {item.item_id: item.score for item in recommender.recommend(Profile("user-00"), 40)}
    after.pop("brand-new")
    assert after == pytest.approx(before, abs=0.01)


def test_an_item_that_changed_keeps_what_shoppers_did_with_it(recommender: Recommender, now: datetime) -> None:
    before = recommender.parts
    update = recommender.update_items(features("item-00", now, price="999", colour="blue"), now=now)
    after, row = recommender.parts, before.items.row("item-00")
    assert (update.added, update.changed) == (0, 1)
    assert after.prices[row] == 999.0
    assert before.prices[row] == 10.0
    changed = {after.item_space.columns[column] for column in after.item_features[row].indices}
    assert (c.COLOUR, "blue") in changed
    assert (c.IDENTITY, "item-00") in changed
    assert (after.history != before.history).nnz == 0


def test_updating_with_what_is_known_changes_nothing(toy_parts: Parts, now: datetime) -> None:
    recommender = Recommender(toy_parts)
    known = features("item-00", now, price="10", title="Astra shoes number 0")
    recommender.update_items(known, now=now)
    old, new = toy_parts.evidence, recommender.parts.evidence
    assert new.item_embeddings == pytest.approx(old.item_embeddings, abs=1e-6)
    assert new.content.toarray() == pytest.approx(old.content.toarray(), abs=1e-6)


def test_values_that_came_after_training_are_counted_and_passed_over(recommender: Recommender, now: datetime) -> None:
    update = recommender.update_items(features("brand-new", now, brand="Neu", material="wool"), now=now)
    assert dict(update.unknown) == {c.BRAND: 1, "material": 1}
    assert recommender.knows("brand-new")


def test_features_of_another_kind_altogether_are_refused(recommender: Recommender, now: datetime) -> None:
    strange = pd.DataFrame([("x", "material", "wool")], columns=[c.ITEM_ID, c.FEATURE, c.VALUE])
    with pytest.raises(FeatureMismatch) as refused:
        recommender.update_items(strange, now=now)
    assert refused.value.extra == ("material",)
    with pytest.raises(InvalidFrame):
        recommender.update_items(pd.DataFrame({c.ITEM_ID: ["x"]}), now=now)
    assert not recommender.knows("x")


def test_an_empty_frame_changes_nothing(recommender: Recommender, now: datetime) -> None:
    before = recommender.parts
    update = recommender.update_items(features("x", now).head(0), now=now)
    assert (update.added, update.changed) == (0, 0)
    assert recommender.parts is before


def test_ids_with_newlines_and_emoji_are_items_like_others(recommender: Recommender, now: datetime) -> None:
    recommender.update_items(features("née\n🎁", now), now=now)
    assert recommender.similar_items("née\n🎁", 1).item_ids


def test_who_asks_while_items_are_updated_gets_one_state_or_the_other(recommender: Recommender, now: datetime) -> None:
    stop, wrong = threading.Event(), []

    def ask() -> None:
        while not stop.is_set():
            slate = recommender.recommend(Profile("user-00"), 60, exclude_seen=False)
            if len(slate) < 30 or not np.isfinite([item.score for item in slate]).all():
                wrong.append(slate)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(10):
        recommender.update_items(features(f"brand-new-{number}", now), now=now)
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert recommender.parts.n_items == 40


def test_a_second_update_weighs_features_as_the_first(toy_parts: Parts, now: datetime) -> None:
    once, twice = Recommender(toy_parts), Recommender(replace(toy_parts))
    both = pd.concat([features("a", now), features("b", now, colour="blue")])
    once.update_items(both, now=now)
    twice.update_items(features("a", now), now=now)
    twice.update_items(features("b", now, colour="blue"), now=now)
    assert (once.parts.evidence.content != twice.parts.evidence.content).nnz == 0
