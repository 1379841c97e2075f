"""Coupons and gift cards in the chat: asked for, used, refused by a rule, taken out, and what an order comes to."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from actions.cards import left_text
from actions.labels import Labels
from actions.pending import cart_code_said
from shop.db import reading, writing
from shop.gift_cards import issue_gift_card
from shop.models import Coupon, GiftCard, Order
from shop.money import Money
from tests.actions.conftest import ROOT, Chat

CARD = "CARD-TEST-2345-6789"


@pytest.fixture
def shopper(chat: Chat) -> Chat:
    """Two mice in the cart, at 18.99 each, and a shop that takes a few codes."""
    with writing(chat.services.sessions) as session:
        session.add_all(
            [
                Coupon(code="TEN", name="Ten", kind="percent", value=Decimal(10), currency="USD", with_coupons=True),
                Coupon(code="FIVE", name="Five", kind="amount", value=Decimal(5), currency="USD", with_coupons=True),
                Coupon(code="ALONE", name="Alone", kind="amount", value=Decimal(5), currency="USD"),
            ]
        )
        issue_gift_card(session, Money("20.00", "USD"), code=CARD)
    chat.say("add_to_cart", product="cordless-mouse", quantity="2")
    return chat


def test_a_code_that_is_missing_is_asked_for_and_taken(shopper: Chat) -> None:
    assert shopper.say("use_code") == ["utter_ask_cart_code"]
    assert shopper.say("inform", text="it's TEN10 I think") == ["utter_code_unknown"]
    assert shopper.say("use_code") == ["utter_ask_cart_code"]
    assert shopper.say("inform", text="FIVE") == ["utter_coupon_used"]
    assert (shopper.last["amount"], shopper.last["total"]) == ("$5.00", "$32.98")


def test_a_code_that_is_said_is_used(shopper: Chat) -> None:
    assert shopper.say("use_code", code="TEN") == ["utter_coupon_used"]
    assert (shopper.last["amount"], shopper.last["total"]) == ("$3.80", "$34.18")
    assert shopper.say("use_code", code="ten") == ["utter_coupon_already"]
    assert shopper.say("view_cart") == ["utter_cart"]
    assert "−$3.80" in shopper.last["lines"]
    assert shopper.last["subtotal"] == "$34.18"


def test_a_refusal_names_its_rule(shopper: Chat) -> None:
    shopper.say("use_code", code="TEN")
    assert shopper.say("use_code", code="ALONE") == ["utter_code_not_valid"]
    assert "TEN" in shopper.last["why"]
    assert shopper.last["rule"] == "Vouchers and discount codes"


def test_every_day_that_is_told_is_the_rows(shopper: Chat) -> None:
    with writing(shopper.services.sessions) as session:
        session.execute(update(Coupon).where(Coupon.code == "TEN").values(last_day=dt.date(2099, 1, 31)))
        session.execute(update(Coupon).where(Coupon.code == "FIVE").values(last_day=dt.date(2020, 1, 31)))
    shopper.say("use_code", code="TEN")
    assert "January 31, 2099" in shopper.last["until"]
    shopper.say("use_code", code="FIVE")
    assert "January 31, 2020" in shopper.last["why"]


def test_a_code_is_taken_out_and_of_several_one_is_chosen(shopper: Chat) -> None:
    assert shopper.say("remove_code") == ["utter_no_code_in_cart"]
    shopper.say("use_code", code="TEN")
    shopper.say("use_code", code="FIVE")
    assert shopper.say("remove_code") == ["utter_ask_which_code"]
    assert shopper.say("remove_code", code="TEN") == ["utter_code_removed"]
    assert shopper.say("remove_code", code="TEN") == ["utter_code_not_in_cart"]
    assert shopper.say("remove_code") == ["utter_code_removed"]
    assert shopper.last["total"] == "$37.98"


def test_the_code_of_a_gift_card_is_never_said_back(shopper: Chat) -> None:
    assert shopper.say("use_code", code=CARD) == ["utter_gift_card_used"]
    assert (shopper.last["hint"], shopper.last["balance"]) == ("6789", "$20.00")
    assert CARD not in str(shopper.last)


def test_an_order_tells_what_the_gift_card_pays_and_what_is_left(shopper: Chat) -> None:
    shopper.say("use_code", code=CARD)
    shopper.slots |= {
        "ship_name": "Ada Lovelace",
        "ship_email": "ada@example.com",
        "ship_street": "12 Mill Lane",
        "ship_city": "Cambridge",
        "ship_postcode": "CB1 2AB",
        "ship_country": "GB",
    }
    assert shopper.say("check_out") == ["utter_order_summary"]
    assert "$20.00" in shopper.last["total"]
    assert shopper.say("use_code", code="TEN") == ["utter_coupon_used", "utter_order_summary"]
    assert shopper.say("affirm") == ["utter_order_placed"]
    with reading(shopper.services.sessions) as session:
        (order,) = session.scalars(select(Order))
        assert session.scalars(select(GiftCard.balance)).one() == 0
    assert order.subtotal == Decimal("34.18")
    assert order.paid == Decimal("20.00")
    assert str(order.total - order.paid) in shopper.last["total"]


@pytest.mark.parametrize("text", ["I have one", "remove it", "/use_code", "no", "优惠券"])
def test_words_are_no_codes(text: str) -> None:
    assert cart_code_said(text) is None


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (dt.timedelta(hours=2, minutes=10, seconds=59), "2 h 10 min"),
        (dt.timedelta(minutes=9), "9 min"),
        (dt.timedelta(seconds=5), "0 min"),
    ],
    ids=["hours", "minutes", "seconds"],
)
def test_the_time_that_is_left_is_counted_down(left: dt.timedelta, text: str) -> None:
    assert left_text(Labels.load(ROOT / "data/labels", "en", "en_US"), left) == text
