"""What a message names and does not ask about, and what is said on points that no row has."""

from __future__ import annotations

import time
from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.bootstrap import Services
from actions.turn import Turn
from actions.unasked import asks_whether_included, set_aside_unasked
from tests.actions.conftest import Chat


def turn_of(chat: Chat, text: str, typed: str | None = None, **named: str) -> Turn:
    entities: list[dict[str, Any]] = [
        {
            "entity": kind,
            "value": value,
            "start": text.casefold().find(value),
            "end": text.casefold().find(value) + len(value),
        }
        for kind, value in named.items()
    ]
    message = {"text": text, "intent": {"name": "ask_option", "confidence": 1.0}, "entities": entities}
    message["metadata"] = {} if typed is None else {"typed": typed}
    tracker = Tracker(chat.sender_id, dict(chat.slots), message, [], False, None, {"name": None}, None)
    return Turn(tracker, chat.services, time.monotonic() + 60)


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("a laptop is no good. How much is the mouse?", "How much is the mouse?"),
        ("How much is the orchid, not the cactus", "How much is the orchid,"),
        ("手套不要了，滑板多少钱", "滑板多少钱"),
        ("只有黑色啊，那有没有白色的", "那有没有白色的"),
    ],
)
def test_what_is_refused_is_not_asked_about(services: Services, text: str, heard: str) -> None:
    turn = turn_of(Chat(services), text)
    set_aside_unasked(turn)
    assert turn.heard.strip() == heard
    assert turn.text.strip() == heard


@pytest.mark.parametrize(
    "text",
    [
        "Is there one for not more than 50?",
        "你们有没有不要电池的",
        "好看，是不是防水的",
        "No good?",
        "不要紧，多少钱",
    ],
)
def test_what_asks_itself_is_heard(services: Services, text: str) -> None:
    turn = turn_of(Chat(services), text)
    set_aside_unasked(turn)
    assert turn.heard == text


@pytest.mark.parametrize(
    ("text", "named"),
    [("Does it work with my laptop?", "laptop"), ("它能接在电脑上吗", "电脑"), ("Is a mouse included?", "mouse")],
)
def test_what_something_goes_with_is_named_and_not_asked_about(services: Services, text: str, named: str) -> None:
    chat = Chat(services)
    chat.say("show_details", product="tablet")
    turn = turn_of(chat, text, product_query=named)
    set_aside_unasked(turn)
    assert turn.entities("product_query") == []
    # What is asked, such as whether it works with that, is still read.
    assert turn.text == text


def test_with_nothing_else_to_ask_about_it_is_what_is_meant(services: Services) -> None:
    turn = turn_of(Chat(services), "What works with a laptop?", product_query="laptop")
    set_aside_unasked(turn)
    assert turn.entities("product_query") == ["laptop"]


def test_words_of_goods_are_left_out_one_by_one(services: Services) -> None:
    turn = turn_of(
        Chat(services), "I meant the orchid, not the cactus. Is it big?", product_query="orchid, not the cactus"
    )
    set_aside_unasked(turn)
    assert "cactus" not in turn.entities("product_query")[0]


def test_goods_that_are_named_ahead_of_what_is_asked_of_them_are_not_looked_for(services: Services) -> None:
    chat = Chat(services)
    chat.say("show_details", product="tablet")
    assert asks_whether_included(turn_of(chat, "A mouse.", "A mouse. Is a mouse included?", product_query="mouse"))
    assert not asks_whether_included(turn_of(chat, "A mouse.", "A mouse. And a laptop?", product_query="mouse"))


def test_a_point_without_a_word_in_any_text_is_named(services: Services) -> None:
    chat = Chat(services)
    chat.say("show_details", product="cactus")
    assert chat.say("ask_option", "how often do I water it?", reference="it") == ["utter_points_not_stated"]
    assert chat.last["points"] == "watering"


def test_how_a_plant_is_kept_is_answered_whatever_it_was_read_as(services: Services) -> None:
    for intent in ("ask_goes_with", "search_products", "ask_policy", "reorder"):
        chat = Chat(services)
        responses = chat.say(intent, "does the cactus like the sun or the shade?", product="cactus")
        assert responses == ["utter_points_not_stated"], intent


def test_a_plant_that_is_looked_for_is_no_question_of_one(services: Services) -> None:
    chat = Chat(services)
    chat.say("show_details", product="orchid")
    responses = chat.say("search_products", "show me a plant that likes the shade", product_query="plant")
    assert "utter_points_not_stated" not in responses
