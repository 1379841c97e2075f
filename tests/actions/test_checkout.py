from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import jwt
import pytest
from sqlalchemy import select, update

from actions.bootstrap import Services
from actions.checkout import SLOTS
from shop.db import reading, writing
from shop.models import Order, Variant
from tests.actions.conftest import SECRET, Chat

FIELDS = {
    "ship_name": "Jo Doe",
    "ship_email": "jo@example.com",
    "ship_street": "1 High Street",
    "ship_city": "Leeds",
    "ship_postcode": "LS1 4AB",
    "ship_country": "United Kingdom",
}


def placed(chat: Chat) -> list[Order]:
    with reading(chat.services.sessions) as session:
        return list(session.scalars(select(Order)))


def change(chat: Chat, sku: str, **values: Any) -> None:
    with writing(chat.services.sessions) as session:
        session.execute(update(Variant).where(Variant.sku == sku).values(**values))


def write(chat: Chat, slot: str, text: str, intent: str = "inform", confidence: float = 0.99) -> list[str]:
    """Answer the form: Rasa sets requested_slot and calls the validation."""
    chat.slots["requested_slot"] = slot
    chat.form = "checkout_form"
    message = {"text": text, "intent": {"name": intent, "confidence": confidence}, "entities": [], "metadata": {}}
    return chat.run("validate_checkout_form", message)


@pytest.fixture
def ready(chat: Chat) -> Chat:
    """A guest with a mouse in the cart and an address, who has seen the summary."""
    chat.say("add_to_cart", product="cordless-mouse", quantity="2")
    chat.fill_address()
    assert chat.run("action_show_order_summary", {"text": "GB"}) == ["utter_order_summary"]
    return chat


def customer(services: Services, public_id: str) -> Chat:
    expires = dt.datetime.now(dt.timezone.utc) + dt.timedelta(minutes=5)
    claims = {"aud": "daogou-actions", "sub": "web-1", "exp": expires, "customer": public_id}
    return Chat(services, metadata={"identity": jwt.encode(claims, SECRET, "HS256")})


def test_a_guest_is_asked_for_an_address(chat: Chat) -> None:
    chat.say("add_to_cart", product="cordless-mouse")
    assert chat.say("check_out") == ["utter_check_out_begins"]
    assert chat.form == "checkout_form"


def test_every_field_is_taken_and_normalised(chat: Chat) -> None:
    for slot, text in FIELDS.items():
        assert write(chat, slot, text) == []
    assert [chat.slots[slot] for slot in SLOTS] == [*list(FIELDS.values())[:-1], "GB"]


@pytest.mark.parametrize(
    ("slot", "text"),
    [
        ("ship_email", "not an address"),
        ("ship_email", "a@b"),
        ("ship_country", "Atlantis"),
        ("ship_name", "<script>alert(1)</script>"),
        ("ship_name", ""),
        ("ship_street", "x" * 10_000),
    ],
)
def test_a_field_that_cannot_be_used_is_asked_for_again(chat: Chat, slot: str, text: str) -> None:
    assert write(chat, slot, text) == [f"utter_invalid_{SLOTS[slot]}"]
    assert chat.slots[slot] is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("how long does delivery take?", "ask_policy"),
        ("show my cart", "view_cart"),
        ("cancel", "cancel"),
        ("start over", "cancel"),
        ("show me tents", "search_products"),
        ("what?", "inform"),
        ("/view_cart", "view_cart"),
    ],
)
def test_an_interruption_is_not_taken_as_a_field(chat: Chat, text: str, intent: str) -> None:
    assert write(chat, "ship_street", text, intent) == []
    assert "ship_street" not in chat.slots


@pytest.mark.parametrize(
    ("text", "intent", "confidence"),
    [
        ("5 Boxing Glove Lane", "search_products", 0.4),
        ("12 Returns Road", "ask_policy", 0.6),
        ("Rue de la Paix 3", "nlu_fallback", 0.9),
        ("Karl-Marx-Allee 1", "out_of_scope", 0.95),
    ],
)
def test_an_address_is_a_field_whatever_it_is_mistaken_for(
    chat: Chat, text: str, intent: str, confidence: float
) -> None:
    write(chat, "ship_street", text, intent, confidence)
    assert chat.slots["ship_street"] == text


