"""A price cut holds everywhere or nowhere: on cards, in a search, in the cart and in the order."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import CURRENCIES
from sqlalchemy import select

from shop.carts import add_to_cart, view_cart
from shop.catalogue import get_product
from shop.db import Sessions, reading, writing
from shop.errors import CartChanged
from shop.models import Category, Product, Promotion, Variant, utc_now
from shop.money import Money
from shop.orders import DeliveryAddress, place_order, summarise_cart
from shop.promotions import promoted_slugs, reduced, running
from shop.search import Filters, ProductSearch, SearchQuery, Sort
from shop.shoppers import Shopper
from tests.shop.conftest import _variant
from tests.shop.test_search import ConceptEmbedder

DAY = dt.timedelta(days=1)


def cut(shelf: Sessions, percent: int, *, on: str = "", below: str = "", first: int = -1, last: int = 1) -> None:
    """Grant a price cut on a product, a category or everything, from `first` to `last` days from now."""
    with writing(shelf) as session:
        session.add(
            Promotion(
                code=f"{on}{below}{percent}{first}",
                name="A cut",
                percent=percent,
                product_id=session.scalar(select(Product.id).where(Product.slug == on)) if on else None,
                category_id=session.scalar(select(Category.id).where(Category.slug == below)) if below else None,
                starts_at=utc_now() + first * DAY,
                ends_at=utc_now() + last * DAY,
            )
        )


def price_of(shelf: Sessions, slug: str) -> Money:
    with reading(shelf) as session:
        return get_product(session, slug).price_min


@pytest.mark.parametrize("where", [{"on": "laptop"}, {"below": "computers"}, {}], ids=["product", "category", "all"])
def test_a_cut_lowers_what_a_product_costs_now(shelf: Sessions, where: dict[str, str]) -> None:
    cut(shelf, 10, **where)
    with reading(shelf) as session:
        laptop = get_product(session, "laptop").variants[0]
    assert laptop.price == Money("1169.10", "USD")
    assert laptop.was == Money("1299.00", "USD")
    assert laptop.promotion is not None
    assert laptop.promotion.percent == 10
    assert price_of(shelf, "shirt") == Money("17.99" if not where else "19.99", "USD")


@pytest.mark.parametrize(("first", "last"), [(-3, -1), (1, 3)], ids=["over", "to come"])
def test_a_cut_that_does_not_run_changes_nothing(shelf: Sessions, first: int, last: int) -> None:
    cut(shelf, 10, on="laptop", first=first, last=last)
    assert price_of(shelf, "laptop") == Money("1299.00", "USD")


@pytest.mark.parametrize("percent", [0, -5, 101, 100_000])
def test_a_cut_that_makes_no_sense_is_left_out(shelf: Sessions, percent: int) -> None:
    cut(shelf, percent, on="laptop")
    assert price_of(shelf, "laptop") == Money("1299.00", "USD")


def test_of_two_cuts_the_deeper_counts_and_they_never_add_up(shelf: Sessions) -> None:
    cut(shelf, 10, on="laptop")
    cut(shelf, 25, below="computers")
    cut(shelf, 5)
    assert price_of(shelf, "laptop") == Money("974.25", "USD")


def test_the_cart_the_order_and_its_lines_cost_what_the_card_says(
    shelf: Sessions, ada: Shopper, home: DeliveryAddress
) -> None:
    cut(shelf, 15, on="shirt")
    with writing(shelf) as session:
        add_to_cart(session, ada, "SHIRT-RED", 2)
    with reading(shelf) as session:
        cart, summary = view_cart(session, ada), summarise_cart(session, ada)
    assert cart.lines[0].unit_price == price_of(shelf, "shirt") == Money("16.99", "USD")
    assert cart.subtotal == summary.subtotal == Money("33.98", "USD")
    with writing(shelf) as session:
        order = place_order(session, ada, home, "ada@example.com", confirmed=summary.fingerprint)
    assert order.lines[0].unit_price == Money("16.99", "USD")
    assert order.total == Money("33.98", "USD") + summary.delivery_price


def test_an_order_confirmed_before_a_cut_ended_is_asked_for_again(
    shelf: Sessions, ada: Shopper, home: DeliveryAddress
) -> None:
    cut(shelf, 15, on="shirt")
    with writing(shelf) as session:
        add_to_cart(session, ada, "SHIRT-RED")
        confirmed = summarise_cart(session, ada).fingerprint
        session.scalars(select(Promotion)).one().ends_at = utc_now() - DAY
    with pytest.raises(CartChanged), writing(shelf) as session:
        place_order(session, ada, home, "ada@example.com", confirmed=confirmed)


def test_a_search_filters_and_sorts_by_what_is_paid(shelf: Sessions, tmp_path: Path) -> None:
    cut(shelf, 50, on="laptop")
    search = ProductSearch(shelf, ConceptEmbedder(), tmp_path)
    found = search.search(SearchQuery(filters=Filters(price_min=Decimal(600), price_max=Decimal(700))))
    assert [hit.sku for hit in found.hits] == ["LAPTOP-13-8"]
    with writing(shelf) as session:
        session.add(Product(slug="phone", name="Phone", variants=[_variant("PHONE", "Phone", "649.51", 1)]))
    search.refresh()
    for sort, order in ((Sort.PRICE_ASC, ["laptop", "phone"]), (Sort.PRICE_DESC, ["phone", "laptop"])):
        dear = search.search(SearchQuery(filters=Filters(price_min=Decimal(600)), sort=sort))
        assert [hit.product_slug for hit in dear.hits] == order


def test_the_promoted_products_are_listed_with_their_deepest_cut(shelf: Sessions) -> None:
    cut(shelf, 10, below="computers")
    cut(shelf, 20, on="laptop")
    cut(shelf, 30, on="lamp")
    with reading(shelf) as session:
        found = promoted_slugs(session, running(session))
    assert {slug: view.percent for slug, view in found.items()} == {"laptop": 20}


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD", "CLF"])
@pytest.mark.parametrize("percent", [1, 15, 33, 50, 99, 100])
def test_the_database_rounds_as_the_cards_do(shelf: Sessions, currency: str, percent: int) -> None:
    coins = CURRENCIES[currency].sub_unit
    prices = [Decimal(units) / coins for units in (0, 1, 3, 5, 10, 999, 1005, 12345, 99999)]
    variants = [_variant(f"P-{place}", "Piece", str(price), 1) for place, price in enumerate(prices)]
    for variant in variants:
        variant.currency = currency
    with writing(shelf) as session:
        session.add(Product(slug="pieces", name="Pieces", variants=variants))
    cut(shelf, percent, on="pieces")
    with reading(shelf) as session:
        column = running(session).price_column()
        query = select(Variant.price, column).where(Variant.sku.like("P-%"))
        for price, paid in session.execute(query):
            assert paid == reduced(Money(price, currency), percent).amount


@given(units=st.integers(0, 10**9), percent=st.integers(1, 100))
def test_a_cut_is_never_more_than_half_a_coin_off(units: int, percent: int) -> None:
    price = Money(Decimal(units) / 100, "USD")
    exact = price.amount * (100 - percent) / 100
    assert abs(reduced(price, percent).amount - exact) <= Decimal("0.005")
    assert 0 <= reduced(price, percent).amount <= price.amount
