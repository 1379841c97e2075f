"""Replies are judged by whoever got them, as often as they like, and nothing of it is kept for good."""

from __future__ import annotations

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import update

from shop.db import Sessions, make_sessions, open_engine, reading, writing
from shop.errors import InvalidThumb, ReplyNotFound, ShopUnavailable
from shop.export import main
from shop.models import ReplyFeedback, utc_now
from shop.reply_feedback import (
    UNJUDGED_KEPT,
    GivenReply,
    correct_reply,
    find_reply,
    forget_old,
    give_thumb,
    keep_reply,
    list_replies,
    thumbs_of,
)
from shop.shoppers import Shopper

GIVEN = GivenReply(
    "answer_policy",
    "en",
    "You have {return_days}.",
    "approved",
    facts=[{"name": "return_days", "kind": "number", "value": ""}],
    placed={"return_days": "30 days"},
    asked=["return_days"],
    said=["how long, I am [name]"],
)


def kept(shelf: Sessions, shopper: Shopper, given: GivenReply = GIVEN) -> str:
    with writing(shelf) as session:
        return keep_reply(session, shopper, given)


def tap(shelf: Sessions, shopper: Shopper, reply_id: str, thumb: str) -> bool:
    with writing(shelf) as session:
        return give_thumb(session, shopper, reply_id, thumb)


def thumbs(shelf: Sessions, shopper: Shopper) -> dict[str, str]:
    with reading(shelf) as session:
        return thumbs_of(session, shopper)


def aged(shelf: Sessions, reply_id: str, days: float) -> None:
    with writing(shelf) as session:
        long_ago = utc_now() - dt.timedelta(days=days)
        session.execute(update(ReplyFeedback).where(ReplyFeedback.reply_id == reply_id).values(created_at=long_ago))


def test_a_reply_is_kept_under_an_id_that_nobody_guesses(shelf: Sessions, guest: Shopper) -> None:
    names = {kept(shelf, guest) for _ in range(50)}
    assert len(names) == 50
    assert all(len(name) == 24 for name in names)
    with reading(shelf) as session:
        row = find_reply(session, names.pop())
        assert (row.reply, row.placed, row.said, row.thumb) == (GIVEN.reply, GIVEN.placed, GIVEN.said, None)


def test_the_last_thumb_counts_and_the_same_one_again_changes_nothing(shelf: Sessions, guest: Shopper) -> None:
    name = kept(shelf, guest)
    assert thumbs(shelf, guest) == {}
    assert tap(shelf, guest, name, "up")
    with reading(shelf) as session:
        first = find_reply(session, name).thumbed_at
    assert not tap(shelf, guest, name, "up")
    with reading(shelf) as session:
        assert find_reply(session, name).thumbed_at == first
    assert tap(shelf, guest, name, "down")
    assert thumbs(shelf, guest) == {name: "down"}


def test_taps_at_the_same_moment_leave_one_thumb(shelf: Sessions, guest: Shopper) -> None:
    name = kept(shelf, guest)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda thumb: tap(shelf, guest, name, thumb), ("up", "down", "up", "down")))
    assert set(thumbs(shelf, guest)) == {name}
    with reading(shelf) as session:
        assert len(list_replies(session)) == 1


def test_a_reply_belongs_to_whoever_got_it(shelf: Sessions, guest: Shopper, ada: Shopper) -> None:
    mine, hers = kept(shelf, guest), kept(shelf, ada)
    for shopper, name in (
        (guest, hers),
        (ada, mine),
        (Shopper(ada.shopper_id), hers),
        (Shopper("web-ada", "bo"), hers),
    ):
        with pytest.raises(ReplyNotFound):
            tap(shelf, shopper, name, "down")
    # Who signs in goes on with their own conversation.
    assert tap(shelf, Shopper(guest.shopper_id, "ada"), mine, "up")
    assert thumbs(shelf, Shopper(ada.shopper_id)) == {}


