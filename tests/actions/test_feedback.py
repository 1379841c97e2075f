"""Thumbs under replies: minted for whoever the page vouches for, taken over HTTP, and never in the way of an answer."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select, update

from actions.bootstrap import Services
from actions.reply_keeper import SWEEP_S, ReplyKeeper
from shop.db import make_sessions, open_engine, reading, writing
from shop.models import ReplyFeedback, utc_now
from shop.shoppers import Shopper
from tests.actions.conftest import Chat
from tests.actions.test_for_you import identity
from tests.actions.test_photo_door import Door
from tests.actions.test_photo_door import door as door
from tests.actions.test_replying import approving as approving


def on_page(services: Services, customer: str | None = None, sender_id: str = "web-1") -> Chat:
    """A chat by the web channel, which says who is asking."""
    return Chat(services, sender_id, {"identity": identity(customer, sender_id)})


def rows(services: Services) -> list[ReplyFeedback]:
    with reading(services.sessions) as session:
        return list(session.scalars(select(ReplyFeedback).order_by(ReplyFeedback.id)))


@pytest.fixture
def reply_id(approving: Services) -> str:
    chat = on_page(approving)
    chat.say("thank", "thank you")
    return str(chat.last["feedback"])


def test_a_written_reply_can_be_judged_and_what_it_was_about_is_kept(approving: Services) -> None:
    chat = on_page(approving, "ada")
    said = "how long you can return something jo@shop.example"
    assert chat.say("ask_policy", said) == ["utter_reply", "utter_policy"]
    own, quote = chat.messages
    assert "feedback" not in quote
    (row,) = rows(approving)
    assert row.reply_id == own["feedback"]
    assert (own["reply"], row.reply, row.placed) == (
        "You have 30 days.",
        "You have {return_days}.",
        {"return_days": "30 days"},
    )
    assert (row.act, row.language, row.rung, row.asked) == ("answer_policy", "en", "approved", ["return_days"])
    assert row.said == ["how long you can return something [email]"]
    kinds = {fact["name"]: (fact["kind"], fact["value"]) for fact in row.facts}
    assert kinds["return_days"] == ("number", "")
    assert "{return_days}" in kinds["policy"][1]


def test_templates_have_no_thumbs(services: Services, approving: Services) -> None:
    chat = on_page(services)
    chat.say("thank", "thank you")
    assert "feedback" not in chat.last
    chat = on_page(approving)
    chat.say("view_cart", "what is in my cart")
    assert "feedback" not in chat.last
    assert rows(approving) == []


@pytest.mark.parametrize("metadata", [{}, {"identity": "forged"}, {"identity": identity(None, "web-2")}], ids=len)
def test_whom_no_channel_vouches_for_gets_the_reply_without_thumbs(approving: Services, metadata: Any) -> None:
    chat = Chat(approving, "web-1", metadata)
    assert chat.say("thank", "thank you") == ["utter_reply"]
    assert "feedback" not in chat.last
    assert rows(approving) == []


def test_a_locked_database_costs_the_thumbs_and_not_the_answer(approving: Services) -> None:
    hasty = open_engine(approving.settings.database_url, timeout_s=0.1)
    services = dataclasses.replace(approving, given_replies=ReplyKeeper(make_sessions(hasty), dt.timedelta(days=1)))
    with writing(approving.sessions) as session:
        session.execute(update(ReplyFeedback).values(act="x"))
        chat = on_page(services)
        assert chat.say("thank", "thank you") == ["utter_reply"]
        assert "feedback" not in chat.last
    hasty.dispose()


def test_old_replies_are_forgotten_once_an_hour(approving: Services, reply_id: str) -> None:
    now = [0.0]
    keeper = ReplyKeeper(approving.sessions, dt.timedelta(days=2), clock=lambda: now[0])

    def grow_old() -> None:
        with writing(approving.sessions) as session:
            session.execute(update(ReplyFeedback).values(created_at=utc_now() - dt.timedelta(days=3)))

    keeper.sweep()
    assert len(rows(approving)) == 1
    grow_old()
    now[0] = SWEEP_S - 1
    keeper.sweep()
    assert len(rows(approving)) == 1
    now[0] = SWEEP_S
    keeper.sweep()
    assert rows(approving) == []


def tap(door: Door, body: Any, token: str | None = None) -> tuple[int, Any]:
    answer = door.ask("POST", "/feedback", token or identity(), json=body)
    return answer.status_code, answer.json()


def test_a_thumb_is_taken_changed_and_shown_to_its_shopper(door: Door, reply_id: str) -> None:
    up, down = ({"reply": reply_id, "thumb": thumb} for thumb in ("up", "down"))
    assert tap(door, up) == (200, up)
    assert tap(door, up) == (200, up)
    assert tap(door, down) == (200, down)
    assert door.ask("GET", "/feedback", identity()).json() == {reply_id: "down"}
    assert door.ask("GET", "/feedback", identity(None, "web-2")).json() == {}
    # Who signs in goes on with what they were told as a guest.
    assert tap(door, up, identity("ada")) == (200, up)


def test_nobody_judges_what_another_was_told(door: Door, approving: Services, reply_id: str) -> None:
    gone = (404, {"error": {"code": "feedback_gone"}})
    assert tap(door, {"reply": reply_id, "thumb": "up"}, identity(None, "web-2")) == gone
    assert tap(door, {"reply": "a" * 24, "thumb": "up"}) == gone
    assert tap(door, {"reply": reply_id[:-1], "thumb": "up"}) == gone
    assert [row.thumb for row in rows(approving)] == [None]


@pytest.mark.parametrize(
    "body",
    [{}, [], "up", None, {"thumb": "up"}, {"reply": 5, "thumb": "up"}, {"reply": "x", "thumb": ["up", "down"]}],
    ids=str,
)
def test_what_is_no_thumb_is_refused(door: Door, body: Any) -> None:
    assert tap(door, body) == (400, {"error": {"code": "feedback_invalid"}})


@pytest.mark.parametrize("thumb", ["both", "", "UP", "x" * 5000])
def test_a_thumb_is_up_or_down(door: Door, reply_id: str, thumb: str) -> None:
    assert tap(door, {"reply": reply_id, "thumb": thumb}) == (400, {"error": {"code": "feedback_invalid"}})


@pytest.mark.parametrize("name", ["", "x" * 10_000, "\x00", "‮"], ids=["empty", "long", "NUL", "bidi"])
def test_an_odd_id_is_nobodys(door: Door, name: str) -> None:
    assert tap(door, {"reply": name, "thumb": "up"})[0] == 404


@pytest.mark.parametrize("token", ["forged", identity()[:-2]], ids=["forged", "cut"])
def test_without_a_good_token_nothing_is_taken_or_shown(door: Door, reply_id: str, token: str) -> None:
    assert tap(door, {"reply": reply_id, "thumb": "up"}, token)[0] == 401
    assert door.ask("GET", "/feedback", token).status_code == 401
    assert door.ask("GET", "/feedback").status_code == 401


def test_a_locked_database_is_told_and_the_same_tap_can_come_again(
    door: Door, approving: Services, reply_id: str
) -> None:
    with writing(approving.sessions) as session:
        session.execute(update(ReplyFeedback).values(version="x"))
        assert tap(door, {"reply": reply_id, "thumb": "up"}) == (503, {"error": {"code": "feedback_unavailable"}})
    assert tap(door, {"reply": reply_id, "thumb": "up"})[0] == 200
    assert approving.given_replies.judged(Shopper("web-1")) == {reply_id: "up"}