def test_an_e_mail_address_is_one_whatever_it_is_mistaken_for(chat: Chat) -> None:
    write(chat, "ship_email", "cart@example.com", "view_cart")
    assert chat.slots["ship_email"] == "cart@example.com"


def test_the_form_takes_nothing_when_it_has_asked_nothing(chat: Chat) -> None:
    assert chat.run("validate_checkout_form", {"text": "check out", "intent": {"name": "check_out"}}) == []
    assert not set(chat.slots) & set(SLOTS)


def test_the_summary_tells_lines_delivery_days_and_total(ready: Chat) -> None:
    assert ready.last["lines"] == "1. Wireless Optical Mouse: 2 × $18.99 = $37.98"
    assert (ready.last["subtotal"], ready.last["delivery_price"], ready.last["total"]) == ("$37.98", "$4.90", "$42.88")
    assert ready.last["days"] == "2 to 4 working days"
    assert placed(ready) == []


def test_a_yes_places_the_order_and_hands_over_to_payment(ready: Chat) -> None:
    assert ready.say("affirm") == ["utter_order_placed"]
    (order,) = placed(ready)
    assert (order.state, order.payment_state, order.email) == ("waiting_for_payment", "pending", "jo@example.com")
    assert ready.last["link"] == f"https://pay.example.com/orders/{order.number}"
    assert ready.last["total"] == "$42.88"


def test_two_yeses_place_one_order(ready: Chat) -> None:
    ready.say("affirm")
    assert ready.say("affirm") == ["utter_nothing_to_confirm"]
    assert len(placed(ready)) == 1


def test_the_same_yes_sent_twice_at_once_places_one_order(ready: Chat) -> None:
    before = dict(ready.slots)
    ready.say("affirm")
    first = ready.last["number"]
    ready.slots = before
    assert ready.say("affirm") == ["utter_order_placed"]
    assert ready.last["number"] == first
    assert len(placed(ready)) == 1


def test_the_address_is_forgotten_after_the_order(ready: Chat) -> None:
    ready.say("affirm")
    assert not any(ready.slots[slot] for slot in SLOTS)


def test_a_no_orders_nothing_and_keeps_the_cart(ready: Chat) -> None:
    assert ready.say("deny") == ["utter_order_not_placed"]
    ready.say("affirm")
    assert placed(ready) == []
    assert ready.say("view_cart") == ["utter_cart"]


def test_a_price_that_fell_is_shown_and_asked_again(ready: Chat) -> None:
    change(ready, "MOUSE", price=Decimal("9.99"))
    assert ready.say("affirm") == ["utter_cart_changed", "utter_order_summary"]
    assert placed(ready) == []
    assert "$9.99" in ready.last["lines"]
    assert ready.say("affirm") == ["utter_order_placed"]


def test_a_price_that_rose_is_the_one_that_the_summary_told(ready: Chat) -> None:
    total = ready.last["total"]
    change(ready, "MOUSE", price=Decimal("29.99"))
    assert ready.say("affirm") == ["utter_order_placed"]
    assert ready.last["total"] == total


def test_a_cart_that_changed_is_shown_and_asked_again(ready: Chat) -> None:
    pending = ready.slots["pending"]
    ready.say("add_to_cart", product="cactus")
    ready.slots["pending"] = pending
    assert ready.say("affirm") == ["utter_cart_changed", "utter_order_summary"]
    assert placed(ready) == []


def test_stock_that_went_meanwhile_is_told_and_nothing_is_ordered(ready: Chat) -> None:
    change(ready, "MOUSE", stock=1)
    assert ready.say("affirm") == ["utter_not_enough_stock"]
    assert placed(ready) == []
    change(ready, "MOUSE", stock=0)
    assert ready.say("check_out") == ["utter_out_of_stock"]


