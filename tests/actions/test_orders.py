from __future__ import annotations

import datetime as dt

import pytest

from shop.db import writing
from shop.models import Order, Shipment
from tests.actions.conftest import Chat


def order(chat: Chat, product: str = "cordless-mouse") -> str:
    chat.say("add_to_cart", product=product)
    chat.fill_address()
    chat.run("action_show_order_summary", {"text": "GB"})
    chat.say("affirm")
    return str(chat.last["number"])


def test_the_only_order_needs_no_number(chat: Chat) -> None:
    number = order(chat)
    assert chat.say("track_order") == ["utter_order_to_pay"]
    assert chat.last["number"] == number
    assert chat.last["state"] == "waiting for payment"
    assert chat.last["lines"] == "- 1 × Wireless Optical Mouse"


@pytest.mark.parametrize("text", ["{}", "#{}", "order {}"])
def test_an_order_is_found_by_its_number_however_it_is_written(chat: Chat, text: str) -> None:
    number = order(chat)
    assert chat.say("track_order", order_number=text.format(number)) == ["utter_order_to_pay"]


def test_another_s_order_is_as_unknown_as_none(chat: Chat) -> None:
    number = order(chat)
    stranger = Chat(chat.services, "web-2")
    assert stranger.say("track_order", order_number=number) == ["utter_order_not_found"]
    other = dict(stranger.last)
    stranger.say("track_order", order_number="999999")
    assert stranger.last == other


def test_of_several_orders_it_asks_which(chat: Chat) -> None:
    first, second = order(chat), order(chat, "cactus")
    chat.slots["focus_order"] = None
    assert chat.say("track_order") == ["utter_ask_which_order"]
    assert chat.say("inform", first, quantity=first) == ["utter_order_to_pay"]
    assert chat.last["number"] == first
    chat.say("list_orders")
    chat.say("inform", "the first one", ordinal="1")
    assert chat.last["number"] == second
    chat.say("list_orders")
    chat.press(chat.payloads[1])
    assert chat.last["number"] == first


def test_without_orders_it_asks_for_a_number(chat: Chat) -> None:
    assert chat.say("track_order") == ["utter_ask_order_number"]
    assert chat.say("inform", "1001") == ["utter_order_not_found"]


def test_orders_are_listed_newest_first(chat: Chat) -> None:
    first, second = order(chat), order(chat, "cactus")
    chat.say("list_orders")
    assert [line.split(",")[0] for line in chat.last["lines"].splitlines()] == [second, first]


def test_no_orders_are_admitted(chat: Chat) -> None:
    assert chat.say("list_orders") == ["utter_no_orders"]


def test_parcels_are_told_with_the_dates_that_rows_hold(chat: Chat) -> None:
    number = order(chat)
    with writing(chat.services.sessions) as session:
        row = session.query(Order).filter_by(number=number).one()
        row.state, row.payment_state, row.paid = "shipped", "paid", row.total
        row.shipments.append(
            Shipment(
                carrier="DHL",
                tracking_number="JD014",
                state="in_transit",
                shipped_at=dt.datetime(2026, 5, 4, tzinfo=dt.timezone.utc),
                promised_at=dt.datetime(2026, 5, 7, tzinfo=dt.timezone.utc),
            )
        )
        row.shipments.append(Shipment(carrier="UPS", tracking_number="1Z9", state="packed"))
    assert chat.say("track_order", order_number=number) == ["utter_order"]
    first, second = chat.last["shipments"].splitlines()
    assert (
        first == "Parcel with DHL, tracking number JD014: on its way. Shipped on May 4, 2026. Promised for May 7, 2026."
    )
    assert second == "Parcel with UPS, tracking number 1Z9: packed."


@pytest.mark.parametrize("number", ["1' OR '1'='1", "<b>1</b>", "9" * 5000, "🙂"])
def test_a_number_that_is_none_finds_nothing(chat: Chat, number: str) -> None:
    order(chat)
    assert chat.say("track_order", order_number=number) == ["utter_order_not_found"]


def test_the_latest_is_the_newest(chat: Chat) -> None:
    order(chat)
    second = order(chat, "cactus")
    chat.say("list_orders")
    chat.say("inform", "the latest", sort="newest")
    assert chat.last["number"] == second


def test_a_bare_order_number_needs_no_question(chat: Chat) -> None:
    number = order(chat)
    assert chat.say("inform", f"#{number}", order_number=number) == ["utter_order_to_pay"]


def test_without_a_number_the_order_last_spoken_of_is_meant(chat: Chat) -> None:
    first, second = order(chat), order(chat, "cactus")
    chat.say("track_order", "when will it arrive?")
    assert chat.last["number"] == second
    chat.say("track_order", order_number=first)
    assert chat.say("track_order", "when will it arrive?") == ["utter_order_to_pay"]
    assert chat.last["number"] == first
    chat.say("list_orders")
    assert chat.say("track_order") == ["utter_ask_which_order"]


def test_an_order_that_was_spoken_of_and_is_another_s_now_is_not_shown(chat: Chat) -> None:
    number = order(chat)
    stranger = Chat(chat.services, "web-2")
    stranger.slots["focus_order"] = number
    assert stranger.say("track_order") == ["utter_ask_order_number"]
