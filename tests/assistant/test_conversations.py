"""Conversations are kept as Rasa's own store keeps them, and what cannot be written down is not shown elsewhere."""

from __future__ import annotations

import asyncio
import copy
import itertools
import logging
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from rasa.core.tracker_store import FailSafeTrackerStore, SQLTrackerStore, TrackerStore
from rasa.core.utils import read_endpoint_config
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.conversations import ConversationStore

ENDPOINTS = str(Path(__file__).parents[2] / "assistant" / "endpoints.yml")
# Rasa orders a conversation by time.
CLOCK = itertools.count(1_000.0)
DOMAIN = Domain.from_dict({"slots": {"pending": {"type": "any", "mappings": [{"type": "custom"}]}}})
TURN = [
    UserUttered("add it", {"name": "add_to_cart"}, parse_data={"intent": {"name": "add_to_cart"}, "entities": []}),
    ActionExecuted("action_add_to_cart"),
    SlotSet("pending", {"kind": "option", "values": ["Size 42"]}),
    BotUttered("Which size?", metadata={"utter_action": "utter_ask_option"}),
    ActionExecuted("action_listen"),
]
FULL = "CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no room'); END"
NEW_SESSION = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]


def say(store: TrackerStore, sender_id: str, events: list[Event]) -> None:
    async def turn() -> None:
        tracker = await store.retrieve(sender_id) or DialogueStateTracker(sender_id, [AnySlot("pending", [{}])])
        for event in events:
            event.timestamp = next(CLOCK)
            tracker.update(event, DOMAIN)
        await store.save(tracker)

    asyncio.run(turn())


def read(store: TrackerStore, sender_id: str) -> tuple[list[dict[str, Any]], Any]:
    tracker = asyncio.run(store.retrieve(sender_id))
    assert tracker is not None
    return [event.as_dict() for event in tracker.events], tracker.get_slot("pending")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tracker.db"


@pytest.mark.parametrize("remembered", [256, 1, 0], ids=["all remembered", "one remembered", "none remembered"])
def test_what_is_remembered_is_what_rasas_own_store_reads_from_the_file(file: Path, remembered: int) -> None:
    store = ConversationStore(domain=DOMAIN, db=str(file), remembered=remembered)
    for sender_id, events in [("ada", TURN), ("bo", TURN), ("ada", NEW_SESSION), ("ada", TURN), ("bo", TURN)]:
        say(store, sender_id, [copy.copy(event) for event in events])
    rasas = SQLTrackerStore(domain=DOMAIN, db=str(file))
    for sender_id in ("ada", "bo"):
        assert read(store, sender_id) == read(rasas, sender_id)
        everything = asyncio.run(store.retrieve_full_tracker(sender_id))
        assert everything is not None
        assert len(everything.events) == {"ada": 13, "bo": 10}[sender_id]


def test_a_conversation_goes_on_after_a_restart(file: Path) -> None:
    say(ConversationStore(domain=DOMAIN, db=str(file)), "ada", [copy.copy(event) for event in TURN])
    again = ConversationStore(domain=DOMAIN, db=str(file))
    assert read(again, "ada")[1] == {"kind": "option", "values": ["Size 42"]}
    assert asyncio.run(again.retrieve("nobody")) is None


def test_what_could_not_be_written_is_written_with_the_next_message(file: Path) -> None:
    store = ConversationStore(domain=DOMAIN, db=str(file))
    for turn in range(3):
        say(store, "ada", [copy.copy(event) for event in (TURN, NEW_SESSION, TURN)[turn]])
        with closing(sqlite3.connect(file)) as broken:
            broken.execute("DROP TRIGGER IF EXISTS full" if turn else FULL)
    assert read(store, "ada") == read(SQLTrackerStore(domain=DOMAIN, db=str(file)), "ada")
    everything = asyncio.run(store.retrieve_full_tracker("ada"))
    assert everything is not None
    assert len(everything.events) == 13


def test_what_could_not_be_written_is_read_back_all_the_same(file: Path) -> None:
    store = ConversationStore(domain=DOMAIN, db=str(file))
    with closing(sqlite3.connect(file)) as broken:
        broken.execute(FULL)
    say(store, "ada", [copy.copy(event) for event in TURN])
    everything = asyncio.run(store.retrieve_full_tracker("ada"))
    assert everything is not None
    assert len(everything.events) == len(read(store, "ada")[0]) == len(TURN)


def test_what_is_lost_for_good_is_told(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = ConversationStore(domain=DOMAIN, db=str(file), remembered=1)
    with closing(sqlite3.connect(file)) as broken:
        broken.execute(FULL)
    say(store, "ada", [copy.copy(event) for event in TURN])
    say(store, "bo", [copy.copy(event) for event in TURN])
    assert "5 events of the conversation ada are lost" in caplog.text


def test_a_locked_file_holds_a_turn_up_for_a_moment_and_loses_nothing(file: Path) -> None:
    store = ConversationStore(domain=DOMAIN, db=str(file))
    say(store, "ada", [copy.copy(event) for event in TURN])
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN EXCLUSIVE")
        before = time.monotonic()
        say(store, "ada", [copy.copy(event) for event in TURN])
        say(store, "bo", [copy.copy(event) for event in TURN])
        assert time.monotonic() - before < 4
    say(store, "ada", [copy.copy(event) for event in TURN])
    say(store, "bo", [copy.copy(event) for event in TURN])
    rasas = SQLTrackerStore(domain=DOMAIN, db=str(file))
    assert [len(read(rasas, sender_id)[0]) for sender_id in ("ada", "bo")] == [15, 10]


def test_a_conversation_that_cannot_be_saved_leaves_no_words_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "tracker.db"
    monkeypatch.setenv("DAOGOU_TRACKER_DB", str(file))
    monkeypatch.setenv("DAOGOU_ACTIONS_URL", "http://127.0.0.1:1/webhook")
    store = TrackerStore.create(read_endpoint_config(ENDPOINTS, "tracker_store"), Domain.empty())
    tracker = DialogueStateTracker("web-1", [])
    tracker.update_with_events([UserUttered("12 Mill Lane")], Domain.empty())
    with closing(sqlite3.connect(file)) as broken:
        broken.execute(FULL)
    with caplog.at_level(logging.DEBUG):
        # As Rasa's agent wraps it.
        asyncio.run(FailSafeTrackerStore(store).save(tracker))
    assert "1 events of the conversation web-1 could not be saved: no room" in caplog.text
    assert "Mill Lane" not in caplog.text
