from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from recsys import columns as c
from recsys.dataset import InteractionDataset
from recsys.errors import InvalidFrame, NoInteractions
from recsys.weighting import Weighting


def events(*rows, now):
    frame = pd.DataFrame(rows, columns=[c.USER_ID, c.ITEM_ID, c.KIND, "days_ago"])
    frame[c.TIMESTAMP] = [now - timedelta(days=days) for days in frame.pop("days_ago")]
    return frame


def test_hot_and_warm_users_and_items_are_told_apart(toy):
    assert int(toy.hot_users.sum()) == 40
    assert int(toy.hot_items.sum()) == 26
    assert [toy.users.ids()[row] for row in np.flatnonzero(~toy.hot_users)] == ["warm-walker", "warm-reader"]
    assert toy.matrix.shape == toy.dismissed.shape == (42, 30)
    assert toy.matrix.dtype == np.float32


def test_only_hot_rows_have_an_identity(toy):
    identities = {value for field, value in toy.item_space.columns if field == c.IDENTITY}
    assert identities == {toy.items.ids()[row] for row in np.flatnonzero(toy.hot_items)}
    assert "warm-walker" not in {value for field, value in toy.user_space.columns if field == c.IDENTITY}


def test_rows_of_features_sum_to_one(toy):
    assert np.allclose(toy.item_features.sum(axis=1), 1)
    assert np.allclose(toy.user_features.sum(axis=1), 1)


def test_the_matrix_is_the_sum_of_the_worth_of_events(toy):
    slow = np.zeros(toy.matrix.shape)
    for row in toy.interactions.itertuples():
        slow[row.user, row.item] += row.weight
    assert np.allclose(toy.matrix.toarray(), slow, rtol=1e-6)


def test_the_same_frames_give_the_same_data_set(toy, toy_frames, now):
    again = InteractionDataset.from_frames(
        toy_frames.interactions, toy_frames.user_features, toy_frames.item_features, now=now
    )
    assert again.users == toy.users
    assert again.items == toy.items
    assert (again.matrix != toy.matrix).nnz == 0
    assert again.item_space == toy.item_space
    assert (again.item_features != toy.item_features).nnz == 0


def test_the_frames_that_were_given_are_not_changed(toy_frames, now):
    before = toy_frames.interactions.copy(deep=True)
    InteractionDataset.from_frames(toy_frames.interactions, now=now)
    pd.testing.assert_frame_equal(toy_frames.interactions, before)


def test_no_interactions_and_no_features_give_an_empty_data_set_that_no_model_can_learn_from():
    empty = InteractionDataset.from_frames(None)
    assert (len(empty.users), len(empty.items), empty.matrix.nnz) == (0, 0, 0)
    with pytest.raises(NoInteractions, match="ease learns"):
        empty.require_interactions("ease")


def test_features_alone_give_a_warm_data_set(toy_frames, now):
    warm = InteractionDataset.from_frames(None, toy_frames.user_features, toy_frames.item_features, now=now)
    assert warm.matrix.shape == (42, 30)
    assert not warm.hot_items.any()
    assert not [value for field, value in warm.item_space.columns if field == c.IDENTITY]
    assert np.allclose(warm.item_features.sum(axis=1), 1)


def test_one_shopper_and_one_item_are_a_data_set(now):
    one = InteractionDataset.from_frames(events(("ann", "lamp", c.VIEW, 1), now=now), now=now)
    assert one.matrix.shape == (1, 1)
    assert one.matrix[0, 0] == pytest.approx(2 ** (-1 / 90))
    one.require_interactions("any")


def test_ids_with_newlines_and_emoji_stay_as_they_are(now):
    odd = InteractionDataset.from_frames(events(("a\nb", "🧦\t", c.VIEW, 1), now=now), now=now)
    assert odd.users.ids() == ["a\nb"]
    assert odd.items.ids() == ["🧦\t"]


def test_a_dismissal_stands_until_the_item_is_wanted_after_all(now):
    data = InteractionDataset.from_frames(
        events(
            ("ann", "lamp", c.DISMISS, 3),
            ("ann", "shoe", c.DISMISS, 3),
            ("ann", "shoe", c.CART, 2),
            ("ann", "sock", c.CART, 3),
            ("ann", "sock", c.DISMISS, 2),
            now=now,
        ),
        weighting=Weighting(half_life_days=None),
        now=now,
    )
    stood = {data.items.ids()[item]: value for item, value in enumerate(data.dismissed.toarray()[0])}
    assert stood == {"lamp": 1.0, "shoe": 0.0, "sock": 1.0}
    assert data.matrix.toarray()[0].tolist() == [0.0, 4.0, 4.0]


def test_values_without_a_column_are_counted(now):
    frame = pd.DataFrame({c.ITEM_ID: ["a", "b"], c.FEATURE: ["price", "title"], c.VALUE: ["cheap", "Rare words"]})
    data = InteractionDataset.from_frames(None, None, frame, now=now)
    assert data.unknown_values == {"user": {}, "item": {"price": 1, "title": 2}}


def test_columns_are_reserved_for_rows_of_later(toy_frames, now):
    data = InteractionDataset.from_frames(
        toy_frames.interactions, item_features=toy_frames.item_features, now=now, spare_users=3, spare_items=5
    )
    assert [name for name, _ in data.user_space.columns].count(c.SPARE) == 3
    assert data.item_space.columns[-5:] == tuple((c.SPARE, str(number)) for number in range(5))
    assert data.item_features[:, -5:].nnz == 0


def test_nothing_happens_after_now(now):
    frame = events(("ann", "lamp", c.VIEW, 1), ("ann", "shoe", c.VIEW, -1), now=now)
    data = InteractionDataset.from_frames(frame, now=now)
    assert data.report.impossible_times == 1
    assert data.items.ids() == ["lamp"]


def test_features_of_items_are_not_taken_for_those_of_users(toy_frames):
    with pytest.raises(InvalidFrame, match="user_id"):
        InteractionDataset.from_frames(None, user_features=toy_frames.item_features)


def test_features_of_what_has_no_id_are_left_out(toy_frames, now):
    nameless = pd.DataFrame({c.ITEM_ID: [None, "", "good"], c.FEATURE: "brand", c.VALUE: "Astra"})
    assert InteractionDataset.from_frames(None, None, nameless, now=now).items.ids() == ["good"]
