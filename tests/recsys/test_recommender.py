"""What the recommender answers to hot, warm and cold shoppers, and to those who ask for what cannot be."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from recsys import columns as c
from recsys.blend_model import BlendModel
from recsys.dataset import InteractionDataset
from recsys.edits import Edits
from recsys.errors import InvalidFrame, UnknownItem
from recsys.fold_in import fold_in
from recsys.hybrid import HybridSettings, LightFMHybrid
from recsys.parts import Parts
from recsys.profile import Event, Profile
from recsys.ranking import top_k
from recsys.recommender import Recommender
from recsys.served import Served
from recsys.slate import Slate

WALKER, READER = Profile("user-00"), Profile("user-39")
STRANGER = Profile()


@pytest.fixture
def recommender(toy_parts: Parts) -> Recommender:
    return Recommender(toy_parts)


def shoes_in(slate: Slate) -> float:
    return float(np.mean([int(item.removeprefix("item-")) % 2 == 0 for item in slate.item_ids]))


def met_by(parts: Parts, user: str) -> set[str]:
    return set(parts.items.ids(parts.history[parts.users.row(user)].indices.astype(np.int64)))


def test_the_action_server_can_import_it_without_what_only_training_needs() -> None:
    code = (
        "import sys, recsys.recommender; "
        "heavy = {'torch', 'lightfm', 'ray', 'mlflow', 'optuna', 'rectools', 'implicit', 'matplotlib', 'faiss'}; "
        "sys.exit(' '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


# Hot, warm, cold.


def test_a_hot_shopper_gets_what_suits_the_history_and_nothing_of_it_again(recommender: Recommender) -> None:
    for profile, liked in ((WALKER, 1.0), (READER, 0.0)):
        slate = recommender.recommend(profile, 4)
        assert slate.temperature == "hot"
        assert slate.policy == "blend"
        assert abs(shoes_in(slate) - liked) <= 0.25
        assert not {*slate.item_ids} & met_by(recommender.parts, str(profile.user_id))


def test_the_list_is_the_one_that_evaluation_ranks(recommender: Recommender, toy: InteractionDataset) -> None:
    parts = recommender.parts
    users = np.arange(len(toy.users))
    model = BlendModel(LightFMHybrid(HybridSettings(components=8, epochs=15, seed=3)), parts.blend).fit(toy)
    ranked = top_k(model.score(users), 10, exclude=toy.matrix[users])
    for user, rows in zip(users, ranked, strict=True):
        slate = recommender.recommend(Profile(toy.users.ids([user])[0]), 10)
        assert list(slate.item_ids) == toy.items.ids(rows[rows >= 0])


def test_a_warm_shopper_gets_what_suits_those_alike(recommender: Recommender) -> None:
    walker, reader = (recommender.recommend(Profile(user), 6) for user in ("warm-walker", "warm-reader"))
    assert walker.temperature == reader.temperature == "warm"
    assert shoes_in(walker) > shoes_in(reader)


def test_a_shopper_whom_training_never_saw_is_warm_by_features(recommender: Recommender) -> None:
    slate = recommender.recommend(Profile("new", features={c.SEGMENT: ("walker",), c.DEVICE: ("phone",)}), 6)
    assert slate.temperature == "warm"
    assert slate.item_ids == recommender.recommend(Profile("warm-walker"), 6).item_ids


@pytest.mark.parametrize("profile", [STRANGER, Profile("nobody"), Profile(features={c.SEGMENT: ("never seen",)})])
def test_a_cold_shopper_gets_what_is_popular(recommender: Recommender, profile: Profile) -> None:
    slate = recommender.recommend(profile, 5)
    assert (slate.temperature, slate.policy) == ("cold", "popular")
    assert slate.item_ids == recommender.popular(5).item_ids
    assert {reason.kind for item in slate for reason in item.reasons} == {"popular"}


def test_a_cold_shopper_with_a_hint_gets_what_is_popular_in_that_category(recommender: Recommender) -> None:
    slate = recommender.recommend(Profile(features={c.CATEGORY: ("lamps",)}), 5)
    assert slate.policy == "popular_in_category"
    assert slate.item_ids == recommender.popular(5, category="lamps").item_ids
    assert slate.items[0].reasons[0].value == "lamps"


# The session.


def test_what_just_happened_moves_the_list(recommender: Recommender) -> None:
    lamps = tuple(Event(f"item-{number:02}", c.CART) for number in (1, 3, 5))
    slate = recommender.recommend(Profile(events=lamps), 6)
    assert slate.temperature == "hot"
    assert shoes_in(slate) < 0.3
    assert not {*slate.item_ids} & {event.item_id for event in lamps}


def test_what_was_dismissed_is_never_shown(recommender: Recommender) -> None:
    first = recommender.recommend(WALKER, 3).item_ids[0]
    slate = recommender.recommend(WALKER.with_event(Event(first, c.DISMISS)), 30, exclude_seen=False)
    assert first not in slate.item_ids


def test_one_dismissal_does_not_turn_the_whole_taste_round(recommender: Recommender) -> None:
    before = recommender.recommend(WALKER, 4)
    after = recommender.recommend(WALKER.with_event(Event(before.item_ids[0], c.DISMISS)), 4)
    assert len({*before.item_ids[1:]} & {*after.item_ids}) >= 2


def test_a_session_is_solved_for_together_with_all_that_was_before(toy_parts: Parts) -> None:
    served = Served(toy_parts)
    fresh = (Event("item-01", c.VIEW), Event("item-03", c.CART))
    history = toy_parts.history[toy_parts.users.row("user-00")].toarray()[0]
    history[toy_parts.items.rows(["item-01", "item-03"])] += [toy_parts.worths[c.VIEW], toy_parts.worths[c.CART]]
    rows = np.flatnonzero(history)
    evidence, prior = toy_parts.evidence, toy_parts.representations.user_embeddings[toy_parts.users.row("user-00")]
    whole = fold_in(evidence.item_embeddings, evidence.item_biases, evidence.basis, rows, history[rows], prior)
    assert served.shopper(Profile("user-00", fresh)).vector == pytest.approx(whole, abs=1e-5)
    assert served.shopper(WALKER).vector == pytest.approx(prior)


def test_nothing_is_shown_because_of_what_was_dismissed(recommender: Recommender) -> None:
    met = sorted(met_by(recommender.parts, "user-00"))
    away = WALKER
    for item in met[1:]:
        away = away.with_event(Event(item, c.DISMISS))
    named = {
        reason.value
        for item in recommender.recommend(away, 30)
        for reason in item.reasons
        if reason.kind == "similar_to"
    }
    assert named <= {met[0]}
    argued = WALKER.with_edits(Edits(less_like=tuple(met[1:])))
    assert Served(recommender.parts).shopper(argued).met.tolist() == [recommender.parts.items.row(met[0])]


@pytest.mark.parametrize(("kind", "hidden"), [(c.VIEW, True), (c.CART, False), (c.PURCHASE, False)])
def test_only_a_cart_takes_back_what_was_dismissed_before_training(toy_parts: Parts, kind: str, hidden: bool) -> None:
    dismissed = toy_parts.dismissed.tolil()
    dismissed[toy_parts.users.row("user-00"), toy_parts.items.row("item-02")] = 1.0
    recommender = Recommender(replace(toy_parts, dismissed=dismissed.tocsr()))
    slate = recommender.recommend(WALKER.with_event(Event("item-02", kind)), 30, exclude_seen=False)
    assert ("item-02" not in slate.item_ids) == hidden


def test_what_was_looked_at_and_then_argued_away_is_not_shown_as_a_deal(recommender: Recommender) -> None:
    viewed = WALKER.with_event(Event("item-26", c.VIEW)).with_edits(Edits(less_like=("item-26",)))
    assert recommender.deals(viewed, ["item-26"], 3).items == ()


def test_what_was_dismissed_and_then_bought_is_not_hidden(recommender: Recommender) -> None:
    events = (Event("item-02", c.DISMISS), Event("item-02", c.PURCHASE))
    assert "item-02" in recommender.recommend(Profile(events=events), 30, exclude_seen=False).item_ids


def test_events_that_training_counted_already_are_not_counted_twice(recommender: Recommender, now: datetime) -> None:
    old = WALKER.with_event(Event("item-01", c.PURCHASE, now - timedelta(days=1)))
    fresh = WALKER.with_event(Event("item-01", c.PURCHASE, now + timedelta(days=1)))
    assert scores(recommender.recommend(old, 5)) == scores(recommender.recommend(WALKER, 5))
    assert scores(recommender.recommend(fresh, 5)) != scores(recommender.recommend(WALKER, 5))


def test_ids_and_kinds_that_the_model_does_not_know_change_nothing(recommender: Recommender) -> None:
    strange = WALKER.with_event(Event("née\n🎁", c.VIEW)).with_event(Event("item-01", c.REFUND))
    assert scores(recommender.recommend(strange, 5)) == scores(recommender.recommend(WALKER, 5))


def scores(slate: Slate) -> list[tuple[str, float]]:
    return [(item.item_id, item.score) for item in slate]


# What the shopper argues.


def test_a_gift_leaves_out_who_asks_but_not_the_session(recommender: Recommender) -> None:
    gift = Profile("user-00", (Event("item-01", c.CART), Event("item-03", c.CART)), edits=Edits(gift=True))
    assert shoes_in(recommender.recommend(gift, 6)) < 0.3
    assert recommender.recommend(replace(gift, events=()), 5).temperature == "cold"


def test_less_like_this_moves_the_list_away_and_hides_the_item(recommender: Recommender) -> None:
    profile = WALKER.with_edits(Edits().with_less_like("item-01"))
    lamps = [item.score for item in recommender.recommend(profile, 30) if int(item.item_id[-2:]) % 2]
    before = [item.score for item in recommender.recommend(WALKER, 30) if int(item.item_id[-2:]) % 2]
    assert "item-01" not in recommender.recommend(profile, 30, exclude_seen=False).item_ids
    assert np.mean(lamps) < np.mean(before)


def test_more_like_this_makes_a_history_of_it(recommender: Recommender) -> None:
    slate = recommender.recommend(Profile(edits=Edits().with_more_like("item-01").with_more_like("item-03")), 5)
    assert shoes_in(slate) < 0.3


def test_an_ignored_field_counts_no_more_and_is_no_reason(recommender: Recommender) -> None:
    ignoring = WALKER.with_edits(Edits().with_ignored(c.CATEGORY))
    named = {reason.field for item in recommender.recommend(ignoring, 10) for reason in item.reasons}
    assert c.CATEGORY not in named
    assert c.CATEGORY not in {term.field for term in recommender.explain(ignoring, "item-02").terms}
    assert scores(recommender.recommend(ignoring, 10)) != scores(recommender.recommend(WALKER, 10))


def test_a_wish_about_the_price_holds_for_every_item(recommender: Recommender) -> None:
    cheaper = WALKER.with_edits(Edits().with_price("lower", 60.0))
    rows = recommender.parts.items.rows(recommender.recommend(cheaper, 30).item_ids)
    assert len(rows)
    assert (recommender.parts.prices[rows] < 60.0).all()


# Filters, places and chances.


def test_only_candidates_are_shown_even_the_worst(recommender: Recommender) -> None:
    wanted = ["item-01", "item-03", "unknown"]
    assert {*recommender.recommend(WALKER, 5, candidates=wanted, exclude_seen=False).item_ids} == {"item-01", "item-03"}


def test_a_short_list_of_candidates_is_ranked_as_in_the_whole(recommender: Recommender) -> None:
    whole = recommender.recommend(WALKER, 30)
    few = [*whole.item_ids[1:8:3]]
    assert list(recommender.recommend(WALKER, 30, candidates=few).item_ids) == few


@pytest.mark.parametrize("candidates", [[], ["unknown"]])
def test_no_candidates_give_an_empty_slate(recommender: Recommender, candidates: list[str]) -> None:
    for profile in (WALKER, STRANGER):
        assert len(recommender.recommend(profile, 5, candidates=candidates)) == 0
        assert len(recommender.recommend(profile, 5, candidates=candidates, diversity=0.5, exploration=0.5)) == 0


def test_more_than_there_is_gives_all_there_is(recommender: Recommender) -> None:
    slate = recommender.recommend(WALKER, 1_000, exclude_seen=False)
    assert len(slate) == recommender.parts.n_items
    assert [item.rank for item in slate] == [*range(1, len(slate) + 1)]


@pytest.mark.parametrize("k", [0, -1])
def test_a_list_without_a_place_is_refused(recommender: Recommender, now: datetime, k: int) -> None:
    asked = (
        lambda: recommender.recommend(WALKER, k),
        lambda: recommender.similar_items("item-00", k),
        lambda: recommender.bought_together(["item-00"], k),
        lambda: recommender.new_items(WALKER, k, now=now),
        lambda: recommender.deals(WALKER, ["item-00"], k),
        lambda: recommender.popular(k),
    )
    for ask in asked:
        with pytest.raises(InvalidFrame, match="at least 1"):
            ask()


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
@pytest.mark.parametrize("name", ["diversity", "exploration"])
def test_what_is_no_share_is_refused(recommender: Recommender, name: str, share: float) -> None:
    with pytest.raises(InvalidFrame, match=name):
        recommender.recommend(WALKER, 5, **{name: share})


def test_probabilities_fall_with_the_scores(recommender: Recommender) -> None:
    chances = [item.probability for item in recommender.recommend(WALKER, 10)]
    assert all(chance is not None and 0 < chance < 1 for chance in chances)
    assert chances == sorted(chances, key=lambda chance: -(chance or 0))


def test_diversity_changes_the_list_but_not_its_best_item(recommender: Recommender) -> None:
    plain, diverse = recommender.recommend(WALKER, 5), recommender.recommend(WALKER, 5, diversity=0.7)
    assert plain.item_ids[0] == diverse.item_ids[0]
    assert plain.item_ids != diverse.item_ids
    assert diverse.policy == "blend+diversity=0.7"


def test_exploration_shows_each_other_item_as_often_as_its_propensity_says(recommender: Recommender) -> None:
    rng = np.random.default_rng(0)
    slates = [recommender.recommend(WALKER, 3, exploration=0.4, rng=rng) for _ in range(800)]
    plain = recommender.recommend(WALKER, 3)
    assert {slate.item_ids[:2] for slate in slates} == {plain.item_ids[:2]}
    assert all(item.propensity == 1.0 for slate in slates for item in slate.items[:2])
    last = Counter(slate.items[2].item_id for slate in slates)
    chances = {slate.items[2].item_id: slate.items[2].propensity for slate in slates}
    assert sum(chances.values()) == pytest.approx(1.0)
    for item, chance in chances.items():
        assert last[item] / 800 == pytest.approx(chance, abs=0.06)


def test_where_nothing_else_may_stand_the_last_place_is_certain(recommender: Recommender) -> None:
    slate = recommender.recommend(WALKER, 5, candidates=["item-24", "item-26"], exploration=1.0, exclude_seen=False)
    assert [item.propensity for item in slate] == [1.0, 1.0]


# Why.


def test_every_reason_is_a_fact_that_can_be_looked_up(recommender: Recommender) -> None:
    parts = recommender.parts
    for user in parts.users.ids(np.arange(40)):
        met = met_by(parts, user)
        known = {parts.item_space.columns[n] for n in parts.item_features[parts.items.rows(met)].indices}
        for item in recommender.recommend(Profile(user), 10):
            features = parts.item_features[parts.items.row(item.item_id)].indices
            for reason in item.reasons:
                if reason.kind == "feature":
                    assert (reason.field, reason.value) in {parts.item_space.columns[n] for n in features} & known
                elif reason.kind == "similar_to":
                    assert reason.value in met
                else:
                    assert (reason.kind, item.item_id in recommender.popular(10).item_ids) == ("popular", True)
                assert 0 < reason.share <= 1


def test_a_walker_is_told_that_it_is_shoes(recommender: Recommender) -> None:
    reasons = [reason for item in recommender.recommend(WALKER, 5) for reason in item.reasons]
    assert ("feature", c.CATEGORY, "shoes") in {(one.kind, one.field, one.value) for one in reasons}


def test_an_explanation_sums_to_the_score_of_the_hybrid(recommender: Recommender) -> None:
    learnt, parts = recommender.parts.representations, recommender.parts
    user, item = parts.users.row("user-00"), parts.items.row("item-02")
    score = learnt.user_embeddings[user] @ learnt.item_embeddings[item]
    explained = recommender.explain(WALKER, "item-02")
    assert explained.score == pytest.approx(score + learnt.user_biases[user] + learnt.item_biases[item], abs=1e-5)
    assert sum(term.contribution for term in explained.terms) + explained.bias == pytest.approx(explained.score)


def test_what_is_not_known_cannot_be_explained(recommender: Recommender) -> None:
    assert not recommender.knows("nothing")
    with pytest.raises(UnknownItem):
        recommender.explain(WALKER, "nothing")
