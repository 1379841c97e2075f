"""What models are asked: hot shoppers about new and old things, about new items, and strangers about everything."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from recsys import columns as c
from recsys.dataset import InteractionDataset
from recsys.frames_io import Frames as DataFrames
from recsys.split import cold_item_split, cold_user_split
from recsys.tasks import cold_item_task, new_user_tasks, time_tasks, with_strangers
from tests.recsys.conftest import NOW, Frames

CUT = NOW - timedelta(days=50)


def bought(*pairs: tuple[str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(pairs, columns=[c.USER_ID, c.ITEM_ID])
    return frame.assign(**{c.KIND: c.PURCHASE, c.TIMESTAMP: pd.Timestamp(NOW)})


def of(frames: Frames) -> DataFrames:
    return DataFrames(frames.interactions, frames.user_features, frames.item_features)


def test_new_items_are_those_not_met_before_and_may_be_the_only_ones_shown(toy: InteractionDataset) -> None:
    had = toy.items.ids(toy.matrix[toy.users.row("user-00")].indices.astype(np.int64))
    fresh = next(item for item in toy.items if item not in had)
    new, every = time_tasks(toy, bought(("user-00", had[0]), ("user-00", fresh)))
    assert toy.users.ids(new.users) == toy.users.ids(every.users) == ["user-00"]
    assert toy.items.ids(new.truth.indices.astype(np.int64)) == [fresh]
    assert every.truth.nnz == 2
    assert every.exclude is None
    assert new.exclude is not None
    assert set(toy.items.ids(new.exclude.indices.astype(np.int64))) == set(had)


def test_what_was_bought_between_learning_and_the_test_is_no_longer_new(toy: InteractionDataset) -> None:
    had = toy.items.ids(toy.matrix[toy.users.row("user-00")].indices.astype(np.int64))
    one, other = [item for item in toy.items if item not in had][:2]
    later = bought(("user-00", one), ("user-00", other))
    new, _ = time_tasks(toy, later, between=bought(("user-00", one)))
    assert toy.items.ids(new.truth.indices.astype(np.int64)) == [other]
    assert new.exclude is not None
    assert toy.items.row(one) in new.exclude.indices


def test_who_and_what_is_not_known_is_counted_and_not_asked_about(toy: InteractionDataset) -> None:
    _, every = time_tasks(toy, bought(("stranger", "item-00"), ("user-01", "unheard of"), ("warm-walker", "item-00")))
    assert len(every.users) == 0
    assert every.notes == {"users_not_known": 1, "purchases_of_unknown_items": 1}


def test_cold_items_are_ranked_among_themselves_by_hot_users(toy_frames: Frames) -> None:
    split = cold_item_split(toy_frames.interactions, 0.2, seed=1)
    dataset = InteractionDataset.from_frames(split.train, toy_frames.user_features, toy_frames.item_features, now=NOW)
    warm = next(item for item in dataset.items if item not in split.held_out)
    task = cold_item_task(
        dataset, bought(("user-00", split.held_out[0]), ("user-00", warm), ("warm-walker", warm)), split.held_out
    )
    assert task.candidates is not None
    assert set(dataset.items.ids(np.flatnonzero(task.candidates))) == {*split.held_out}
    assert not (task.candidates & dataset.hot_items).any()
    assert dataset.items.ids(task.truth.indices.astype(np.int64)) == [split.held_out[0]]
    assert task.n_candidates == len(split.held_out)


def test_new_users_with_features_are_warm_and_all_others_cold(toy_frames: Frames) -> None:
    split = cold_user_split(toy_frames.interactions, 0.2, seed=1)
    told = toy_frames.user_features
    nameless = split.held_out[0]
    frames = DataFrames(split.train, told[told[c.USER_ID] != nameless], toy_frames.item_features)
    frames = with_strangers(frames, split.held_out)
    dataset = InteractionDataset.from_frames(frames.interactions, frames.user_features, frames.item_features, now=NOW)
    warm, cold = new_user_tasks(dataset, bought(*((user, "item-00") for user in (*split.held_out, "user-99"))))
    assert set(dataset.users.ids(warm.users)) == {*split.held_out[1:]}
    assert dataset.users.ids(cold.users) == [nameless]
    assert not dataset.hot_users[warm.users].any()


@pytest.mark.parametrize("told", [True, False])
def test_strangers_get_a_row_without_anything(toy_frames: Frames, told: bool) -> None:
    frames = of(toy_frames) if told else DataFrames(toy_frames.interactions, None, toy_frames.item_features)
    known = with_strangers(frames, ["Ünknown", "new\nline"])
    dataset = InteractionDataset.from_frames(known.interactions, known.user_features, known.item_features, now=NOW)
    rows = dataset.users.rows(["Ünknown", "new\nline"])
    assert (rows >= 0).all()
    assert dataset.user_features[rows].nnz == 0
    assert not any(value == "none" for _, value in dataset.user_space.columns)
