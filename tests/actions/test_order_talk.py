"""What is said of orders in the middle of a talk: several for one address, what they hold, and what never came."""

from __future__ import annotations

import pytest

from actions.bootstrap import Services
from tests.actions.conftest import Chat
from tests.actions.test_desk import place

HOME = "14 Willow Lane, Springfield, 62704"


@pytest.fixture
def two(services: Services) -> None:
    place(services, "7001", {"MOUSE": 1}, "paid")
    place(services, "7002", {"CACTUS": 1}, "paid")


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("both", ["both of them please", "两个都要改"])
def test_both_orders_go_to_one_address_one_after_the_other(chat: Chat, both: str) -> None:
    assert chat.say("change_address", "send my things to the new place") == ["utter_ask_case_order"]
    assert chat.say("inform", both, reference="both") == ["utter_ask_new_street"]
    assert chat.say("inform", f"{HOME}, USA")[-1] == "utter_ask_change_address"
    first = chat.last["number"]
    assert chat.say("affirm", "yes") == ["utter_address_changed", "utter_ask_change_address"]
    assert {first, chat.last["number"]} == {"7001", "7002"}
    assert "utter_address_changed" in chat.say("affirm", "yes")
    assert chat.say("track_order", "are both going to Willow Lane now?") == ["utter_order_addresses"]
    assert chat.last["lines"].count("14 Willow Lane") == 2


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("change_address", "I also want order 7002 sent to the new address"),
        ("change_address", "？？我没买东西啊。7002也改到同一个地址"),
        ("nlu_fallback", "And the other order? The one with the cactus"),
    ],
)
def test_one_more_order_goes_to_the_same_address(chat: Chat, intent: str, text: str) -> None:
    chat.say("change_address", f"send order 7001 to {HOME}, USA", order_number="7001")
    chat.say("affirm", "yes")

    assert chat.say(intent, text) == ["utter_ask_change_address"]
    assert (chat.last["number"], "14 Willow Lane" in chat.last["new"]) == ("7002", True)


@pytest.mark.usefixtures("two")
def test_the_other_one_named_with_the_yes_comes_next(chat: Chat) -> None:
    chat.say("change_address", f"send order 7001 to {HOME}, USA", order_number="7001")

    said = chat.say("affirm", "yes. and now the other one, same address")

    assert said == ["utter_address_changed", "utter_ask_change_address"]
    assert chat.last["number"] == "7002"


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("intent", "text"), [("ask_similar", "the same as the computer one"), ("reorder", "310012，跟刚才一样的呀")]
)
def test_an_address_that_is_asked_for_is_one_whatever_it_was_read_as(chat: Chat, intent: str, text: str) -> None:
    chat.say("change_address", f"send order 7001 to {HOME}, USA", order_number="7001")
    chat.say("affirm", "yes")
    assert chat.say("change_address", "change the address of order 7002", order_number="7002") == [
        "utter_ask_new_street"
    ]

    assert chat.say(intent, text) == ["utter_ask_change_address"]
    assert chat.last["number"] == "7002"


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("nlu_fallback", "Well it never turned up here, I've not seen any mouse"),
        ("track_order", "My parcel is marked as delivered but it isn't here, what do we do now?"),
        ("track_order", "显示已送达，可是我没收到包裹啊"),
    ],
)
def test_a_delivered_parcel_that_is_not_there_is_reported_as_a_whole(
    services: Services, chat: Chat, intent: str, text: str
) -> None:
    place(services, "7001", {"MOUSE": 1, "CACTUS": 1}, "delivered")
    chat.say("track_order", "where is order 7001", order_number="7001")

    said = chat.say(intent, text)

    assert said[0] == "utter_sorry_not_there"
    assert not {"utter_ask_problem_photo", "utter_ask_case_items"} & set(said)
    assert set(chat.slots["case"]["items"]) == {"MOUSE", "CACTUS"}


@pytest.mark.usefixtures("two")
def test_the_number_of_an_order_is_no_amount_of_money(chat: Chat) -> None:
    chat.say("add_to_cart", "add the mouse", product_query="mouse")

    assert chat.say("view_cart", "原来那单7001还剩哪几样，总共多少钱", order_number="7001") == ["utter_order"]
    assert chat.say("view_cart", "7002这单现在总共多少钱，里面还有什么") == ["utter_order"]
    assert chat.last["number"] == "7002"


@pytest.mark.usefixtures("two")
def test_what_is_in_the_cart_and_in_an_order_is_told_of_both(chat: Chat) -> None:
    chat.say("track_order", "where is order 7001", order_number="7001")
    chat.say("add_to_cart", "add the mouse", product_query="mouse")

    said = chat.say("view_cart", "what's in my cart now and what's left in that order?")

    assert [name for name in said if name in ("utter_order", "utter_cart")] == ["utter_order", "utter_cart"]


def test_the_one_order_that_has_not_come_is_meant_and_told_shorter_the_second_time(
    services: Services, chat: Chat
) -> None:
    place(services, "7001", {"MOUSE": 1}, "paid")
    place(services, "7002", {"CACTUS": 1}, "delivered")

    assert chat.say("track_order", "hi, where's my stuff") == ["utter_order"]
    assert chat.last["number"] == "7001"
    assert chat.say("track_order", "28号下的单，到底哪天能到")[-1] == "utter_order_arrival"
    assert chat.last["lead"] == ""


@pytest.mark.usefixtures("two")
def test_how_many_parcels_there_are_is_not_guessed(chat: Chat) -> None:
    chat.say("track_order", "where is order 7001", order_number="7001")

    said = chat.say("ask_option", "will it at least come all together or in two boxes?", option_value="2TB")

    assert said == ["utter_parcels_unknown"]
    assert chat.say("reorder", "那我重新买这双，能跟原来那单一起发吗，不然又要一次运费") == ["utter_new_order_alone"]
