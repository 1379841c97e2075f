"""Keeps conversations in a SQLite file, and the recent ones in memory too, so that a turn does not read its own past.

Rasa's SQL store reads and parses every event of a conversation at each message, counts them in the database before it
writes the new ones, opens a connection for each of these steps and waits for the disk. That was close to half of the
work of a turn.
"""

from __future__ import annotations

import json
import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT_NAME_KEY
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import SingletonThreadPool

logger = logging.getLogger(__name__)

# Every shopper waits while the file is locked, because Rasa has one thread.
LOCKED_SECONDS = 1.0
# A conversation of a dozen turns is about a quarter of a megabyte of events.
MAX_REMEMBERED = 256


@dataclass(frozen=True)
class _Remembered:
    """Events of a conversation, and how many of them the file has."""

    events: tuple[Event, ...]
    written: int

    @property
    def unwritten(self) -> tuple[Event, ...]:
        """The events that are nowhere but here."""
        return self.events[self.written :]


class ConversationStore(SQLTrackerStore):
    """Rasa's SQL tracker store on SQLite, with the current session of recent conversations kept in memory.

    One process at a time may write a file: what another one wrote would not be seen. While the file is locked or its
    disk full, conversations go on from memory, and what could not be written is written with the next message. No error
    holds the values of a statement, which are addresses and the shopper's words. Loaded by its path in `endpoints.yml`.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        db: str = "rasa.db",
        event_broker: EventBroker | None = None,
        host: str | None = None,
        remembered: int = MAX_REMEMBERED,
        **_: Any,
    ) -> None:
        """Open the file, or make it.

        Args:
            domain: The domain, whose slots a tracker has.
            db: The path of the SQLite file.
            event_broker: Where events are streamed to as well.
            host: Not used; Rasa gives it to every store.
            remembered: How many conversations are kept in memory.
        """
        super().__init__(domain=domain, dialect="sqlite", db=db, event_broker=event_broker)
        self._remembered = remembered
        self._conversations: OrderedDict[str, _Remembered] = OrderedDict()
        self._keep_connection()

    def _keep_connection(self) -> None:
        self.engine.dispose()
        self.engine = sa.create_engine(
            self.engine.url,
            poolclass=SingletonThreadPool,
            hide_parameters=True,
            connect_args={"timeout": LOCKED_SECONDS},
        )
        sa.event.listen(self.engine, "connect", _do_not_wait_for_the_disk)
        self.sessionmaker = sessionmaker(bind=self.engine)
        # From here on the file can be read while somebody else has it locked.
        self.engine.connect().close()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Give the latest session of a conversation; None where there is none."""
        known = self._conversations.get(sender_id)
        if known and self.domain:
            return DialogueStateTracker.from_events(sender_id, known.events, self.domain.slots)
        tracker = await super().retrieve(sender_id)
        if tracker is not None:
            self._remember(sender_id, _Remembered(tuple(tracker.events), len(tracker.events)))
        return tracker

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """Give all sessions of a conversation; None where there is none."""
        tracker = await super().retrieve_full_tracker(conversation_id)
        known = self._conversations.get(conversation_id)
        if known is None or not known.unwritten or not self.domain:
            return tracker
        events = [*(tracker.events if tracker else ()), *known.unwritten]
        return DialogueStateTracker.from_events(conversation_id, events, self.domain.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write what is new; what the file does not take now is kept until the next message."""
        await self.stream_events(tracker)
        sender_id, events = tracker.sender_id, tuple(tracker.events)
        known = self._conversations.pop(sender_id, None)
        with self.session_scope() as session:
            new = list(self._additional_events(session, tracker)) if known is None else events[known.written :]
            try:
                self._write(session, sender_id, new)
            except DBAPIError as error:
                logger.error(
                    "%d events of the conversation %s could not be saved: %s. They are kept in memory and written with "
                    "its next message; until then a restart of the assistant loses them.",
                    len(new), sender_id, error.orig,
                )  # fmt: skip
                self._remember(sender_id, _Remembered(events, len(events) - len(new)))
                return
        current = _latest_session(events)
        self._remember(sender_id, _Remembered(current, len(current)))

    def _write(self, session: Session, sender_id: str, events: Sequence[Event]) -> None:
        if events:
            session.execute(sa.insert(self.SQLEvent.__table__), [_row(sender_id, event) for event in events])
            session.commit()

    def _remember(self, sender_id: str, conversation: _Remembered) -> None:
        self._conversations[sender_id] = conversation
        self._conversations.move_to_end(sender_id)
        while len(self._conversations) > self._remembered:
            forgotten, past = self._conversations.popitem(last=False)
            if past.unwritten:
                logger.error("%d events of the conversation %s are lost.", len(past.unwritten), forgotten)


def _latest_session(events: Sequence[Event]) -> tuple[Event, ...]:
    """Cut off earlier sessions by the rule by which the SQL store reads: from the time of the last start on."""
    start = max((event.timestamp for event in events if isinstance(event, SessionStarted)), default=None)
    return tuple(event for event in events if start is None or event.timestamp >= start)


def _row(sender_id: str, event: Event) -> dict[str, Any]:
    data = event.as_dict()
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get(INTENT_NAME_KEY),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def _do_not_wait_for_the_disk(connection: Any, _record: Any) -> None:
    # A crash of the program loses nothing; a power cut may lose the last messages, and never harms the file.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
