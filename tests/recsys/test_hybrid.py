"""LightFM behind the interface of all models: hot, warm and cold, reproducible, stopped in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from recsys import columns as c
from recsys.dataset import InteractionDataset
from recsys.errors import ArtifactDamaged, InvalidFrame, NoInteractions, NotFitted, UnknownRow
from recsys.hybrid import HybridSettings, LightFMHybrid, without_features
from recsys.lightfm_state import LightFMState
from recsys.lightfm_training import Epoch, Training, mean_ndcg
from recsys.split import Truth

SMALL = HybridSettings(components=8, epochs=15, patience=15)


@pytest.fixture(scope="module")
def fitted(toy: InteractionDataset) -> LightFMHybrid:
    return LightFMHybrid(SMALL).fit(toy)


@pytest.fixture(scope="module")
def truth(toy: InteractionDataset, now: datetime) -> Truth:
    """What comes next: walkers take a shoe and readers a lamp that they did not have."""
    random, rows = np.random.default_rng(3), []
    for user in range(40):
        row = toy.users.row(f"user-{user:02}")
        kind = range(user // 20, 26, 2)
        new = [item for item in kind if toy.matrix[row, toy.items.row(f"item-{item:02}")] == 0]
        rows += [(f"user-{user:02}", f"item-{item:02}") for item in random.permutation(new)[:2]]
    frame = pd.DataFrame(rows, columns=[c.USER_ID, c.ITEM_ID]).assign(kind=c.PURCHASE, timestamp=now + timedelta(1))
    return Truth.from_frame(frame, toy, new_only=True)


def score(model: LightFMHybrid, dataset: InteractionDataset, user: str, items: list[int]) -> float:
    columns = dataset.items.rows(f"item-{item:02}" for item in items)
    return float(model.score(dataset.users.rows([user]))[0, columns].mean())


@pytest.mark.parametrize(("user", "own"), [("user-00", 0), ("user-39", 1)], ids=["a walker", "a reader"])
def test_a_hot_shopper_gets_more_of_what_was_liked(
    fitted: LightFMHybrid, toy: InteractionDataset, user: str, own: int
) -> None:
    liked, other = range(own, 26, 2), range(1 - own, 26, 2)
    assert score(fitted, toy, user, [*liked]) > score(fitted, toy, user, [*other])


@pytest.mark.parametrize(("user", "own"), [("warm-walker", 0), ("warm-reader", 1)])
def test_a_warm_shopper_gets_what_the_like_of_them_took(
    fitted: LightFMHybrid, toy: InteractionDataset, user: str, own: int
) -> None:
    liked, other = range(own, 26, 2), range(1 - own, 26, 2)
    assert score(fitted, toy, user, [*liked]) > score(fitted, toy, user, [*other])


def test_an_item_that_nobody_touched_is_ranked_by_its_features(fitted: LightFMHybrid, toy: InteractionDataset) -> None:
    for user, own in (("user-00", 0), ("user-39", 1), ("warm-walker", 0), ("warm-reader", 1)):
        mine, others = [26 + own, 28 + own], [27 - own, 29 - own]
        assert score(fitted, toy, user, mine) > score(fitted, toy, user, others), user


def test_without_features_nothing_is_told_of_what_nobody_touched(toy: InteractionDataset) -> None:
    model = LightFMHybrid(SMALL, features=False).fit(toy)
    warm_user, warm_items = toy.users.row("warm-walker"), ~toy.hot_items
    assert not model.representations.user_embeddings[warm_user].any()
    assert not model.representations.item_embeddings[warm_items].any()
    assert model.name == "lightfm_ids"


def test_equal_seeds_on_one_thread_are_bit_identical_and_another_seed_is_not(toy: InteractionDataset) -> None:
    users = np.arange(len(toy.users))
    one, two, other = (LightFMHybrid(replace(SMALL, seed=seed)).fit(toy).score(users) for seed in (17, 17, 18))
    assert_array_equal(one, two)
    assert not np.array_equal(one, other)


def test_a_second_fit_forgets_the_first(toy: InteractionDataset) -> None:
    users = np.arange(len(toy.users))
    model = LightFMHybrid(SMALL).fit(toy)
    first = model.score(users)
    assert_array_equal(model.fit(toy).score(users), first)


def test_scores_are_those_of_lightfm_itself(fitted: LightFMHybrid, toy: InteractionDataset) -> None:
    lightfm = Training(toy, SMALL)._begun()
    fitted.fitted.state.put_into(lightfm)
    users, items = np.repeat([0, 7, 41], len(toy.items)), np.tile(np.arange(len(toy.items)), 3)
    own = lightfm.predict(users, items, item_features=toy.item_features, user_features=toy.user_features)
    assert_allclose(fitted.score(np.array([0, 7, 41])).ravel(), own, atol=1e-5)


def test_the_state_of_the_best_epoch_is_kept(toy: InteractionDataset, truth: Truth) -> None:
    seen: list[Epoch] = []
    model = LightFMHybrid(replace(SMALL, epochs=30, patience=4)).fit(toy, validation=truth, on_epoch=seen.append)
    figures = [epoch.ndcg or 0.0 for epoch in seen]
    assert model.fitted.epochs == tuple(seen)
    assert model.fitted.best == int(np.argmax(figures)) + 1
    assert mean_ndcg(model.representations, toy, truth) == max(figures)
    assert len(seen) == min(30, model.fitted.best + 4)


def test_stopping_early_gives_what_fewer_epochs_give(toy: InteractionDataset, truth: Truth) -> None:
    stopped = LightFMHybrid(replace(SMALL, epochs=30, patience=3)).fit(toy, validation=truth)
    short = LightFMHybrid(replace(SMALL, epochs=stopped.fitted.best)).fit(toy)
    assert_array_equal(short.score(np.arange(40)), stopped.score(np.arange(40)))


def test_columns_of_which_nothing_was_learnt_are_zero_and_not_random(toy: InteractionDataset) -> None:
    spared = replace(toy.item_space, columns=(*toy.item_space.columns, (c.SPARE, "0"), (c.BRAND, "Unsold")))
    wide = replace(toy, item_space=spared, item_features=_widened(toy.item_features, 2))
    learnt = LightFMHybrid(SMALL).fit(wide).representations.item_feature_embeddings
    assert not learnt[-2:].any()
    assert learnt[:-2].any(axis=1).sum() > 40


def _widened(matrix: Any, by: int) -> Any:
    wide = matrix.copy()
    wide.resize((matrix.shape[0], matrix.shape[1] + by))
    return wide


def test_a_state_can_be_copied_into_a_model_that_then_changes_without_changing_it(
    fitted: LightFMHybrid, toy: InteractionDataset
) -> None:
    state = fitted.fitted.state
    before = {name: array.copy() for name, array in state.arrays.items()}
    Training(toy, replace(SMALL, epochs=1), start=state).run()
    for name, array in before.items():
        assert_array_equal(state.arrays[name], array)
    assert LightFMState(before).untouched("item").sum() == fitted.fitted.state.untouched("item").sum()


def test_a_shopper_solved_for_from_the_history_likes_the_same_and_a_warm_one_is_as_trained(
    fitted: LightFMHybrid, toy: InteractionDataset
) -> None:
    users = np.arange(len(toy.users))
    solved, items = fitted.folded_in(users), fitted.representations.item_embeddings
    shoes = np.array([int(id[-2:]) % 2 == 0 for id in toy.items])
    for user, id in enumerate(toy.users):
        if toy.hot_users[user]:
            gap = (items[shoes] @ solved[user]).mean() - (items[~shoes] @ solved[user]).mean()
            assert (gap > 0) == (int(id[-2:]) < 20), id
        else:
            assert_allclose(solved[user], fitted.representations.user_embeddings[user], rtol=1e-5)


def test_a_model_goes_on_in_another_process_from_a_file_without_pickle(
    fitted: LightFMHybrid, toy: InteractionDataset, tmp_path: Path
) -> None:
    fitted.fitted.state.save(tmp_path / "state.npz")
    read = LightFMHybrid.resumed(SMALL, toy, LightFMState.load(tmp_path / "state.npz"))
    users = np.arange(len(toy.users))
    assert_array_equal(read.score(users), fitted.score(users))
    on, read_on = (Training(toy, SMALL, start=model.fitted.state).run() for model in (fitted, read))
    assert_array_equal(on.representations.item_embeddings, read_on.representations.item_embeddings)


@pytest.mark.parametrize("damage", ["gone", "cut short", "no archive", "another archive"])
def test_a_damaged_state_is_refused_with_how_to_rebuild(fitted: LightFMHybrid, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "state.npz"
    fitted.fitted.state.save(path)
    whole = path.read_bytes()
    if damage == "another archive":
        np.savez(path, other=np.zeros(3))
    elif damage == "gone":
        path.unlink()
    else:
        path.write_bytes(whole[: len(whole) // 2] if damage == "cut short" else b"hello")
    with pytest.raises(ArtifactDamaged, match="rebuild with"):
        LightFMState.load(path)


def test_ids_only_keeps_rows_and_drops_all_else(toy: InteractionDataset) -> None:
    bare = without_features(toy)
    assert bare.item_features.shape == (len(toy.items), int(toy.hot_items.sum()))
    assert bare.user_features.nnz == int(toy.hot_users.sum())


def test_one_shopper_and_one_item_can_be_learnt_from(now: datetime) -> None:
    row = {c.USER_ID: "only 🙂\n", c.ITEM_ID: "thing", c.KIND: c.VIEW, c.TIMESTAMP: now}
    model = LightFMHybrid(SMALL).fit(InteractionDataset.from_frames(pd.DataFrame([row])))
    assert np.isfinite(model.score(np.array([0]))).all()


def test_nothing_to_learn_from_is_an_error_with_a_name(toy: InteractionDataset) -> None:
    empty = InteractionDataset.from_frames(None)
    with pytest.raises(NoInteractions) as caught:
        LightFMHybrid().fit(empty)
    assert caught.value.wanted_by == "lightfm"


def test_unknown_rows_and_scores_before_a_fit_are_refused(fitted: LightFMHybrid) -> None:
    with pytest.raises(NotFitted):
        LightFMHybrid().score(np.array([0]))
    for row in (-1, 42):
        with pytest.raises(UnknownRow):
            fitted.score(np.array([row]))


@pytest.mark.parametrize(
    "wrong",
    [{"components": 0}, {"epochs": 0}, {"learning_rate": float("nan")}, {"item_alpha": -1.0}, {"loss": "magic"}],
    ids=str,
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidFrame) as caught:
        HybridSettings(**wrong)
    assert caught.value.field == next(iter(wrong))
