"""Days in a row, and the orders of a shopper that were placed in them."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import update

from shop.addresses import DeliveryAddress
from shop.carts import add_to_cart
from shop.days import Days
from shop.db import Sessions, reading, writing
from shop.models import Order, Variant
from shop.orders import list_orders, nearest_orders, place_order
from shop.shoppers import Shopper

D = dt.date


@pytest.fixture
def numbers(shelf: Sessions, ada: Shopper, guest: Shopper, home: DeliveryAddress) -> dict[str, str]:
    """Three orders of Ada's, on 1, 2 and 5 November, and one of a guest's on 3 November; by when they were placed."""
    moments = {"11-01 00:00": ada, "11-02 23:59": ada, "11-03 12:00": guest, "11-05 08:00": ada}
    placed = {}
    with writing(shelf) as session:
        session.execute(update(Variant).values(stock=10))
    for moment, shopper in moments.items():
        at = dt.datetime.strptime(f"2026-{moment}", "%Y-%m-%d %H:%M").replace(tzinfo=dt.timezone.utc)
        with writing(shelf) as session:
            add_to_cart(session, shopper, "SHIRT-RED", 1)
        with writing(shelf) as session:
            placed[moment] = place_order(session, shopper, home, "ada@example.com").number
            session.execute(update(Order).where(Order.number == placed[moment]).values(placed_at=at))
    return placed


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (Days(D(2026, 11, 1), D(2026, 11, 1)), ["11-01 00:00"]),
        (Days(D(2026, 11, 2), D(2026, 11, 2)), ["11-02 23:59"]),
        (Days(D(2026, 11, 1), D(2026, 11, 5)), ["11-05 08:00", "11-02 23:59", "11-01 00:00"]),
        (Days(D(2026, 11, 2), None), ["11-05 08:00", "11-02 23:59"]),
        (Days(None, D(2026, 11, 1)), ["11-01 00:00"]),
        (Days(D(2026, 11, 3), D(2026, 11, 4)), []),
        (Days(), ["11-05 08:00", "11-02 23:59", "11-01 00:00"]),
        (Days(dt.date.min, dt.date.max), ["11-05 08:00", "11-02 23:59", "11-01 00:00"]),
    ],
    ids=str,
)
def test_orders_of_some_days_are_the_shoppers_own(
    shelf: Sessions, ada: Shopper, numbers: dict[str, str], days: Days, expected: list[str]
) -> None:
    with reading(shelf) as session:
        found = [order.number for order in list_orders(session, ada, placed=days)]
    assert found == [numbers[moment] for moment in expected]


def test_the_limit_counts_the_newest(shelf: Sessions, ada: Shopper, numbers: dict[str, str]) -> None:
    with reading(shelf) as session:
        found = list_orders(session, ada, 1, placed=Days(None, D(2026, 11, 4)))
    assert [order.number for order in found] == [numbers["11-02 23:59"]]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (Days(D(2026, 11, 3), D(2026, 11, 4)), ["11-05 08:00", "11-02 23:59"]),
        (Days(D(2026, 12, 1), D(2026, 12, 1)), ["11-05 08:00"]),
        (Days(D(2020, 1, 1), D(2020, 1, 1)), ["11-01 00:00"]),
        (Days(None, D(2020, 1, 1)), ["11-01 00:00"]),
        (Days(D(2026, 12, 1), None), ["11-05 08:00"]),
        (Days(), []),
    ],
    ids=str,
)
def test_the_nearest_orders_stand_around_the_days(
    shelf: Sessions, ada: Shopper, numbers: dict[str, str], days: Days, expected: list[str]
) -> None:
    with reading(shelf) as session:
        found = [order.number for order in nearest_orders(session, ada, days)]
    assert found == [numbers[moment] for moment in expected]


def test_a_stranger_has_no_nearest_order(shelf: Sessions, numbers: dict[str, str]) -> None:
    with reading(shelf) as session:
        assert nearest_orders(session, Shopper("web-new"), Days(D(2026, 11, 1), D(2026, 11, 1))) == []


def test_an_interval_is_read_as_it_is_written() -> None:
    assert Days.parse("2026-11-20/2026-11-22") == Days(D(2026, 11, 20), D(2026, 11, 22))
    assert Days.parse("2026-10-01/..") == Days(D(2026, 10, 1))
    assert Days.parse("../2026-10-01") == Days(None, D(2026, 10, 1))


@pytest.mark.parametrize(
    "text",
    ["", "/", "2026-11-20", "2026-11-22/2026-11-20", "x/y", "2026-02-30/..", "' OR 1=1/..", "2026-11-20/2026-11-21/.."],
)
def test_what_is_no_interval_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"interval|isoformat|after the last|out of range"):
        Days.parse(text)
