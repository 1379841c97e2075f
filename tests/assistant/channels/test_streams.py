"""An answer comes line by line to whoever asks for it: the first message before the last one is made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from assistant.channels.settings import Rate
from tests.assistant.channels.live import SHOP_ORIGIN, LiveServer, Site

NDJSON = "application/x-ndjson"
PATH = "/webhooks/web/messages"
CART = {"text": "It is in your cart."}


@contextmanager
def streaming(server: LiveServer, token: str | None, text: Any, **metadata: Any) -> Iterator[requests.Response]:
    """Send a message and read the answer as it comes."""
    headers = {"Accept": NDJSON, **({"Authorization": f"Bearer {token}"} if token else {})}
    body = {"text": text, "metadata": metadata}
    with requests.post(f"{server.url}{PATH}", json=body, headers=headers, timeout=30, stream=True) as answer:
        yield answer


def lines(answer: requests.Response) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in answer.iter_lines(chunk_size=1))


def test_the_first_message_arrives_while_the_last_is_still_made(server: LiveServer) -> None:
    server.actions.mode, server.actions.only = "hangs", "action_show_cards"
    server.actions.release.clear()
    with streaming(server, server.begin(), "add it, and cameras") as answer:
        said = lines(answer)
        assert next(said) == CART
        # The second request has no answer before this.
        server.let_go()
        (last,) = list(said)
    assert last["elements"]
    assert answer.headers["Content-Type"] == NDJSON
    assert answer.headers["Cache-Control"] == "no-store"


def test_line_by_line_the_same_is_said(server: LiveServer) -> None:
    whole = server.say(server.begin(), "add it, and cameras").json()
    with streaming(server, server.begin(), "add it, and cameras") as answer:
        assert list(lines(answer)) == whole


def test_the_same_message_again_gives_the_same_lines_and_does_nothing_twice(server: LiveServer) -> None:
    token = server.begin()
    with streaming(server, token, "add it", message_id="m-12345678") as answer:
        first = list(lines(answer))
    with streaming(server, token, "add it", message_id="m-12345678") as answer:
        assert list(lines(answer)) == first == [CART]
    assert server.say(token, "add it", message_id="m-12345678").json() == first
    assert len(server.actions.calls) == 1


def test_a_turn_goes_on_when_the_reader_goes_away(server: LiveServer) -> None:
    server.actions.mode, server.actions.only = "hangs", "action_show_cards"
    server.actions.release.clear()
    token = server.begin()
    with streaming(server, token, "add it, and cameras", message_id="m-12345678") as answer:
        assert next(lines(answer)) == CART
    server.let_go()
    again = server.say(token, "add it, and cameras", message_id="m-12345678").json()
    assert again[0] == CART
    assert len(again) == 2
    assert [call["next_action"] for call in server.actions.calls].count("action_add_to_cart") == 1


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [("", 400, "message_empty"), (5, 400, "text_missing"), ("x" * 2_001, 413, "message_too_long")],
    ids=["empty", "no text", "long"],
)
def test_a_refusal_has_its_status(server: LiveServer, text: Any, status: int, code: str) -> None:
    with streaming(server, server.begin(), text) as answer:
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_who_has_no_session_or_is_too_fast_is_refused(site: Site) -> None:
    server = site.start(message_rate=Rate(1, 60))
    with streaming(server, None, "hello") as answer:
        assert answer.status_code == 401
    token = server.begin()
    for status in (200, 429):
        with streaming(server, token, "hello") as answer:
            assert answer.status_code == status


def test_an_action_that_fails_is_apologised_for_in_a_line(server: LiveServer) -> None:
    server.actions.mode, server.actions.only = "fails", "action_show_cards"
    with streaming(server, server.begin(), "cameras") as answer:
        assert [message["text"] for message in lines(answer)] == [
            "Sorry, that does not work right now. Please try again in a moment."
        ]


def test_a_page_of_the_shop_may_read_the_lines(server: LiveServer) -> None:
    headers = {"Accept": NDJSON, "Origin": SHOP_ORIGIN, "Authorization": f"Bearer {server.begin()}"}
    answer = requests.post(f"{server.url}{PATH}", json={"text": "hello"}, headers=headers, timeout=30)
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP_ORIGIN
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
