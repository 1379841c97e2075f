from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pytest
import torch
from rectools import Columns
from rectools.dataset import Dataset

from recsys.columns import ITEM, ITEM_ID, KIND, TIMESTAMP, USER, USER_ID
from recsys.dataset import InteractionDataset
from recsys.sequential import SASRec, last_meetings, last_sessions, quiet_single_thread

SMALL = {"factors": 16, "length": 6, "batch_size": 16}


def shop(*histories: str) -> InteractionDataset:
    """Users `u0`, `u1`, ... who bought items of one letter, a day apart."""
    rows = [(f"u{user}", item, day) for user, history in enumerate(histories) for day, item in enumerate(history)]
    frame = pd.DataFrame(rows, columns=[USER_ID, ITEM_ID, "day"]).assign(**{KIND: "purchase"})
    frame[TIMESTAMP] = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(frame.pop("day"), unit="D")
    return InteractionDataset.from_frames(frame)


def row_of(dataset: InteractionDataset, user: str) -> np.ndarray:
    return dataset.users.rows([user])


def test_an_item_stands_where_it_was_met_last() -> None:
    dataset = shop("abca")
    assert dataset.items.ids(last_meetings(dataset)[ITEM]) == ["b", "c", "a"]


def test_sessions_end_with_the_latest_known_item_and_are_filled_up_from_the_left() -> None:
    meetings = pd.DataFrame({USER: [0, 1, 0, 0, 0], ITEM: [0, 3, 1, 2, 3]})
    numbers = np.array([7, 8, 9, 0])
    np.testing.assert_array_equal(last_sessions(meetings, numbers, n_users=3, length=2), [[8, 9], [0, 0], [0, 0]])


@pytest.fixture(scope="module")
def rounds() -> tuple[InteractionDataset, SASRec]:
    """Everybody goes round the same ring of six items, each from another start; four have just begun."""
    ring = "abcdef"
    histories = [ring[start:] + ring[:start] for start in range(6)] * 5 + ["ab", "cd", "ef", "b"]
    dataset = shop(*(history[:4] for history in histories))
    return dataset, SASRec(**SMALL, epochs=40, learning_rate=1e-2).fit(dataset)


@pytest.mark.parametrize(("user", "following"), [("u30", "c"), ("u31", "e"), ("u32", "a"), ("u33", "c")])
def test_what_follows_is_learnt_from_the_order(
    user: str, following: str, rounds: tuple[InteractionDataset, SASRec]
) -> None:
    dataset, model = rounds
    scores = model.score(row_of(dataset, user))
    scores[dataset.matrix[row_of(dataset, user)].toarray() > 0] = -np.inf
    assert dataset.items.ids([scores.argmax()]) == [following]


def test_scores_rank_as_the_recommendations_of_rectools_do(toy: InteractionDataset) -> None:
    model = SASRec(**SMALL, epochs=3)
    meetings = last_meetings(toy)
    with quiet_single_thread(model.seed):
        network = model._trained(meetings)
        times = meetings[TIMESTAMP].dt.tz_localize(None)
        asked = Dataset.construct(
            pd.DataFrame(
                {
                    Columns.User: meetings[USER],
                    Columns.Item: meetings[ITEM],
                    Columns.Weight: 1.0,
                    Columns.Datetime: times,
                }
            )
        )
        users = np.flatnonzero(toy.hot_users)
        expected = network.recommend(users, asked, k=10, filter_viewed=False)
    scores = model.fit(toy).score(np.arange(42))
    top = {user: np.argsort(-scores[user])[:10].tolist() for user in users}
    assert top == expected.groupby(Columns.User)[Columns.Item].apply(list).to_dict()


def test_a_hot_user_gets_the_category_of_the_history(toy: InteractionDataset) -> None:
    scores = SASRec(**SMALL, epochs=60, learning_rate=1e-2).fit(toy).score(toy.users.rows(["user-00", "user-39"]))
    shoes, lamps = (toy.items.rows(f"item-{n:02}" for n in range(first, 26, 2)) for first in (0, 1))
    assert scores[0, shoes].mean() > scores[0, lamps].mean()
    assert scores[1, lamps].mean() > scores[1, shoes].mean()


def test_an_unknown_item_never_rises_above_a_known_one(toy: InteractionDataset) -> None:
    scores = SASRec(**SMALL, epochs=1).fit(toy).score(np.flatnonzero(toy.hot_users))
    np.testing.assert_array_equal(scores[:, ~toy.hot_items].max(axis=1), scores.min(axis=1))


def test_without_a_user_of_two_items_all_scores_are_zero() -> None:
    dataset = shop("a", "b", "aa")
    assert not SASRec(**SMALL).fit(dataset).score(np.arange(3)).any()


def test_training_leaves_torch_and_the_log_as_they_were() -> None:
    notices = logging.getLogger("pytorch_lightning.utilities.rank_zero")
    before = torch.get_num_threads(), torch.random.get_rng_state().tolist(), notices.level
    SASRec(**SMALL, epochs=1).fit(shop("ab", "ba"))
    assert (torch.get_num_threads(), torch.random.get_rng_state().tolist(), notices.level) == before
