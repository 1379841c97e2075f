"""Two meanings that are as likely: the shopper is asked, and what was named is kept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.actions.conftest import Chat


def say(chat: Chat, between: Any, **entities: str) -> list[str]:
    found = [{"entity": name, "value": value} for name, value in entities.items()]
    message = {"text": "some words", "intent": {"name": "nlu_fallback", "confidence": 0.5}, "entities": found}
    return chat.run("action_fall_back", {**message, "between": between, "metadata": {}})


def test_each_meaning_has_a_button_that_keeps_what_was_named(chat: Chat) -> None:
    assert say(chat, ["track_order", "list_orders"], order_number="1001", language="en") == ["utter_ask_meant"]
    assert [one["title"] for one in chat.last["buttons"]] == ["Find out where an order is", "See my orders"]
    payloads = [one["payload"] for one in chat.last["buttons"]]
    assert [one.partition("{")[0] for one in payloads] == ["/track_order", "/list_orders"]
    assert json.loads(payloads[0].removeprefix("/track_order")) == {"order_number": "1001"}


def test_a_chinese_shopper_is_asked_in_chinese(chat: Chat) -> None:
    chat.slots["language"] = "zh"
    assert say(chat, ["view_cart", "check_out"]) == ["utter_ask_meant"]
    assert [one["title"] for one in chat.last["buttons"]] == ["看购物车", "去结算"]


@pytest.mark.parametrize("between", [None, [], ["track_order"], ["affirm", "deny"], ["track_order", "no_such"], 7, {}])
def test_where_two_meanings_cannot_be_named_it_admits_not_to_understand(chat: Chat, between: Any) -> None:
    assert say(chat, between) == ["utter_not_understood"]


def test_what_names_goods_is_searched_for_rather_than_asked_about(chat: Chat) -> None:
    responses = say(chat, ["view_cart", "check_out"], product="cactus", product_query="cactus")
    assert "utter_ask_meant" not in responses


def test_where_a_search_may_be_meant_it_searches_for_what_was_named(chat: Chat) -> None:
    assert say(chat, ["search_products", "ask_option"], product_query="cactus") == ["utter_found_one"]
    assert say(chat, ["search_products", "ask_option"]) == ["utter_ask_meant"]
