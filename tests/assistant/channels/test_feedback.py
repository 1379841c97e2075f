"""Thumbs go to the action server in the name of a proven shopper, beside the conversation and not in it."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.channels.settings import Rate
from tests.assistant.channels.live import REPLY, LiveServer, Site, free_port

PATH = "/webhooks/web/feedback"
UP, DOWN = ({"reply": REPLY, "thumb": thumb} for thumb in ("up", "down"))


def tap(server: LiveServer, token: str | None, body: Any) -> tuple[int, Any]:
    answer = server.ask("POST", PATH, token, json=body)
    return answer.status_code, answer.json()


def test_the_page_learns_which_messages_may_be_judged_and_again_after_a_reload(site: Site) -> None:
    server = site.start()
    server.actions.writes = True
    token = server.begin()
    (written,) = server.say(token, "add it").json()
    assert written == {"text": "It is in your cart.", "feedback": REPLY}
    (worded,) = server.say(token, "hello").json()
    assert "feedback" not in worded
    named = [message.get("feedback") for message in server.history(token)]
    assert named == [None, REPLY, None, None]


def test_a_thumb_is_kept_changed_and_shown_to_its_shopper_alone(server: LiveServer) -> None:
    token, other = server.begin(), server.begin()
    assert server.ask("GET", PATH, token).json() == {}
    assert tap(server, token, UP) == (200, UP)
    assert tap(server, token, UP) == (200, UP)
    assert tap(server, token, DOWN) == (200, DOWN)
    shown = server.ask("GET", PATH, token)
    assert shown.json() == {REPLY: "down"}
    assert shown.headers["Cache-Control"] == "no-store"
    assert server.ask("GET", PATH, other).json() == {}


def test_a_thumb_is_no_part_of_the_conversation(server: LiveServer) -> None:
    token = server.begin()
    server.say(token, "add it")
    before, calls = server.history(token), len(server.actions.calls)
    tap(server, token, UP)
    assert server.history(token) == before
    assert len(server.actions.calls) == calls


@pytest.mark.parametrize(
    "body",
    [{}, {"reply": REPLY}, {"reply": 5, "thumb": "up"}, {"reply": REPLY, "thumb": ["up", "down"]},
     {"reply": REPLY, "thumb": "both"}, {"reply": REPLY, "thumb": None}],
    ids=str,
)  # fmt: skip
def test_what_is_no_thumb_is_refused_here(server: LiveServer, body: Any) -> None:
    status, answer = tap(server, server.begin(), body)
    assert (status, answer["error"]["code"]) == (400, "feedback_invalid")


@pytest.mark.parametrize(
    "name", ["", "short", "x" * 41, "x" * 5000, "../../health-of-it", "a b" * 8, "unknown-reply-id"]
)
def test_an_id_that_is_nobodys_is_gone(server: LiveServer, name: str) -> None:
    token = server.begin()
    status, answer = tap(server, token, {"reply": name, "thumb": "up"})
    assert (status, answer["error"]["code"]) == (404, "feedback_gone")
    assert server.ask("GET", PATH, token).json() == {}


def test_a_body_that_is_none_or_too_long_is_refused(server: LiveServer) -> None:
    token = server.begin()
    assert server.ask("POST", PATH, token, data=b"[1]").status_code == 400
    assert server.ask("POST", PATH, token, data=b"{").status_code == 400
    assert server.ask("POST", PATH, token, data=b"x" * 200_000).status_code == 413


@pytest.mark.parametrize("token", [None, "forged"])
def test_without_a_session_there_is_nothing_to_judge(server: LiveServer, token: str | None) -> None:
    assert tap(server, token, UP)[0] == 401
    assert server.ask("GET", PATH, token).status_code == 401


def test_taps_have_the_limit_of_messages(site: Site) -> None:
    server = site.start(message_rate=Rate(2, 60))
    token = server.begin()
    assert [tap(server, token, UP)[0] for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("mode", ["hangs", "fails", "down"])
def test_a_thumb_that_cannot_be_kept_is_a_readable_503(site: Site, mode: str, caplog: pytest.LogCaptureFixture) -> None:
    server = site.start(actions_url=f"http://127.0.0.1:{free_port()}") if mode == "down" else site.start()
    server.actions.mode = mode
    token = server.begin()
    taken = server.ask("POST", PATH, token, json=UP)
    shown = server.ask("GET", PATH, token)
    server.let_go()
    for answer in (taken, shown):
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "feedback_unavailable")
        assert answer.elapsed.total_seconds() < 5
    assert REPLY not in caplog.text
