from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from recsys import columns as c
from recsys.cleaning import Cleaning, clean
from recsys.errors import InvalidFrame

NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
SETTINGS = Cleaning(max_time=NOON + timedelta(days=20))


def event(user="ann", item="lamp", kind=c.VIEW, at=NOON, quantity=1.0, basket=None, weight=1.0):
    return {
        **{c.USER_ID: user, c.ITEM_ID: item, c.KIND: kind, c.TIMESTAMP: at},
        **{c.QUANTITY: quantity, c.BASKET_ID: basket, c.WEIGHT: weight},
    }


def bought(quantity=1.0, day=0, **more):
    return event(kind=c.PURCHASE, quantity=quantity, at=NOON + timedelta(days=day), **more)


def refund(quantity=1.0, day=10, **more):
    return event(kind=c.REFUND, quantity=quantity, at=NOON + timedelta(days=day), **more)


def cleaned(*events, settings=SETTINGS):
    return clean(pd.DataFrame(list(events)), settings)


def test_clean_rows_stay_and_are_in_the_order_of_time():
    rows, report = cleaned(event(item="b", at=NOON), event(item="a", at=NOON - timedelta(1)))
    assert rows[c.ITEM_ID].tolist() == ["a", "b"]
    assert str(rows[c.TIMESTAMP].dtype) == "datetime64[ns, UTC]"
    assert (report.rows, report.kept, report.dropped) == (2, 2, {})


def test_optional_columns_are_filled_in():
    rows, _ = clean(pd.DataFrame([event()])[list(c.REQUIRED_INTERACTIONS)], SETTINGS)
    assert rows[[c.QUANTITY, c.WEIGHT]].to_numpy().tolist() == [[1.0, 1.0]]
    assert rows[[c.BASKET_ID, c.MARKET]].isna().all(axis=None)


def test_columns_that_mean_nothing_here_are_left_out():
    rows, _ = clean(pd.DataFrame([event()]).assign(extra=1), SETTINGS)
    assert "extra" not in rows


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(event(user=""), "bad_ids", id="empty user"),
        pytest.param(event(user=None), "bad_ids", id="no user"),
        pytest.param(event(item=float("nan")), "bad_ids", id="no item"),
        pytest.param(event(item=" \n"), "bad_ids", id="blank item"),
        pytest.param(event(user=12), "bad_ids", id="number among text"),
        pytest.param(event(item="POST"), "not_a_product", id="postage"),
        pytest.param(event(item="gift_0001_20"), "not_a_product", id="voucher"),
        pytest.param(event(kind="stare"), "unknown_kinds", id="unknown kind"),
        pytest.param(event(kind=None), "unknown_kinds", id="no kind"),
        pytest.param(event(at=pd.NaT), "impossible_times", id="no time"),
        pytest.param(event(at=NOON + timedelta(days=21)), "impossible_times", id="future"),
        pytest.param(event(at=datetime(1970, 1, 1, tzinfo=UTC)), "impossible_times", id="start of the epoch"),
        pytest.param(event(weight=float("nan")), "bad_weights", id="NaN weight"),
        pytest.param(event(weight=float("inf")), "bad_weights", id="infinite weight"),
        pytest.param(event(weight=-1.0), "bad_weights", id="negative weight"),
        pytest.param(event(weight=0.0), "bad_weights", id="zero weight"),
        pytest.param(event(weight=1e39), "bad_weights", id="weight beyond float32"),
        pytest.param(event(weight=1e-300), "bad_weights", id="vanishing weight"),
        pytest.param(event(item="\ud800"), "bad_ids", id="half a sign"),
        pytest.param(event(quantity=-3.0), "bad_quantities", id="negative quantity"),
        pytest.param(event(quantity=float("nan")), "bad_quantities", id="NaN quantity"),
        pytest.param(event(quantity=0.0), "bad_quantities", id="zero quantity"),
        pytest.param(refund(quantity=0.0), "bad_quantities", id="refund of none"),
        pytest.param(event(item="good"), "duplicates", id="the same again"),
    ],
)
def test_a_bad_row_goes_and_is_counted_for_its_reason(bad, reason):
    settings = Cleaning(max_time=SETTINGS.max_time, not_products=frozenset({"POST"}), not_product_pattern=r"gift_.*")
    rows, report = cleaned(event(item="good"), bad, settings=settings)
    assert rows[c.ITEM_ID].tolist() == ["good"]
    assert report.dropped == {reason: 1}
    assert report.rows == report.kept + sum(report.dropped.values())


def test_ids_with_newlines_and_emoji_stay_as_they_are():
    rows, _ = cleaned(event(user=" a\nb ", item="🧦‍🔥"))
    assert rows.loc[0, [c.USER_ID, c.ITEM_ID]].tolist() == [" a\nb ", "🧦‍🔥"]


def test_times_as_text_are_read_and_those_without_a_zone_are_utc():
    rows, report = cleaned(
        event(item="a", at="2026-02-01T12:00:00"),
        event(item="b", at="2026-02-01T13:30:00+01:00"),
        event(item="c", at="yesterday"),
        event(item="d", at="9999-12-31"),
    )
    assert rows[c.TIMESTAMP].tolist() == [pd.Timestamp(NOON), pd.Timestamp(NOON + timedelta(minutes=30))]
    assert report.impossible_times == 2


def test_a_time_beyond_the_range_of_nanoseconds_is_impossible():
    frame = pd.DataFrame([event()])
    frame[c.TIMESTAMP] = np.array(["9999-12-31"], dtype="datetime64[us]")
    assert clean(frame, SETTINGS)[1].impossible_times == 1


