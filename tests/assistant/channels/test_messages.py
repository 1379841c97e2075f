"""What a shopper may send, and what comes of it."""

from __future__ import annotations

import json

import pytest

from assistant.channels.messages import clean_metadata, clean_text
from tests.assistant.channels.live import LiveServer
from tests.assistant.channels.tiny_bot import CARD


def said(server: LiveServer) -> str:
    """Give the text of the last message that reached an action."""
    return server.actions.calls[-1]["tracker"]["latest_message"]["text"]


def test_a_message_gets_its_answer_as_whole_messages(server: LiveServer) -> None:
    token = server.begin()
    greeting = server.say(token, "hello")
    assert greeting.status_code == 200
    button = {"title": "Show cameras", "payload": "/search_products"}
    assert greeting.json() == [{"text": "Hello!", "buttons": [button]}]
    (cards,) = server.say(token, "cameras").json()
    assert cards["elements"] == [CARD]
    assert cards["text"].startswith("I found 1 product")
    assert set(cards) == {"text", "elements", "image"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": ""}, "message_empty"),
        ({"text": " \n\t "}, "message_empty"),
        ({"text": "\x00\x1b"}, "message_empty"),
        ({}, "text_missing"),
        ({"text": 7}, "text_missing"),
        ({"text": ["hello"]}, "text_missing"),
        ([], "not_json"),
        ("hello", "not_json"),
    ],
    ids=str,
)
def test_a_message_without_readable_text_is_refused(server: LiveServer, body: object, code: str) -> None:
    answer = server.ask("POST", "/webhooks/web/messages", server.begin(), json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == code


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 60_000], ids=["empty", "half", "not text", "deep"])
def test_a_body_that_is_not_json_is_refused(server: LiveServer, body: bytes) -> None:
    answer = server.ask("POST", "/webhooks/web/messages", server.begin(), data=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "not_json"


@pytest.mark.parametrize("text", ["a" * 2_001, "é" * 10_000, "🎈" * 10_000], ids=["just over", "letters", "emoji"])
def test_a_message_that_is_too_long_is_answered_with_the_limit(server: LiveServer, text: str) -> None:
    answer = server.say(server.begin(), text)
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "message_too_long"
    assert answer.json()["error"]["limit"] == 2_000


@pytest.mark.parametrize("path", ["sessions", "messages", "demo-sign-in"])
def test_a_body_of_megabytes_is_not_kept(server: LiveServer, path: str) -> None:
    def endless() -> object:
        for _ in range(3_000):
            yield b"x" * 1_000

    answer = server.ask("POST", f"/webhooks/web/{path}", server.begin(), data=endless())
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "text", ["🎈🎈", "<script>alert(1)</script>", "Ada'); DROP TABLE orders;--", "你好", "a" * 2_000]
)
def test_odd_but_readable_text_is_a_message_like_any_other(server: LiveServer, text: str) -> None:
    token = server.begin()
    answer = server.say(token, text)
    assert answer.status_code == 200
    assert answer.json()
    assert server.history(token)[0] == {"role": "shopper", "text": text}


def test_control_characters_and_direction_marks_are_taken_out() -> None:
    assert clean_text("\x00he\u202ello\tthere\x7f\nyou ") == "hello there\nyou"
    assert clean_text("half \ud83d of an emoji") == "half ? of an emoji"


def test_only_known_metadata_of_a_known_form_is_kept() -> None:
    sent = {
        "locale": "en_US",
        "page": "x" * 501,
        "title": 7,
        "message_id": "12345678",
        "photo_url": "file:///etc/passwd",
    }
    assert clean_metadata(sent) == {"locale": "en_US", "message_id": "12345678"}
    assert clean_metadata("not a mapping") == {}


def test_a_conversation_begins_in_the_language_of_its_page_and_stays_in_its_own(server: LiveServer) -> None:
    token = server.begin()
    server.say(token, "/search_products", locale="zh_CN", title="看看相机")
    server.say(token, "/search_products", locale="en_US")
    server.say(server.begin(), "/search_products")
    assert [call["tracker"]["slots"]["language"] for call in server.actions.calls] == ["zh", "zh", None]
    assert server.history(token)[0] == {"role": "shopper", "text": "看看相机"}


