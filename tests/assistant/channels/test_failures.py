"""What a shopper meets when a part of the house is away, slow or asked too much."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from itertools import islice

import pytest
import requests

from assistant.channels.settings import InvalidWebSettings, Rate, WebSettings, parse_origins
from assistant.channels.web import SHOPPERS_AT_AN_ADDRESS
from tests.assistant.channels.live import SECRET, SHOP_ORIGIN, LiveServer, Site, free_port

APOLOGY = {"text": "Sorry, that does not work right now. Please try again in a moment."}


@pytest.fixture
def lonely_server(site: Site) -> LiveServer:
    """A server that nothing shares, to break."""
    return site.start()


@pytest.mark.parametrize("text", ["cameras", "/add_to_cart", "where is my order"])
def test_failing_actions_bring_an_apology_and_the_next_message_works(server: LiveServer, text: str) -> None:
    token = server.begin()
    server.actions.mode = "fails"
    assert server.say(token, text).json() == [APOLOGY]
    server.actions.mode = "well"
    assert server.say(token, "hello").json()[0]["text"] == "Hello!"
    assert server.say(token, "cameras").json()[0]["elements"]


def test_a_message_that_failed_is_answered_when_it_is_sent_again(server: LiveServer) -> None:
    token = server.begin()
    server.actions.mode = "fails"
    assert server.say(token, "cameras", message_id="abcdefgh").json() == [APOLOGY]
    server.actions.mode = "well"
    assert server.say(token, "cameras", message_id="abcdefgh").json()[0]["elements"]


@pytest.mark.parametrize("text", ["cameras", "where is my order"], ids=["one action", "two actions"])
def test_hanging_actions_bring_an_apology_within_five_seconds(lonely_server: LiveServer, text: str) -> None:
    token = lonely_server.begin()
    lonely_server.actions.mode = "hangs"
    before = time.monotonic()
    assert lonely_server.say(token, text).json() == [APOLOGY]
    assert time.monotonic() - before < 5
    lonely_server.actions.mode = "well"
    lonely_server.let_go()
    assert lonely_server.say(token, "cameras").json()[0]["elements"]


def test_an_action_server_that_is_gone_brings_an_apology(
    lonely_server: LiveServer,
) -> None:
    lonely_server.agent.processor.action_endpoint.url = f"http://127.0.0.1:{free_port()}/webhook"
    token = lonely_server.begin()
    assert lonely_server.say(token, "cameras").json() == [APOLOGY]
    assert lonely_server.say(token, "hello").json()[0]["text"] == "Hello!"


def test_an_apology_stands_in_the_history_after_a_reload(server: LiveServer) -> None:
    token = server.begin()
    server.actions.mode = "fails"
    server.say(token, "cameras")
    assert server.history(token) == [{"role": "shopper", "text": "cameras"}, {"role": "assistant", **APOLOGY}]


def test_a_locked_conversation_file_holds_nobody_up_for_long_and_nothing_is_lost(lonely_server: LiveServer) -> None:
    token = lonely_server.begin()
    with closing(sqlite3.connect(lonely_server.conversations)) as other:
        other.execute("BEGIN EXCLUSIVE")
        before = time.monotonic()
        assert lonely_server.say(token, "hello").json()[0]["text"] == "Hello!"
        assert time.monotonic() - before < 2.5
    assert lonely_server.say(token, "cameras").json()[0]["elements"]
    said = [message["text"] for message in lonely_server.history(token) if message["role"] == "shopper"]
    assert said == ["hello", "cameras"]


def test_an_action_that_says_nothing_does_not_leave_the_shopper_in_silence(server: LiveServer) -> None:
    assert server.say(server.begin(), "thanks").json() == [APOLOGY]


def test_a_broken_model_brings_an_apology_and_no_stack_trace(
    lonely_server: LiveServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    words = "12 Mill Lane"

    async def broken(*_: object) -> None:
        raise RuntimeError(words) from ValueError(words)

    token = lonely_server.begin()
    monkeypatch.setattr(lonely_server.agent.processor, "run_action_extract_slots", broken)
    answer = lonely_server.say(token, "hello")
    assert (answer.status_code, answer.json()) == (200, [APOLOGY])
    assert "RuntimeError" in caplog.text, "the log says what went wrong and where"
    assert "ValueError" in caplog.text
    assert words not in caplog.text, "and not what the shopper wrote"
    monkeypatch.undo()
    assert lonely_server.say(token, "hello").json()[0]["text"] == "Hello!"


def test_a_model_that_is_not_loaded_is_said_to_be_starting(lonely_server: LiveServer, monkeypatch) -> None:
    token = lonely_server.begin()
    monkeypatch.setattr(lonely_server.agent, "processor", None)
    for answer in (lonely_server.say(token, "hello"), lonely_server.ask("GET", "/webhooks/web/health")):
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "not_ready"


def test_a_domain_without_the_apology_still_gives_a_readable_error(lonely_server: LiveServer, monkeypatch) -> None:
    monkeypatch.setattr(lonely_server.agent.nlg, "responses", {})
    lonely_server.actions.mode = "fails"
    answer = lonely_server.say(lonely_server.begin(), "cameras")
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "unavailable"


def test_a_turn_ends_well_also_when_the_browser_has_gone(server: LiveServer) -> None:
    token = server.begin()
    with pytest.raises(requests.Timeout):
        requests.post(
            f"{server.url}/webhooks/web/messages",
            json={"text": "cameras", "metadata": {"message_id": "abcdefgh"}},
            headers={"Authorization": f"Bearer {token}"},
            timeout=(5, 0.001),
        )
    assert server.say(token, "cameras", message_id="abcdefgh").json()[0]["elements"]
    assert len(server.actions.calls) == 1


def test_one_shopper_is_answered_in_turn_and_too_many_messages_at_once_are_refused(
    lonely_server: LiveServer,
) -> None:
    token, actions = lonely_server.begin(), lonely_server.actions
    actions.mode = "hangs"
    with ThreadPoolExecutor(9) as people:
        first = people.submit(lonely_server.say, token, "cameras")
        assert actions.started.wait(5)
        rest = [people.submit(lonely_server.say, token, f"hello {number}") for number in range(8)]
        refused = [answer.result() for answer in islice(as_completed(rest), 5)]
        actions.mode = "well"
        lonely_server.let_go()
        assert first.result().json()[0]["elements"]
        statuses = sorted(answer.result().status_code for answer in rest)
    assert statuses == [200] * 3 + [429] * 5
    assert refused[0].json()["error"]["code"] == "busy"
    assert refused[0].headers["Retry-After"] == "2"


def test_a_shopper_who_writes_too_fast_is_asked_to_wait_and_others_are_not(strict_server: LiveServer) -> None:
    token, other = strict_server.begin(), strict_server.begin()
    answers = [strict_server.say(token, "hello") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].json()["error"]["code"] == "too_many_requests"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 20
    assert strict_server.say(other, "hello").status_code == 200


def test_one_address_cannot_make_sessions_without_end(site: Site) -> None:
    server = site.start(session_rate=Rate(2, 3600))
    statuses = [server.ask("POST", "/webhooks/web/sessions").status_code for _ in range(3)]
    assert statuses == [201, 201, 429]


def test_one_address_cannot_write_without_end_by_taking_new_sessions(site: Site) -> None:
    server = site.start(message_rate=Rate(1, 3600))
    statuses = [server.say(server.begin(), "hello").status_code for _ in range(SHOPPERS_AT_AN_ADDRESS + 1)]
    assert statuses == [200] * SHOPPERS_AT_AN_ADDRESS + [429]


def test_one_address_cannot_sign_in_without_end(site: Site) -> None:
    server = site.start(demo=True, session_rate=Rate(2, 3600))
    token = server.begin()
    answers = [server.ask("POST", "/webhooks/web/demo-sign-in", token, json={"customer": "x"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [400, 400, 429]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/webhooks/web/nothing", 404, "not_found"),
        ("POST", "/webhooks/web/nothing/at/all", 404, "not_found"),
        ("GET", "/webhooks/web/messages", 405, "method_not_allowed"),
        ("DELETE", "/webhooks/web/history", 405, "method_not_allowed"),
    ],
)
def test_a_request_for_no_page_is_refused_as_any_other(
    server: LiveServer, method: str, path: str, status: int, code: str
) -> None:
    answer = server.ask(method, path, headers={"Origin": SHOP_ORIGIN})
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP_ORIGIN
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert ("Allow" in answer.headers) == (status == 405)


def test_what_is_not_the_channels_is_answered_by_rasa(server: LiveServer) -> None:
    answer = server.ask("GET", "/nothing")
    assert answer.status_code == 404
    assert not answer.text.startswith('{"error"')


def test_the_catalogue_is_passed_on_with_the_questions_it_knows(server: LiveServer) -> None:
    answer = server.ask(
        "GET", "/webhooks/web/catalogue?category=Home+%26+Garden&limit=5&host=evil&offset=%00&language=zh"
    )
    assert answer.json()["asked"] == {"category": "Home & Garden", "limit": "5", "language": "zh"}


@pytest.mark.parametrize("mode", ["hangs", "down"])
def test_a_catalogue_that_does_not_come_is_a_readable_503(site: Site, mode: str) -> None:
    server = site.start() if mode == "hangs" else site.start(actions_url=f"http://127.0.0.1:{free_port()}")
    server.actions.mode = mode
    answer = server.ask("GET", "/webhooks/web/catalogue")
    server.let_go()
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "catalogue_unavailable"
    assert answer.elapsed.total_seconds() < 4


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"DAOGOU_SECRET": "short"},
        {"DAOGOU_SECRET": SECRET, "DAOGOU_ALLOWED_ORIGINS": "*"},
        {"DAOGOU_SECRET": SECRET, "DAOGOU_ALLOWED_ORIGINS": "https://shop.example/path"},
        {"DAOGOU_SECRET": SECRET, "DAOGOU_MESSAGE_RATE": "many"},
        {"DAOGOU_SECRET": SECRET, "DAOGOU_SESSION_RATE": "1/0"},
    ],
    ids=str,
)
def test_settings_that_cannot_work_are_refused_by_name(variables: dict[str, str]) -> None:
    with pytest.raises(InvalidWebSettings, match="DAOGOU_"):
        WebSettings.from_environment(variables)


def test_settings_come_from_the_environment() -> None:
    settings = WebSettings.from_environment(
        {
            "DAOGOU_SECRET": SECRET,
            "DAOGOU_DEMO": "1",
            "DAOGOU_ALLOWED_ORIGINS": " https://Shop.example/ , http://localhost:8000",
            "DAOGOU_ACTIONS_URL": "http://actions:9000/webhook",
            "DAOGOU_MESSAGE_RATE": "0",
        }
    )
    assert settings.demo
    assert settings.allowed_origins == parse_origins("https://shop.example,http://localhost:8000")
    assert settings.actions_url == "http://actions:9000"
    assert settings.message_rate.count == 0
