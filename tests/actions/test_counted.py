"""Goods named with a number are wanted, whatever the intent was read as; what is asked or open is left as it was."""

from __future__ import annotations

import pytest

from shop.carts import view_cart
from shop.db import reading
from shop.shoppers import Shopper
from tests.actions.conftest import Chat


def lines(chat: Chat) -> dict[str, int]:
    with reading(chat.services.sessions) as session:
        return {line.sku: line.quantity for line in view_cart(session, Shopper(chat.sender_id)).lines}


@pytest.mark.parametrize("intent", ["search_products", "inform", "nlu_fallback", "change_quantity", "recommend"])
@pytest.mark.parametrize("text", ["Wireless Optical Mouse, 2x", "2 x mouse please", "mouse x2", "two of the mouse"])
def test_a_number_beside_a_thing_wants_it(chat: Chat, intent: str, text: str) -> None:
    assert chat.say(intent, text, product="cordless-mouse", product_query="mouse") == ["utter_added_to_cart"]
    assert lines(chat) == {"MOUSE": 2}


def test_the_missing_size_is_asked(chat: Chat) -> None:
    assert chat.say("search_products", "RunX, 2x", product="runx", product_query="runx") == ["utter_ask_option"]
    chat.say("inform", "42", option_value="Size 42")

    assert lines(chat) == {"RX-42": 2}


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("do you have 2 x mouse?", {}),
        ("show me 2 x mouse", {}),
        ("2 x mouse under 50", {"price_max": "50"}),
        ("I bought 2 x mouse", {}),
        ("a mouse", {}),
    ],
)
def test_what_is_asked_sought_or_bought_is_not_added(chat: Chat, text: str, entities: dict[str, str]) -> None:
    chat.say("search_products", text, product="cordless-mouse", product_query="mouse", **entities)

    assert lines(chat) == {}


def test_what_may_be_several_things_is_shown(chat: Chat) -> None:
    chat.say("search_products", "2 x running shoes", product_query="running shoes")

    assert lines(chat) == {}


def test_a_check_out_takes_the_one_thing_spoken_of(chat: Chat) -> None:
    chat.say("show_details", "the cactus", product="cactus")
    told = chat.say("check_out", "checkout please")

    assert told == ["utter_added_to_cart", "utter_check_out_begins"]
    assert lines(chat) == {"CACTUS": 1}
    assert chat.form == "checkout_form"


def test_a_check_out_goes_on_after_the_size(chat: Chat) -> None:
    chat.say("show_details", "the RunX", product="runx")
    assert chat.say("check_out", "checkout please") == ["utter_ask_option"]
    assert chat.say("inform", "42", option_value="Size 42") == ["utter_added_to_cart", "utter_check_out_begins"]
    assert lines(chat) == {"RX-42": 1}


def test_a_check_out_asks_which_of_several_things(chat: Chat) -> None:
    chat.say("search_products", "running shoes", product_query="running shoes")

    assert chat.say("check_out", "checkout please") == ["utter_ask_which"]
    assert lines(chat) == {}


def test_a_check_out_of_nothing_finds_an_empty_cart(chat: Chat) -> None:
    assert chat.say("check_out", "checkout please") == ["utter_cart_is_empty"]


def test_what_was_taken_out_does_not_come_back(chat: Chat) -> None:
    chat.say("add_to_cart", "add the mouse", product="cordless-mouse")
    chat.say("remove_from_cart", "take it out", product="cordless-mouse")

    assert chat.say("check_out", "checkout please") == ["utter_cart_is_empty"]


def test_another_version_of_what_is_looked_at_is_no_exchange(chat: Chat) -> None:
    chat.say("show_details", "the tablet", product="tablet")
    chat.say("exchange_product", "the 128 then", option_value="128GB")

    assert lines(chat) == {"T-128": 1}


def test_a_guest_who_speaks_of_nothing_is_asked_for_the_order(chat: Chat) -> None:
    assert chat.say("exchange_product", "I want another size") == ["utter_ask_order_number"]
