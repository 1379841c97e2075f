"""Who may chat as whom."""

from __future__ import annotations

import base64
import json
import time

import jwt
import pytest

from assistant.channels.errors import Unauthorized
from assistant.channels.tokens import SESSION_SECONDS, Session, Tokens
from tests.assistant.channels.live import SECRET, LiveServer, sign

SHOPPER = "web-" + "a" * 32


def claims(**changes: object) -> dict[str, object]:
    good = {"aud": "daogou-web", "sub": SHOPPER, "exp": int(time.time()) + 600, **changes}
    return {name: value for name, value in good.items() if value is not None}


def unsigned() -> str:
    def part(content: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims())}."


REFUSED = {
    "signed with another secret": (
        sign(secret="another secret, as long as ours", **claims()),
        "session_invalid",
    ),
    "not signed at all": (unsigned(), "session_invalid"),
    "signed with another algorithm": (sign("HS512", SECRET, **claims()), "session_invalid"),
    "expired": (sign(**claims(exp=int(time.time()) - 60)), "session_expired"),
    "without an end": (sign(**claims(exp=None)), "session_invalid"),
    "made for the action server": (sign(**claims(aud="daogou-actions")), "session_invalid"),
    "without an audience": (sign(**claims(aud=None)), "session_invalid"),
    "without a subject": (sign(**claims(sub=None)), "session_invalid"),
    "of a guessable shopper": (sign(**claims(sub="web-1")), "session_invalid"),
    "of another channel": (sign(**claims(sub="telegram-" + "a" * 32)), "session_invalid"),
    "with a strange customer": (sign(**claims(customer="'; DROP TABLE orders; --")), "session_invalid"),
    "not a token": ("not.a.token", "session_invalid"),
    "empty": ("", "session_missing"),
}


@pytest.mark.parametrize(("token", "code"), REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.parametrize("path", ["messages", "history", "for-you", "demo-sign-in"])
def test_a_session_token_is_refused_when_it_is(server: LiveServer, path: str, token: str, code: str) -> None:
    method = "GET" if path in ("history", "for-you") else "POST"
    answer = server.ask(method, f"/webhooks/web/{path}", token, json={"text": "hello", "customer": "demo-ada"})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == code
    assert "Traceback" not in answer.text
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_changed_by_one_character_is_refused(server: LiveServer) -> None:
    header, body, signature = server.begin().split(".")
    forged = f"{header}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    assert server.say(forged, "hello").status_code == 401


def test_no_two_sessions_are_alike_and_each_says_when_it_ends(server: LiveServer) -> None:
    answers = [server.ask("POST", "/webhooks/web/sessions") for _ in range(5)]
    assert {answer.status_code for answer in answers} == {201}
    subjects = {jwt.decode(a.json()["session"], SECRET, ["HS256"], audience="daogou-web")["sub"] for a in answers}
    assert len(subjects) == 5
    assert all(answer.json()["expires_at"].endswith("Z") for answer in answers)


def test_a_session_is_good_until_its_end_and_not_after() -> None:
    tokens = Tokens(SECRET)
    session = Session.begin()
    fresh = tokens.sign_session(session, now=time.time() - SESSION_SECONDS + 60)
    assert tokens.read_session(f"Bearer {fresh.token}") == session


OLD = "an older secret of thirty-two characters or more"


def test_a_session_outlives_the_secret_that_signed_it_while_that_is_listed() -> None:
    session = Session.begin()
    kept = Tokens(OLD).sign_session(session)
    rotated = Tokens(SECRET, [OLD])
    assert rotated.read_session(f"Bearer {kept.token}") == session
    assert rotated.may_read(session, Tokens(OLD).sign_identity(session))
    # What is signed from now on needs the old one no longer.
    assert Tokens(SECRET).read_session(f"Bearer {rotated.sign_session(session).token}") == session
    with pytest.raises(Unauthorized):
        Tokens(SECRET).read_session(f"Bearer {kept.token}")


def test_a_session_is_good_for_some_seconds_more_where_clocks_differ() -> None:
    tokens, session = Tokens(SECRET), Session.begin()
    over = tokens.sign_session(session, now=time.time() - SESSION_SECONDS - 3)
    assert tokens.read_session(f"Bearer {over.token}") == session


def test_the_action_server_gets_a_short_lived_identity_and_nothing_the_client_claims(server: LiveServer) -> None:
    token = server.begin()
    server.say(token, "cameras", identity="forged", sender="web-somebody-else", locale="en_US", page="/p", evil="x")
    (call,) = server.actions.calls
    metadata = call["tracker"]["latest_message"]["metadata"]
    assert set(metadata) == {"identity", "locale", "page"}
    identity = jwt.decode(metadata["identity"], SECRET, ["HS256"], audience="daogou-actions")
    session = jwt.decode(token, SECRET, ["HS256"], audience="daogou-web")
    assert identity["sub"] == call["sender_id"] == session["sub"]
    assert "customer" not in identity
    assert identity["exp"] - time.time() <= 300


def test_a_demo_customer_keeps_the_conversation_and_signs_each_message(server: LiveServer) -> None:
    guest = server.begin()
    server.say(guest, "hello")
    answer = server.ask("POST", "/webhooks/web/demo-sign-in", guest, json={"customer": "demo-ada"})
    assert answer.status_code == 200
    signed_in = answer.json()["session"]
    assert server.history(signed_in) == server.history(guest)
    server.say(signed_in, "cameras")
    identity = server.actions.calls[-1]["tracker"]["latest_message"]["metadata"]["identity"]
    assert jwt.decode(identity, SECRET, ["HS256"], audience="daogou-actions")["customer"] == "demo-ada"


def test_a_token_from_before_the_sign_in_does_not_read_what_the_customer_said(server: LiveServer) -> None:
    guest = server.begin()
    server.say(guest, "hello")
    before = server.history(guest)
    ada, bo = (
        server.ask("POST", "/webhooks/web/demo-sign-in", guest, json={"customer": name}).json()["session"]
        for name in ("demo-ada", "demo-bo")
    )
    server.say(ada, "cameras")
    assert server.history(guest) == server.history(bo) == before
    assert [message["text"] for message in server.history(ada)[2:]] == ["cameras", "I found 1 product:\n1. Camera"]


def test_one_conversation_never_passes_to_another_customer(server: LiveServer) -> None:
    ada = server.ask("POST", "/webhooks/web/demo-sign-in", server.begin(), json={"customer": "demo-ada"})
    answer = server.ask("POST", "/webhooks/web/demo-sign-in", ada.json()["session"], json={"customer": "demo-bo"})
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "already_signed_in"


@pytest.mark.parametrize("customer", [None, "", 7, {"a": 1}, "a b", "x" * 65, "../etc", "ada", "cust-1001", "demo-"])
def test_only_the_invented_customers_of_the_demo_can_be_signed_in_as(server: LiveServer, customer: object) -> None:
    answer = server.ask("POST", "/webhooks/web/demo-sign-in", server.begin(), json={"customer": customer})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "customer_invalid"


def test_outside_the_demo_there_is_no_sign_in(strict_server: LiveServer) -> None:
    token = strict_server.begin()
    answer = strict_server.ask("POST", "/webhooks/web/demo-sign-in", token, json={"customer": "demo-ada"})
    assert answer.status_code == 404


def test_a_shopper_reads_only_their_own_conversation(server: LiveServer) -> None:
    one, other = server.begin(), server.begin()
    server.say(one, "hello")
    assert server.history(other) == []
