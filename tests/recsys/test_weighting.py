from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from recsys import columns as c
from recsys.errors import InvalidFrame
from recsys.weighting import Weighting


def rows(now, *events):
    frame = pd.DataFrame(events, columns=[c.KIND, "days", c.WEIGHT])
    frame[c.TIMESTAMP] = pd.to_datetime([now - timedelta(days=days) for days in frame.pop("days")], utc=True)
    return frame


def test_a_purchase_says_more_than_a_cart_than_a_click_than_a_view(now):
    frame = rows(now, *((kind, 0, 1.0) for kind in (c.VIEW, c.CLICK, c.CART, c.PURCHASE)))
    assert Weighting().worths(frame, now).tolist() == [1.0, 2.0, 4.0, 8.0]


def test_an_event_is_worth_half_after_its_half_life(now):
    frame = rows(now, (c.VIEW, 0, 1.0), (c.VIEW, 30, 1.0), (c.VIEW, 60, 3.0))
    assert Weighting(half_life_days=30).worths(frame, now).tolist() == pytest.approx([1.0, 0.5, 0.75])


def test_without_a_half_life_nothing_fades(now):
    assert Weighting(half_life_days=None).worths(rows(now, (c.VIEW, 5_000, 1.0)), now).tolist() == [1.0]


def test_what_was_seen_long_ago_stays_seen(now):
    assert Weighting(half_life_days=1, floor=0.01).worths(rows(now, (c.VIEW, 5_000, 1.0)), now).tolist() == [0.01]


def test_an_event_after_now_is_worth_no_more_than_one_now(now):
    assert Weighting().worths(rows(now, (c.VIEW, -50, 1.0)), now).tolist() == [1.0]


def test_a_kind_that_is_not_named_is_worth_nothing(now):
    frame = rows(now, (c.VIEW, 0, 1.0), (c.PURCHASE, 0, 1.0), (c.DISMISS, 0, 1.0))
    assert Weighting({c.PURCHASE: 2.0}, dismiss=0.5).worths(frame, now).tolist() == [0.0, 2.0, 0.5]


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"kinds": {c.VIEW: -1.0}}, id="negative worth"),
        pytest.param({"kinds": {c.VIEW: float("nan")}}, id="NaN worth"),
        pytest.param({"kinds": {c.DISMISS: 1.0}}, id="a dismissal as a positive"),
        pytest.param({"half_life_days": 0.0}, id="no half-life"),
        pytest.param({"floor": 0.0}, id="no floor"),
        pytest.param({"dismiss": -1.0}, id="negative dismissal"),
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(InvalidFrame):
        Weighting(**wrong)