def test_a_yes_after_something_else_orders_nothing(ready: Chat) -> None:
    ready.say("search_products", product_query="laptop")
    assert ready.say("affirm") == ["utter_nothing_to_confirm"]
    assert placed(ready) == []


def test_a_policy_question_before_the_yes_does_not_disturb_it(ready: Chat) -> None:
    ready.say("ask_policy", "how do I return something?")
    assert ready.say("affirm") == ["utter_order_placed"]


def test_cancel_forgets_the_address_and_keeps_the_cart(ready: Chat) -> None:
    assert ready.say("cancel") == ["utter_checkout_stopped"]
    assert not any(ready.slots[slot] for slot in SLOTS)
    assert ready.say("view_cart") == ["utter_cart"]


def test_an_address_that_was_entered_is_shown_again_in_the_summary(ready: Chat) -> None:
    ready.say("deny")
    assert ready.say("check_out") == ["utter_order_summary"]
    assert ready.say("affirm") == ["utter_order_placed"]


def test_a_customer_is_offered_the_own_address(services: Services) -> None:
    ada = customer(services, "ada")
    ada.say("add_to_cart", product="cordless-mouse")
    assert ada.say("check_out") == ["utter_ask_use_address"]
    assert ada.last["address"] == "Ada Lovelace, 1 Main Street, N1 9GU London, United Kingdom"
    assert ada.say("affirm") == ["utter_order_summary"]
    assert ada.say("affirm") == ["utter_order_placed"]
    (order,) = placed(ada)
    assert (order.email, order.ship_city, order.customer_id) == ("ada@example.com", "London", 1)


def test_a_customer_may_give_another_address(services: Services) -> None:
    ada = customer(services, "ada")
    ada.say("add_to_cart", product="cordless-mouse")
    ada.say("check_out")
    ada.say("deny")
    assert ada.form == "checkout_form"
    assert (ada.slots["ship_street"], ada.slots["ship_email"]) == (None, "ada@example.com")


def test_a_customer_without_an_address_is_asked_for_what_is_missing(services: Services) -> None:
    bo = customer(services, "bo")
    bo.say("add_to_cart", product="cordless-mouse")
    assert bo.say("check_out") == ["utter_check_out_begins"]
    assert (bo.slots["ship_name"], bo.slots["ship_email"], bo.slots.get("ship_city")) == (
        "Bo Ek",
        "bo@example.com",
        None,
    )


def test_a_customer_who_is_gone_is_told(services: Services) -> None:
    gone = customer(services, "nobody")
    gone.say("add_to_cart", product="cordless-mouse")
    assert gone.say("check_out") == ["utter_account_not_found"]


def test_a_no_in_the_form_says_how_to_stop(chat: Chat) -> None:
    chat.form = "checkout_form"
    assert chat.say("deny") == ["utter_checkout_waits"]


@pytest.mark.parametrize("next_one", [None, "bo"], ids=["a guest", "another customer"])
def test_what_one_customer_entered_is_not_shown_to_the_next(services: Services, next_one: str | None) -> None:
    chat = customer(services, "ada")
    chat.say("add_to_cart", product="cordless-mouse")
    chat.say("check_out")
    assert chat.say("affirm") == ["utter_order_summary"]
    chat.metadata = customer(services, next_one).metadata if next_one else {}
    assert chat.say("affirm") == ["utter_nothing_to_confirm"]
    assert chat.say("check_out") == ["utter_cart_is_empty"]
    assert chat.say("add_to_cart", product="cactus") == ["utter_added_to_cart"]
    assert chat.say("check_out") == ["utter_check_out_begins"]
    assert chat.slots["ship_street"] is None
    assert placed(chat) == []


def test_a_guest_who_signs_in_goes_on_with_cart_and_search(services: Services) -> None:
    chat = Chat(services)
    chat.say("add_to_cart", product="cordless-mouse")
    chat.say("search_products", product_query="running shoe")
    chat.fill_address()
    chat.metadata = customer(services, "ada").metadata
    assert chat.say("sort_results", sort="price_asc") == ["utter_found_all"]
    assert chat.say("check_out") == ["utter_ask_use_address"]
    assert chat.last["email"] == "ada@example.com"
