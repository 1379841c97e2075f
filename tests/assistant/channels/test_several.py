"""A message that asks for several things is one turn: each is done in order, and nothing is lost or done twice."""

from __future__ import annotations

import time
from typing import Any

import pytest
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

from tests.assistant.channels.live import LiveServer, Site
from tests.assistant.channels.tiny_bot import CARD

APOLOGY = "Sorry, that does not work right now. Please try again in a moment."
FOUND, ADDED = "I found 1 product:\n1. Camera", "It is in your cart."
ASKS = {"pending": {"kind": "option"}}


def texts(answer: Any) -> list[str]:
    return [message["text"] for message in answer.json()]


def called(server: LiveServer) -> list[str]:
    return [call["next_action"] for call in server.actions.calls]


def told(server: LiveServer, token: str) -> list[tuple[str, str]]:
    return [(message["role"], message["text"]) for message in server.history(token)]


def test_each_request_is_answered_in_order_in_one_turn(server: LiveServer) -> None:
    token = server.begin()
    answer = server.say(token, "cameras and then add it")
    assert texts(answer) == [FOUND, ADDED]
    assert answer.json()[0]["elements"] == [CARD]
    assert called(server) == ["action_show_cards", "action_add_to_cart"]
    texts_read = [call["tracker"]["latest_message"]["text"] for call in server.actions.calls]
    assert texts_read == ["cameras", "add it"]


def test_a_reload_shows_the_message_once_as_it_was_typed(server: LiveServer) -> None:
    token = server.begin()
    server.say(token, "hello! cameras, and then add it; thanks")
    assert told(server, token) == [
        ("shopper", "hello! cameras, and then add it; thanks"),
        ("assistant", FOUND),
        ("assistant", ADDED),
    ]


def test_a_client_cannot_say_what_was_typed(server: LiveServer) -> None:
    token = server.begin()
    server.say(token, "cameras", typed="something else")
    assert told(server, token)[0] == ("shopper", "cameras")


def test_the_same_message_id_does_nothing_twice(server: LiveServer) -> None:
    token = server.begin()
    first = server.say(token, "cameras and add it", message_id="11111111-0001")
    again = server.say(token, "cameras and add it", message_id="11111111-0001")
    assert again.json() == first.json()
    assert called(server) == ["action_show_cards", "action_add_to_cart"]


@pytest.mark.parametrize("mode", ["fails", "hangs"])
def test_a_later_request_that_fails_costs_the_earlier_ones_nothing(site: Site, mode: str) -> None:
    server = site.start()
    token = server.begin()
    server.actions.mode, server.actions.only = mode, "action_show_cards"
    before = time.monotonic()
    answer = server.say(token, "add it, then cameras and then add it", message_id="11111111-0002")
    assert time.monotonic() - before < 5, "all requests share one turn's time"
    assert texts(answer) == [ADDED, APOLOGY, "Not done:\n– cameras\n– add it"]
    assert [text for role, text in told(server, token) if role == "assistant"] == texts(answer)
    server.actions.mode = "well"
    server.let_go()
    again = server.say(token, "add it, then cameras and then add it", message_id="11111111-0002")
    assert texts(again) == texts(answer), "what was done is not done twice"
    assert called(server) == ["action_add_to_cart", "action_show_cards"]


def test_where_the_first_request_fails_all_may_be_sent_again(server: LiveServer) -> None:
    token = server.begin()
    server.actions.mode = "fails"
    assert texts(server.say(token, "cameras and add it", message_id="11111111-0003")) == [APOLOGY]
    assert called(server) == ["action_show_cards"]
    server.actions.mode = "well"
    assert texts(server.say(token, "cameras and add it", message_id="11111111-0003")) == [FOUND, ADDED]