@pytest.mark.parametrize("name", ["", "x", "x" * 200, "a\x00b", "\udc80", "'; DROP TABLE reply_feedback"])
def test_an_unknown_id_is_told_apart_from_nothing(shelf: Sessions, guest: Shopper, name: str) -> None:
    with pytest.raises(ReplyNotFound):
        tap(shelf, guest, name, "up")
    with reading(shelf) as session, pytest.raises(ReplyNotFound):
        find_reply(session, name)


@pytest.mark.parametrize("thumb", ["", "sideways", "UP", "up down", "x" * 1000])
def test_a_thumb_is_up_or_down(shelf: Sessions, guest: Shopper, thumb: str) -> None:
    name = kept(shelf, guest)
    with pytest.raises(InvalidThumb):
        tap(shelf, guest, name, thumb)
    assert thumbs(shelf, guest) == {}


def test_a_locked_database_keeps_the_thumb_as_it_was(sqlite_url: str, guest: Shopper) -> None:
    patient, hasty = open_engine(sqlite_url, timeout_s=30), open_engine(sqlite_url, timeout_s=0.1)
    sessions = make_sessions(patient)
    name = kept(sessions, guest)
    with writing(sessions) as session:
        give_thumb(session, guest, name, "up")
        session.flush()
        with pytest.raises(ShopUnavailable):
            tap(make_sessions(hasty), guest, name, "down")
    assert thumbs(sessions, guest) == {name: "up"}
    patient.dispose()
    hasty.dispose()


def test_a_person_sees_the_worst_first_and_corrects(shelf: Sessions, guest: Shopper, ada: Shopper) -> None:
    names = [kept(shelf, guest) for _ in range(3)]
    tap(shelf, guest, names[0], "down")
    tap(shelf, guest, names[2], "up")
    with reading(shelf) as session:
        assert [row.reply_id for row in list_replies(session)] == [names[0], names[2], names[1]]
        assert [row.reply_id for row in list_replies(session, "up")] == [names[2]]
    for words in ("In {return_days}.", "Within {return_days}."):
        with writing(shelf) as session:
            correct_reply(session, names[0], words, "Mei")
    with reading(shelf) as session:
        row = find_reply(session, names[0])
        assert (row.correction, row.corrected_by) == ("Within {return_days}.", "Mei")
        assert row.corrected_at is not None
    with writing(shelf) as session, pytest.raises(ReplyNotFound):
        correct_reply(session, "unknown", "x", "Mei")


def test_old_replies_are_forgotten_and_those_that_nobody_judged_sooner(shelf: Sessions, guest: Shopper) -> None:
    old, fresh, unjudged, young = (kept(shelf, guest) for _ in range(4))
    tap(shelf, guest, old, "up")
    tap(shelf, guest, fresh, "down")
    aged(shelf, old, 91)
    aged(shelf, fresh, 89)
    aged(shelf, unjudged, UNJUDGED_KEPT.days + 1)
    aged(shelf, young, UNJUDGED_KEPT.days - 1)
    with writing(shelf) as session:
        assert forget_old(session, dt.timedelta(days=90)) == 2
    with reading(shelf) as session:
        assert {row.reply_id for row in list_replies(session)} == {fresh, young}
    with pytest.raises(ReplyNotFound):
        tap(shelf, guest, old, "down")
    with writing(shelf) as session:
        assert forget_old(session, dt.timedelta(days=1)) == 2


def test_what_is_exported_names_nobody(
    shelf: Sessions, database_url: str, guest: Shopper, ada: Shopper, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    up, down, unjudged = kept(shelf, guest), kept(shelf, ada), kept(shelf, ada)
    tap(shelf, guest, up, "up")
    tap(shelf, ada, down, "down")
    with writing(shelf) as session:
        correct_reply(session, down, "Within {return_days}.", "Mei")
    out = tmp_path / "deep" / "feedback.jsonl"
    assert main(["feedback", "--database-url", database_url, "--out", str(out)]) == 0
    assert "2 judged replies" in capsys.readouterr().out
    text = out.read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    assert [(row["thumb"], row["correction"]) for row in rows] == [("up", None), ("down", "Within {return_days}.")]
    assert rows[0]["voter"] != rows[1]["voter"]
    assert not [
        each for each in (up, down, unjudged, guest.shopper_id, ada.shopper_id, "Mei", "30 days") if each in text
    ]
