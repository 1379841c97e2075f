"""What becomes of a conversation that cannot be written down."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from rasa.core.tracker_store import FailSafeTrackerStore, TrackerStore
from rasa.core.utils import read_endpoint_config
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker


def test_a_conversation_that_cannot_be_saved_leaves_no_words_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "tracker.db"
    monkeypatch.setenv("DAOGOU_TRACKER_DB", str(file))
    monkeypatch.setenv("DAOGOU_ACTIONS_URL", "http://127.0.0.1:1/webhook")
    store = TrackerStore.create(read_endpoint_config("assistant/endpoints.yml", "tracker_store"), Domain.empty())
    tracker = DialogueStateTracker("web-1", [])
    tracker.update_with_events([UserUttered("12 Mill Lane")], Domain.empty())
    with closing(sqlite3.connect(file)) as broken:
        broken.execute("CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no room'); END")
    with caplog.at_level(logging.DEBUG):
        # As Rasa's agent wraps it.
        asyncio.run(FailSafeTrackerStore(store).save(tracker))
    assert "Error happened when trying to save" in caplog.text
    assert "Mill Lane" not in caplog.text