def test_without_a_last_time_the_clock_tells_what_is_future():
    now = datetime.now(UTC)
    _, report = cleaned(event(at=now - timedelta(hours=1)), event(at=now + timedelta(hours=1)), settings=Cleaning())
    assert (report.kept, report.impossible_times) == (1, 1)


def test_a_refund_goes_with_the_latest_purchase_of_that_quantity_before_it():
    rows, report = cleaned(bought(2, day=0), bought(2, day=1), bought(3, day=2), refund(-2, day=3), bought(2, day=4))
    assert rows[c.TIMESTAMP].dt.day.tolist() == [1, 3, 5]
    assert (report.refunds, report.refunded, report.refunds_of_nothing) == (1, 1, 0)
    assert report.rows == report.kept + sum(report.dropped.values())


def test_a_refund_of_a_part_leaves_the_rest_bought():
    rows, report = cleaned(bought(12), refund(2))
    assert rows[c.QUANTITY].tolist() == [10.0]
    assert (report.refunds, report.refunded, report.partly_refunded) == (1, 0, 1)


def test_a_refund_of_several_purchases_undoes_them_from_the_latest():
    rows, report = cleaned(bought(5, day=0), bought(2, day=1), refund(4, day=2))
    assert rows[c.QUANTITY].tolist() == [3.0]
    assert (report.refunded, report.partly_refunded) == (1, 1)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(bought(user="bob"), id="another user's"),
        pytest.param(bought(item="shoe"), id="another item's"),
        pytest.param(bought(day=11), id="a later one"),
        pytest.param(event(), id="a view"),
    ],
)
def test_a_refund_of_nothing_only_takes_itself_away(other):
    rows, report = cleaned(other, refund())
    assert len(rows) == 1
    assert (report.refunds, report.refunded, report.refunds_of_nothing) == (1, 0, 1)


def test_a_purchase_is_not_refunded_twice():
    _, report = cleaned(bought(), refund(day=1), refund(day=2))
    assert (report.refunds, report.refunded, report.refunds_of_nothing, report.kept) == (2, 1, 1, 0)


def robot(number, apart, **more):
    return [event(user="robot", item=f"i{n}", at=NOON + n * apart, **more) for n in range(number)]


def test_who_does_more_in_a_minute_than_a_person_can_is_a_robot():
    settings = Cleaning(max_time=SETTINGS.max_time, max_events_per_minute=20)
    slow = [event(item=f"i{n}", at=NOON + timedelta(seconds=4 * n)) for n in range(100)]
    rows, report = cleaned(*robot(21, timedelta(seconds=1)), *slow, settings=settings)
    assert set(rows[c.USER_ID]) == {"ann"}
    assert (report.bots_by_rate, report.bots_by_volume, report.bots, report.robots) == (21, 0, 21, 1)


def test_who_does_more_in_a_day_than_a_person_can_is_a_robot():
    settings = Cleaning(max_time=SETTINGS.max_time, max_events_per_day=50)
    rows, report = cleaned(*robot(51, timedelta(minutes=5)), event(), settings=settings)
    assert len(rows) == 1
    assert (report.bots_by_rate, report.bots_by_volume, report.robots) == (0, 51, 1)


@pytest.mark.parametrize("basket", ["order-1", None], ids=["by basket", "by time"])
def test_a_wholesaler_with_a_long_order_is_no_robot(basket):
    settings = Cleaning(max_time=SETTINGS.max_time, max_events_per_minute=20)
    _, report = cleaned(*robot(50, timedelta(0), kind=c.PURCHASE, basket=basket), settings=settings)
    assert (report.kept, report.robots) == (50, 0)


def test_cleaning_twice_changes_nothing():
    once, _ = cleaned(bought(12), refund(2), event(), event(), event(user=None))
    twice, report = clean(once, SETTINGS)
    pd.testing.assert_frame_equal(once, twice)
    assert report.dropped == {}


def test_no_rows_at_all_are_clean():
    rows, report = clean(pd.DataFrame(columns=list(c.REQUIRED_INTERACTIONS)), SETTINGS)
    assert rows.empty
    assert report.to_dict() == dict.fromkeys(report.to_dict(), 0)


@pytest.mark.parametrize("missing", c.REQUIRED_INTERACTIONS)
def test_a_missing_column_is_named(missing):
    with pytest.raises(InvalidFrame) as caught:
        clean(pd.DataFrame([event()]).drop(columns=missing))
    assert caught.value.field == missing


@pytest.mark.parametrize("column", [c.USER_ID, c.ITEM_ID, c.TIMESTAMP])
def test_numbers_are_neither_ids_nor_times(column):
    with pytest.raises(InvalidFrame, match=column):
        clean(pd.DataFrame([event() | {column: 17850.0}]))


@pytest.mark.parametrize("limit", ["max_events_per_day", "max_events_per_minute"])
def test_a_limit_of_nothing_is_refused(limit):
    with pytest.raises(InvalidFrame, match="positive"):
        Cleaning(**{limit: 0})


def test_four_hundred_thousand_rows_take_seconds():
    random, n = np.random.default_rng(0), 400_000
    frame = pd.DataFrame(
        {
            c.USER_ID: random.integers(0, 5_000, n).astype(str),
            c.ITEM_ID: random.integers(0, 4_000, n).astype(str),
            c.KIND: random.choice([c.VIEW, c.PURCHASE, c.REFUND], n, p=[0.6, 0.37, 0.03]),
            c.TIMESTAMP: pd.Timestamp(NOON) - pd.to_timedelta(random.integers(0, 300 * 86_400, n), unit="s"),
        }
    )
    start = time.process_time()
    _, report = clean(frame, SETTINGS)
    assert time.process_time() - start < 10
    assert report.rows == report.kept + sum(report.dropped.values()) == n
