"""The warranty of a thing that was bought: from the day it arrived, its category and the rules, or not known."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select, update

from shop import warranty
from shop.arrivals import receive_return
from shop.db import Sessions, reading, writing
from shop.errors import OrderLineNotFound, OrderNotFound
from shop.models import Category, OrderLine, Product, ProductCategory, utc_now
from shop.policy_rules import Citation
from shop.returns import ReturnItem, do_return, propose_return
from shop.shoppers import Shopper
from shop.warranty import WarrantyView, warranties
from tests.shop.desk import STRANGER, Guests
from tests.shop.service import EMAIL, WEIRD_NUMBERS, delivered_days_ago, placed, rules, yes

RULES = rules()
YEAR = 365


@pytest.fixture
def electronics(shelf: Sessions) -> Sessions:
    """The shelf, with the laptop among electronics and the shirt among plants."""
    with writing(shelf) as session:
        for slug, product in (("electronics", "laptop"), ("home-garden/plants", "shirt")):
            category = Category(slug=slug, name=slug)
            session.add(category)
            session.flush()
            row = session.scalars(select(Product).where(Product.slug == product)).one()
            session.add(ProductCategory(product_id=row.id, category_id=category.id))
    return shelf


def told(shelf: Sessions, shopper: Shopper, number: str, *skus: str) -> tuple[WarrantyView, ...]:
    with reading(shelf) as session:
        return warranties(session, shopper, RULES, Guests(shelf), number, skus)


@pytest.mark.parametrize(
    ("days", "state"), [(1, "covered"), (YEAR + 5, "covered"), (2 * YEAR - 2, "covered"), (2 * YEAR + 3, "over")]
)
def test_electronics_are_covered_for_two_years(electronics: Sessions, ada: Shopper, days: int, state: str) -> None:
    number = placed(electronics, ada, "delivered", LAPTOP_13_8=1)
    delivered_days_ago(electronics, number, days)
    [view] = told(electronics, ada, number)
    arrived = (utc_now() - dt.timedelta(days=days)).date()
    assert (view.state, view.delivered_on, view.until) == (state, arrived, arrived.replace(year=arrived.year + 2))
    assert view.rule == Citation("warranty.electronics", RULES.warranty.version)


@pytest.mark.parametrize(("days", "state"), [(10, "covered"), (YEAR + 3, "over")])
def test_everything_else_is_covered_for_one_year(shelf: Sessions, ada: Shopper, days: int, state: str) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_RED=1)
    delivered_days_ago(shelf, number, days)
    [view] = told(shelf, ada, number)
    assert (view.state, view.rule) == (state, Citation("warranty.otherwise", RULES.warranty.version))


def test_the_last_day_counts_as_a_whole(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_RED=1)
    today = utc_now()
    arrived = today.replace(year=today.year - 1)
    delivered_days_ago(shelf, number, (today - arrived).days)
    assert told(shelf, ada, number)[0].state == "covered"
    delivered_days_ago(shelf, number, (today - arrived).days + 1)
    assert told(shelf, ada, number)[0].state == "over"


def test_the_29th_of_february_ends_on_the_28th() -> None:
    assert warranty._years_after(dt.date(2024, 2, 29), 1) == dt.date(2025, 2, 28)
    assert warranty._years_after(dt.date(2024, 2, 29), 4) == dt.date(2028, 2, 29)


def test_plants_have_none(electronics: Sessions, ada: Shopper) -> None:
    number = placed(electronics, ada, "delivered", SHIRT_RED=1)
    [view] = told(electronics, ada, number)
    assert (view.state, view.until, view.rule) == ("none", None, Citation("warranty.plants", RULES.warranty.version))


@pytest.mark.parametrize("state", ["waiting_for_payment", "paid", "packed", "shipped"])
def test_what_has_not_arrived_has_no_day_yet(shelf: Sessions, ada: Shopper, state: str) -> None:
    number = placed(shelf, ada, state, SHIRT_RED=1)
    [view] = told(shelf, ada, number)
    assert (view.state, view.why, view.until) == ("unknown", "not_delivered", None)


def test_of_what_has_left_the_catalogue_nothing_is_guessed(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_RED=1)
    with writing(shelf) as session:
        session.execute(update(OrderLine).values(variant_id=None))
    [view] = told(shelf, ada, number)
    assert (view.state, view.why, view.rule) == ("unknown", "gone", None)


def test_of_several_things_each_has_its_own(electronics: Sessions, ada: Shopper) -> None:
    number = placed(electronics, ada, "delivered", LAPTOP_13_8=1, SHIRT_RED=1)
    assert {view.sku: view.state for view in told(electronics, ada, number)} == {
        "LAPTOP-13-8": "covered",
        "SHIRT-RED": "none",
    }
    assert [view.sku for view in told(electronics, ada, number, "shirt-red")] == ["SHIRT-RED"]
    with pytest.raises(OrderLineNotFound):
        told(electronics, ada, number, "MUG")


def test_what_was_given_back_is_not_told_of(shelf: Sessions, ada: Shopper) -> None:
    number = placed(shelf, ada, "delivered", SHIRT_RED=1)
    items = [ReturnItem("SHIRT-RED", 1, "does not fit")]
    with writing(shelf) as session:
        done = do_return(session, ada, RULES, number, yes(propose_return(session, ada, RULES, number, items)), items)
    with writing(shelf) as session:
        receive_return(session, done.rma_number or "")
    assert told(shelf, ada, number) == ()


@pytest.mark.parametrize("number", [*WEIRD_NUMBERS, "999999", "own"], ids=ascii)
def test_another_s_order_is_as_unknown_as_none(shelf: Sessions, ada: Shopper, number: str) -> None:
    hers = placed(shelf, ada, "delivered", SHIRT_RED=1)
    for stranger in (STRANGER, Shopper("web-eve")):
        with pytest.raises(OrderNotFound):
            told(shelf, stranger, hers if number == "own" else number)


def test_a_guest_is_told_of_the_order_that_a_code_has_opened(shelf: Sessions, ada: Shopper) -> None:
    number, eve, guests = placed(shelf, ada, "delivered", SHIRT_RED=1), Shopper("web-eve"), Guests(shelf)
    guests.open(eve, number, EMAIL)
    with reading(shelf) as session:
        assert warranties(session, eve, RULES, guests, number)[0].state == "covered"
