"""The row of recommendations: who asks is proven to the action server, and nothing but their taste is passed on."""

from __future__ import annotations

import time

import jwt
import pytest

from assistant.channels.settings import Rate
from tests.assistant.channels.live import SECRET, LiveServer, Site, free_port

PATH = "/webhooks/web/for-you"


def test_the_action_server_learns_from_a_short_signed_token_who_asks(server: LiveServer) -> None:
    token = server.begin()
    signed_in = server.ask("POST", "/webhooks/web/demo-sign-in", token, json={"customer": "demo-ada"}).json()["session"]
    answer = server.ask("GET", f"{PATH}?customer=demo-bo", signed_in, headers={"X-Customer": "demo-bo"})
    claims = answer.json()["claims"]
    assert claims["sub"] == jwt.decode(token, SECRET, ["HS256"], audience="daogou-web")["sub"]
    assert claims["customer"] == "demo-ada"
    assert claims["exp"] - time.time() <= 300
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json"


def test_a_guest_gets_a_row_too(server: LiveServer) -> None:
    answer = server.ask("GET", PATH, server.begin())
    assert answer.json()["cards"] == []
    assert "customer" not in answer.json()["claims"]
    assert answer.json()["asked"] == {"slots": {}}


def test_of_a_conversation_only_the_shoppers_taste_is_passed_on(server: LiveServer) -> None:
    token = server.begin()
    server.actions.remembers.update(wishes={"price_max": "50"}, ship_street="12 Mill Lane")
    server.say(token, "add it")
    assert server.ask("GET", PATH, token).json()["asked"] == {"slots": {"wishes": {"price_max": "50"}}}
    assert server.ask("GET", PATH, server.begin()).json()["asked"] == {"slots": {}}


@pytest.mark.parametrize(("asked", "passed_on"), [("zh", {"language": "zh"}), ("zh-CN", {}), ("<b>", {}), ("", {})])
def test_the_row_is_asked_for_in_the_language_of_the_page(
    server: LiveServer, asked: str, passed_on: dict[str, str]
) -> None:
    answer = server.ask("GET", PATH, server.begin(), params={"language": asked})
    assert answer.json()["asked"] == {"slots": {}, **passed_on}


@pytest.mark.parametrize("mode", ["hangs", "fails", "down"])
def test_a_row_that_does_not_come_is_a_readable_503(site: Site, mode: str, caplog: pytest.LogCaptureFixture) -> None:
    server = site.start(actions_url=f"http://127.0.0.1:{free_port()}") if mode == "down" else site.start()
    server.actions.mode = mode
    answer = server.ask("GET", PATH, server.begin())
    server.let_go()
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "for_you_unavailable"
    assert answer.elapsed.total_seconds() < 4
    assert "/for-you does not answer" in caplog.text
    assert "Bearer" not in caplog.text, "a token stays out of the log"


def test_who_reloads_without_end_is_asked_to_wait(site: Site) -> None:
    server = site.start(read_rate=Rate(2, 3600))
    token = server.begin()
    assert [server.ask("GET", PATH, token).status_code for _ in range(3)] == [200, 200, 429]
    assert server.ask("GET", PATH, server.begin()).status_code == 200