def test_an_error_in_a_later_request_is_told_like_any_failure(
    server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, handle = server.begin(), server.agent.processor.handle_message

    async def handle_but_one(message: UserMessage) -> Any:
        if message.text == "add it":
            raise RuntimeError("boom")
        return await handle(message)

    monkeypatch.setattr(server.agent.processor, "handle_message", handle_but_one)
    assert texts(server.say(token, "cameras and add it")) == [FOUND, APOLOGY, "Not done:\n– add it"]


def test_what_follows_a_question_is_done_after_its_answer(server: LiveServer) -> None:
    token = server.begin()
    server.actions.remembers = dict(ASKS)
    assert texts(server.say(token, "add it and cameras")) == [ADDED, "Later:\n– cameras"]
    assert texts(server.say(token, "hello")) == ["Hello!"]
    server.actions.remembers = {"pending": None}
    assert texts(server.say(token, "/add_to_cart", title="Size 42")) == [ADDED, FOUND]
    assert texts(server.say(token, "hello")) == ["Hello!"], "it is done once"
    assert told(server, token) == [
        ("shopper", "add it and cameras"),
        ("assistant", ADDED),
        ("assistant", "Later:\n– cameras"),
        ("shopper", "hello"),
        ("assistant", "Hello!"),
        ("shopper", "Size 42"),
        ("assistant", ADDED),
        ("assistant", FOUND),
        ("shopper", "hello"),
        ("assistant", "Hello!"),
    ]


def test_an_offer_holds_nothing_up(server: LiveServer) -> None:
    token = server.begin()
    server.actions.remembers = {"pending": {"kind": "person"}}
    assert texts(server.say(token, "add it and cameras")) == [ADDED, FOUND]


def test_what_waits_outlives_a_failure(server: LiveServer) -> None:
    token = server.begin()
    server.actions.remembers = dict(ASKS)
    server.say(token, "add it and cameras")
    server.actions.mode = "fails"
    assert texts(server.say(token, "/add_to_cart")) == [APOLOGY]
    server.actions.mode, server.actions.remembers = "well", {"pending": None}
    assert texts(server.say(token, "/add_to_cart")) == [ADDED, FOUND]


def test_a_question_that_waited_before_does_not_stop_the_rest(server: LiveServer) -> None:
    token = server.begin()
    server.actions.remembers = dict(ASKS)
    server.say(token, "cameras")
    assert texts(server.say(token, "add it and cameras")) == [ADDED, FOUND]


def test_three_requests_are_done_and_the_fourth_is_told(server: LiveServer) -> None:
    answer = server.say(server.begin(), "cameras, then add it, then cameras, then add it")
    assert texts(answer) == [FOUND, ADDED, FOUND, "Too much:\n– add it"]
    assert len(called(server)) == 3


def test_a_button_and_a_caption_are_one_request(server: LiveServer) -> None:
    token = server.begin()
    server.say(token, '/add_to_cart{"sku": "cameras and add it"}')
    server.say(token, "cameras and add it", photo_url=f"/webhooks/web/photos/{0:032d}")
    assert called(server) == ["action_add_to_cart", "action_show_cards"]


def test_a_message_with_several_requests_counts_once_for_the_rate_limit(strict_server: LiveServer) -> None:
    token = strict_server.begin()
    statuses = [strict_server.say(token, "cameras and add it").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


def test_other_channels_answer_each_request_too(server: LiveServer) -> None:
    output = CollectingOutputChannel()
    server.loop.run(server.agent.handle_message(UserMessage("cameras and add it", output, "terminal")))
    said = [message["text"] for message in output.messages if message.get("text")]
    assert (said[0], said[-1]) == (FOUND, ADDED)


def test_a_message_is_parsed_no_more_often_than_it_has_parts(
    server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []
    parse = server.agent.processor.parse_message

    async def counted(message: UserMessage, *arguments: Any, **named: Any) -> Any:
        parsed.append(message.text)
        return await parse(message, *arguments, **named)

    monkeypatch.setattr(server.agent.processor, "parse_message", counted)
    token = server.begin()
    server.say(token, "cameras")
    assert parsed == ["cameras"]
    parsed.clear()
    server.say(token, "cameras and add it")
    assert parsed == ["cameras and add it", "cameras", "add it"]