def test_what_a_button_says_of_the_language_counts_more_than_the_page(server: LiveServer) -> None:
    server.say(server.begin(), '/add_to_cart{"language": "en"}', locale="zh")
    assert server.actions.calls[0]["tracker"]["slots"]["language"] == "en"


def test_a_button_of_the_assistant_reaches_its_action_with_its_entities(server: LiveServer) -> None:
    answer = server.say(server.begin(), '/add_to_cart{"sku": "CAM-1", "quantity": 2}')
    assert answer.json() == [{"text": "It is in your cart."}]
    entities = server.actions.calls[0]["tracker"]["latest_message"]["entities"]
    assert {entity["entity"]: entity["value"] for entity in entities} == {"sku": "CAM-1", "quantity": 2}


@pytest.mark.parametrize(
    "text",
    [
        "/restart",
        "/session_start",
        "/back",
        "/nlu_fallback",
        "/no_such_intent",
        "/add_to_cart@1.0",
        '/add_to_cart{"price": "1"}',
        '/add_to_cart{"sku": {"$gt": ""}}',
        '/add_to_cart{"sku": true}',
        '/add_to_cart{"sku": 1.5}',
        '/add_to_cart{"sku": ""}',
        '/add_to_cart{"quantity": 10000000000000}',
        "/add_to_cart" + json.dumps({"sku": "x" * 201}),
        "/add_to_cart" + json.dumps({"sku": ["x"] * 11}),
        '/add_to_cart{"sku": }',
        '/add_to_cart{"sku": "CAM\\u0000"}',
        '/add_to_cart{"sku": "CAM\\ud83d"}',
        "//add_to_cart",
        "/\n/add_to_cart",
        "/\u00a0/restart",
        "/\n/session_start",
        "/",
    ],
)
def test_a_typed_command_that_no_button_holds_is_read_as_words(server: LiveServer, text: str) -> None:
    token = server.begin()
    server.say(token, "hello")
    server.say(token, text)
    assert server.actions.calls == []
    assert server.history(token)[-2]["text"] == (text.lstrip("/\n\u00a0") or "?")
    # The conversation was not restarted: its beginning is still there.
    assert server.history(token)[0] == {"role": "shopper", "text": "hello"}


def test_the_history_tells_the_conversation_in_order_as_the_shopper_saw_it(server: LiveServer) -> None:
    token = server.begin()
    server.say(token, "cameras")
    server.say(token, CARD["buttons"][0]["payload"], title="not what the button said")
    server.say(token, '/add_to_cart{"sku": "CAM-2"}', title="Ask about this")
    server.say(token, '/add_to_cart{"sku": "CAM-3"}')
    history = server.history(token)
    assert [(message["role"], message.get("text")) for message in history] == [
        ("shopper", "cameras"),
        ("assistant", "I found 1 product:\n1. Camera"),
        ("shopper", "Add to cart"),
        ("assistant", "It is in your cart."),
        ("shopper", "Ask about this"),
        ("assistant", "It is in your cart."),
        ("assistant", "It is in your cart."),
    ]
    assert history[1]["elements"] == [CARD]
    assert not any("identity" in message or "metadata" in message for message in history)


def test_the_history_keeps_to_the_last_hundred_messages(server: LiveServer) -> None:
    token = server.begin()
    for number in range(55):
        server.say(token, f"hello {number}")
    history = server.history(token)
    assert len(history) == 100
    assert history[-2]["text"] == "hello 54"


def test_asking_again_with_the_same_message_id_does_not_do_it_twice(server: LiveServer) -> None:
    token = server.begin()
    first = server.say(token, "/add_to_cart", message_id="11111111-2222")
    again = server.say(token, "/add_to_cart", message_id="11111111-2222")
    assert again.json() == first.json()
    assert len(server.actions.calls) == 1
    server.say(server.begin(), "/add_to_cart", message_id="11111111-2222")
    assert len(server.actions.calls) == 2, "another shopper's id is another message"
