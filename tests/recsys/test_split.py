from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from recsys import columns as c
from recsys.dataset import InteractionDataset
from recsys.errors import InvalidFrame
from recsys.split import Truth, cold_item_split, cold_user_split, time_split


def purchases(*rows):
    frame = pd.DataFrame(rows, columns=[c.USER_ID, c.ITEM_ID, c.TIMESTAMP])
    return frame.assign(**{c.KIND: c.PURCHASE, c.TIMESTAMP: pd.to_datetime(frame[c.TIMESTAMP])})


def test_a_moment_belongs_to_the_part_that_it_begins():
    days = ["2011-07-31T23:59:59", "2011-08-01", "2011-08-31T23:59:59", "2011-09-01", "2011-10-01"]
    frame = pd.DataFrame({c.TIMESTAMP: days})
    parts = time_split(frame, "2011-08-01", "2011-09-01", datetime(2011, 10, 1))
    assert [part[c.TIMESTAMP].tolist() for part in (parts.train, parts.valid, parts.test)] == [
        days[:1],
        days[1:3],
        days[3:4],
    ]
    assert time_split(frame, "2011-08-01", "2011-09-01").test[c.TIMESTAMP].tolist() == days[3:]


def test_parts_share_nothing_and_lose_nothing(toy_frames, now):
    frame = toy_frames.interactions
    parts = time_split(frame, now - timedelta(60), now - timedelta(30))
    assert min(len(parts.train), len(parts.valid), len(parts.test)) > 0
    pd.testing.assert_frame_equal(pd.concat([parts.train, parts.valid, parts.test], ignore_index=True), frame)
    assert parts.train[c.TIMESTAMP].max() < parts.valid[c.TIMESTAMP].min()


@pytest.mark.parametrize("ends", [("2011-09-01", "2011-08-01"), ("2011-08-01", "2011-08-01")])
def test_moments_that_do_not_rise_are_refused(ends):
    with pytest.raises(InvalidFrame, match="rising"):
        time_split(pd.DataFrame({c.TIMESTAMP: []}), *ends)


def test_what_is_no_moment_is_refused():
    with pytest.raises(InvalidFrame, match="a time is wanted"):
        time_split(pd.DataFrame({c.TIMESTAMP: []}), "soon", "2011-08-01")


@pytest.mark.parametrize(("split", "column"), [(cold_item_split, c.ITEM_ID), (cold_user_split, c.USER_ID)])
def test_what_is_held_out_was_never_learnt_from(toy_frames, split, column):
    parts = split(toy_frames.interactions, 0.2, seed=3)
    assert set(parts.test[column]) == set(parts.held_out)
    assert not set(parts.train[column]) & set(parts.held_out)
    assert len(parts.train) + len(parts.test) == len(toy_frames.interactions)
    assert len(parts.held_out) == round(0.2 * toy_frames.interactions[column].nunique())
    assert split(toy_frames.interactions, 0.2, seed=3).held_out == parts.held_out
    assert split(toy_frames.interactions, 0.2, seed=4).held_out != parts.held_out


@pytest.mark.parametrize("share", [0, 1, -1, float("nan")])
def test_a_share_of_none_or_all_is_refused(toy_frames, share):
    with pytest.raises(InvalidFrame, match="share"):
        cold_item_split(toy_frames.interactions, share, seed=0)


@pytest.fixture
def learnt():
    train = purchases(("ann", "lamp", "2026-01-01"), ("bob", "shoe", "2026-01-01"), ("cy", "sock", "2026-01-01"))
    return InteractionDataset.from_frames(train)


LATER = purchases(
    ("ann", "lamp", "2026-02-01"),
    ("ann", "shoe", "2026-02-01"),
    ("ann", "shoe", "2026-02-02"),
    ("bob", "shoe", "2026-02-01"),
    ("bob", "tent", "2026-02-01"),
    ("dee", "shoe", "2026-02-01"),
)


def named(truth, dataset):
    return {
        dataset.users.ids()[user]: sorted(dataset.items.ids(truth.items[place].indices))
        for place, user in enumerate(truth.users)
    }


def test_the_truth_is_what_known_users_did_with_known_items(learnt):
    truth = Truth.from_frame(LATER, learnt, new_only=False)
    assert named(truth, learnt) == {"ann": ["lamp", "shoe"], "bob": ["shoe"]}
    assert (truth.unknown_users, truth.unknown_items) == (1, 1)
    assert truth.items.max() == 1
    assert truth.items.shape == (2, 3)
    assert truth.exclude(learnt) is None


def test_the_new_truth_leaves_out_what_the_user_had(learnt):
    truth = Truth.from_frame(LATER, learnt, new_only=True)
    assert named(truth, learnt) == {"ann": ["shoe"]}
    assert truth.exclude(learnt).nonzero()[1].tolist() == learnt.items.rows(["lamp"]).tolist()


def test_only_the_kinds_that_were_asked_for_are_true(learnt):
    views = LATER.assign(**{c.KIND: c.VIEW})
    assert not len(Truth.from_frame(views, learnt, new_only=False).users)
    assert len(Truth.from_frame(views, learnt, new_only=False, kinds=(c.VIEW,)).users) == 2


def test_a_truth_of_nothing_has_no_users(learnt):
    truth = Truth.from_frame(LATER.iloc[:0], learnt, new_only=True)
    assert truth.users.dtype == np.int64
    assert truth.items.shape == (0, 3)
