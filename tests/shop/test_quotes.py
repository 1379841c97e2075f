"""A price that was told holds in the cart until its time; a fall is passed on, and no look at the cart extends it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import delete

from shop.carts import CartLineView, add_to_cart, view_cart
from shop.db import Sessions, reading, writing
from shop.models import Promotion, utc_now
from shop.orders import find_order, place_order, summarise_cart
from shop.quotes import held_record
from shop.receipts import Fact, append
from shop.shoppers import Shopper
from shop.terms import PLAIN, Terms
from tests.shop.service import EMAIL, HOME, audit, change_variant, usd

HOUR = dt.timedelta(hours=1)
TERMS = Terms(hold=24 * HOUR)
SKU = "SHIRT-BLACK"
RECORD = f"variants/{SKU}"


def tell(shop: Sessions, shopper: Shopper, price: str, record: str = RECORD, ago: dt.timedelta = HOUR) -> None:
    with writing(shop) as session:
        append(session, shopper, [Fact("price", record, f"{price} USD", "1", utc_now() - ago)])


def tell_reduced(shop: Sessions, shopper: Shopper, price: str, was: str, end: dt.datetime) -> None:
    """Tell what a card tells of a reduced price: it, the one that it was, and until when."""
    now = utc_now()
    with writing(shop) as session:
        facts = [
            Fact("price", f"{RECORD} + promotions/CUT", f"{price} USD", "1", now),
            Fact("price", RECORD, f"{was} USD", "1", now),
            Fact("date", "promotions/CUT", end.isoformat(), "1", now),
        ]
        append(session, shopper, facts)


def line(shop: Sessions, shopper: Shopper, terms: Terms = TERMS) -> CartLineView:
    with reading(shop) as session:
        (only,) = view_cart(session, shopper, terms).lines
    return only


@pytest.fixture
def cart(shelf: Sessions, guest: Shopper) -> Sessions:
    with writing(shelf) as session:
        add_to_cart(session, guest, SKU, 2)
    return shelf


def test_a_told_price_holds_when_it_rises(cart: Sessions, guest: Shopper) -> None:
    tell(cart, guest, "19.99")
    change_variant(cart, SKU, price=Decimal("29.99"))
    held = line(cart, guest)
    assert (held.unit_price, held.total, held.raised) == (usd("19.99"), usd("39.98"), True)
    assert held.quote is not None
    assert abs(held.quote.until - (utc_now() + 23 * HOUR)) < dt.timedelta(minutes=1)


def test_a_told_price_holds_no_longer_than_its_time(cart: Sessions, guest: Shopper) -> None:
    tell(cart, guest, "19.99", ago=25 * HOUR)
    change_variant(cart, SKU, price=Decimal("29.99"))
    assert (line(cart, guest).unit_price, line(cart, guest).quote) == (usd("29.99"), None)


def test_a_fall_is_passed_on(cart: Sessions, guest: Shopper) -> None:
    tell(cart, guest, "19.99")
    change_variant(cart, SKU, price=Decimal("9.99"))
    assert (line(cart, guest).unit_price, line(cart, guest).quote) == (usd("9.99"), None)


def test_nothing_holds_where_no_rule_says_so(cart: Sessions, guest: Shopper) -> None:
    tell(cart, guest, "19.99")
    change_variant(cart, SKU, price=Decimal("29.99"))
    assert line(cart, guest, PLAIN).unit_price == usd("29.99")


def test_of_several_told_prices_the_lowest_that_still_holds_counts(cart: Sessions, guest: Shopper) -> None:
    tell(cart, guest, "9.99", ago=30 * HOUR)
    tell(cart, guest, "17.99", ago=3 * HOUR)
    tell(cart, guest, "18.99", ago=HOUR)
    assert line(cart, guest).unit_price == usd("17.99")


def test_a_yes_holds_when_the_price_was_told_with_more_zeros(cart: Sessions, guest: Shopper) -> None:
    change_variant(cart, SKU, price=Decimal("20"))
    with reading(cart) as session:
        before = summarise_cart(session, guest, terms=TERMS)
    tell(cart, guest, "20.00")
    with reading(cart) as session:
        assert summarise_cart(session, guest, terms=TERMS).fingerprint == before.fingerprint
    change_variant(cart, SKU, price=Decimal("25"))
    with reading(cart) as session:
        assert summarise_cart(session, guest, terms=TERMS).fingerprint == before.fingerprint


def test_a_price_told_to_another_is_theirs(cart: Sessions, guest: Shopper, ada: Shopper) -> None:
    tell(cart, ada, "1.00")
    tell(cart, Shopper("web-stranger"), "1.00")
    assert line(cart, guest).unit_price == usd("19.99")


def test_what_a_guest_was_told_holds_after_they_sign_in(cart: Sessions, guest: Shopper) -> None:
    tell(cart, guest, "17.99")
    assert line(cart, Shopper(guest.shopper_id, "ada")).unit_price == usd("17.99")


def test_a_price_of_another_variant_holds_for_that_one_alone(cart: Sessions, guest: Shopper) -> None:
    tell(cart, guest, "1.00", record="variants/SHIRT-RED")
    tell(cart, guest, "1.00", record="variants/SHIRT-BLACK-XL")
    tell(cart, guest, "1.00", record="carts")
    assert line(cart, guest).unit_price == usd("19.99")


def test_a_held_price_that_is_told_again_is_no_new_promise(cart: Sessions, guest: Shopper) -> None:
    tell(cart, guest, "19.99", ago=20 * HOUR)
    change_variant(cart, SKU, price=Decimal("29.99"))
    before = line(cart, guest).quote
    tell(cart, guest, "19.99", record=held_record(SKU))
    assert line(cart, guest).quote == before


def test_a_reduced_price_holds_until_its_promotion_would_have_ended(cart: Sessions, guest: Shopper) -> None:
    end = utc_now() + 72 * HOUR
    tell_reduced(cart, guest, "15.99", "19.99", end)
    held = line(cart, guest)
    assert held.quote is not None
    assert (held.unit_price, held.quote.until, held.quote.promotion) == (usd("15.99"), end, "CUT")


def test_what_a_reduced_price_was_is_not_held(cart: Sessions, guest: Shopper) -> None:
    tell_reduced(cart, guest, "15.99", "19.99", utc_now() - HOUR)
    change_variant(cart, SKU, price=Decimal("29.99"))
    assert line(cart, guest).unit_price == usd("29.99")


def test_a_promotion_that_is_deeper_than_the_told_price_counts(cart: Sessions, guest: Shopper) -> None:
    tell(cart, guest, "19.99")
    with writing(cart) as session:
        session.execute(delete(Promotion))
        now = utc_now()
        session.add(Promotion(code="ALL", name="All", percent=50, starts_at=now - HOUR, ends_at=now + HOUR))
    assert line(cart, guest).unit_price == usd("10.00")


def test_a_price_in_another_currency_is_not_held(cart: Sessions, guest: Shopper) -> None:
    tell(cart, guest, "1.00")
    change_variant(cart, SKU, currency="GBP")
    assert line(cart, guest).unit_price.currency.code == "GBP"
    assert line(cart, guest).unit_price.amount == Decimal("19.99")


def test_an_order_honours_it_and_its_audit_names_the_receipt(cart: Sessions, guest: Shopper) -> None:
    tell(cart, guest, "19.99")
    change_variant(cart, SKU, price=Decimal("29.99"))
    quote = line(cart, guest).quote
    assert quote is not None
    with writing(cart) as session:
        number = place_order(session, guest, HOME, EMAIL, terms=TERMS).number
    with reading(cart) as session:
        assert find_order(session, guest, number).subtotal == usd("39.98")
    (entry,) = audit(cart)
    assert entry.rule == "payment.quote"
    assert entry.after["quotes"] == {
        SKU: {"price": "19.99", "until": quote.until.isoformat(), "receipt": quote.receipt}
    }
