from __future__ import annotations

import datetime as dt

import pytest

from shop.db import writing
from shop.models import Order, Shipment, utc_now
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
    assert stranger.say("track_order", order_number=number) == ["utter_order_not_found", "utter_ask_order_contact"]
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
    assert chat.say("inform", "1001")[0] == "utter_order_not_found"


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
    assert chat.say("track_order", order_number=number) == ["utter_parcel_late", "utter_order"]
    assert chat.messages[0]["date"] == "May 7, 2026"
    first, second = chat.last["shipments"].splitlines()
    assert (
        first == "Parcel with DHL, tracking number JD014: on its way. Shipped on May 4, 2026. Promised for May 7, 2026."
    )
    assert second == "Parcel with UPS, tracking number 1Z9: packed."


@pytest.mark.parametrize("number", ["1' OR '1'='1", "<b>1</b>", "9" * 5000, "🙂"])
def test_a_number_that_is_none_finds_nothing(chat: Chat, number: str) -> None:
    order(chat)
    assert chat.say("track_order", order_number=number)[0] == "utter_order_not_found"


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
    asked = ["utter_order_to_pay", "utter_order_arrival_unpaid"]
    assert chat.say("track_order", "when will it arrive?") == asked
    assert chat.messages[0]["number"] == second
    chat.say("track_order", order_number=first)
    assert chat.say("track_order", "when will it arrive?") == asked
    assert chat.messages[0]["number"] == first
    chat.say("list_orders")
    assert chat.say("track_order") == ["utter_ask_which_order"]


def test_an_order_that_was_spoken_of_and_is_another_s_now_is_not_shown(chat: Chat) -> None:
    number = order(chat)
    stranger = Chat(chat.services, "web-2")
    stranger.slots["focus_order"] = number
    assert stranger.say("track_order") == ["utter_ask_order_number"]


def placed_days_ago(chat: Chat, days: int, product: str = "cordless-mouse") -> str:
    """Place an order some days ago, at noon."""
    number = order(chat, product)
    with writing(chat.services.sessions) as session:
        row = session.query(Order).filter_by(number=number).one()
        row.placed_at = utc_now().replace(hour=12) - dt.timedelta(days=days)
    chat.slots["focus_order"] = None
    return number


def days_ago(first: int, last: int | None = None) -> str:
    today = utc_now().date()
    return "/".join(str(today - dt.timedelta(days=days)) for days in (first, first if last is None else last))


def chat_date(days: int) -> str:
    moment = utc_now() - dt.timedelta(days=days)
    return f"{moment:%B} {moment.day}, {moment.year}"


def test_orders_of_some_days_are_listed(chat: Chat) -> None:
    old, new = placed_days_ago(chat, 9), placed_days_ago(chat, 2, "cactus")
    assert chat.say("list_orders", ordered=days_ago(10, 8)) == ["utter_orders_of_days"]
    assert old in chat.last["lines"]
    assert new not in chat.last["lines"]
    chat.press(chat.payloads[0])
    assert chat.last["number"] == old


def test_the_one_order_of_a_day_is_shown_at_once(chat: Chat) -> None:
    old, new = placed_days_ago(chat, 9), placed_days_ago(chat, 2, "cactus")
    chat.slots["focus_order"] = new
    assert chat.say("track_order", ordered=days_ago(9)) == ["utter_order_to_pay"]
    assert chat.last["number"] == old


def test_of_several_orders_of_some_days_it_asks_which(chat: Chat) -> None:
    numbers = [placed_days_ago(chat, days) for days in (4, 3, 1)]
    assert chat.say("track_order", ordered=days_ago(5, 2)) == ["utter_ask_which_order"]
    assert [number in chat.last["lines"] for number in numbers] == [True, True, False]
    chat.say("inform", "the second one", ordinal="2")
    assert chat.last["number"] == numbers[0]


@pytest.mark.parametrize("intent", ["list_orders", "track_order"])
def test_days_without_an_order_are_admitted_with_the_nearest(chat: Chat, intent: str) -> None:
    numbers = [placed_days_ago(chat, days) for days in (30, 20, 2, 1)]
    assert chat.say(intent, ordered=days_ago(10)) == ["utter_no_orders_of_days"]
    assert [number in chat.last["lines"] for number in numbers] == [False, True, True, False]
    assert chat.last["days"] == chat_date(10)


def test_days_to_come_have_no_orders_yet(chat: Chat) -> None:
    number = placed_days_ago(chat, 2)
    assert chat.say("track_order", ordered=days_ago(-5)) == ["utter_orders_ahead"]
    assert number in chat.last["lines"]


def test_days_are_told_as_they_were_named(chat: Chat) -> None:
    placed_days_ago(chat, 2)
    for ordered, told in (
        (f"{days_ago(5).split('/')[0]}/..", f"{chat_date(5)} on"),
        (f"../{days_ago(0).split('/')[0]}", f"up to {chat_date(0)}"),
        (days_ago(5, 0), f"{chat_date(5)} to {chat_date(0)}"),
    ):
        chat.say("list_orders", ordered=ordered)
        assert chat.last["days"] == told


def test_another_s_order_of_the_day_is_not_told_of(chat: Chat) -> None:
    number = placed_days_ago(chat, 2)
    stranger = Chat(chat.services, "web-2")
    assert stranger.say("list_orders", ordered=days_ago(2)) == ["utter_ask_order_number"]
    assert stranger.say("track_order", ordered=days_ago(5)) == ["utter_ask_order_number"]
    assert number not in str(stranger.messages)


@pytest.mark.parametrize("ordered", ["", "yesterday", "2026-13-01/..", "' OR 1=1 --/..", "/"])
def test_days_that_are_none_are_passed_over(chat: Chat, ordered: str) -> None:
    placed_days_ago(chat, 2)
    assert chat.say("list_orders", ordered=ordered) == ["utter_orders"]


def test_a_number_counts_more_than_a_day(chat: Chat) -> None:
    old = placed_days_ago(chat, 9)
    placed_days_ago(chat, 2, "cactus")
    chat.say("track_order", ordered=days_ago(2), order_number=old)
    assert chat.last["number"] == old
