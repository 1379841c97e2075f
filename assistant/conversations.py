"""Keeps conversations in a SQLite file, and the recent ones in memory too, so that a turn does not read its own past.

Rasa's SQL store reads and parses every event of a conversation at each message, counts them in the database before it
writes the new ones, opens a connection for each of these steps and waits for the disk. That was close to half of the
work of a turn.
"""

from __future__ import annotations

import itertools
import json
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT_NAME_KEY
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import SingletonThreadPool

# A conversation of a dozen turns is about a quarter of a megabyte of events.
MAX_REMEMBERED = 256


class ConversationStore(SQLTrackerStore):
    """Rasa's SQL tracker store on SQLite, with the current session of recent conversations kept in memory.

    One process at a time may write a file: what another one wrote would not be seen. Its errors leave out the values of
    a statement: Rasa logs each failure to save, and the values hold addresses and the shopper's words. Loaded by its
    path in `endpoints.yml`.
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
        self._events: OrderedDict[str, tuple[Event, ...]] = OrderedDict()
        self._keep_connection()

    def _keep_connection(self) -> None:
        self.engine.dispose()
        self.engine = sa.create_engine(self.engine.url, poolclass=SingletonThreadPool, hide_parameters=True)
        sa.event.listen(self.engine, "connect", _do_not_wait_for_the_disk)
        self.sessionmaker = sessionmaker(bind=self.engine)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Give the latest session of a conversation; None where there is none."""
        events = self._events.get(sender_id)
        if events and self.domain:
            return DialogueStateTracker.from_events(sender_id, events, self.domain.slots)
        tracker = await super().retrieve(sender_id)
        if tracker is not None:
            self._remember(sender_id, tuple(tracker.events))
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write what is new; it is remembered only once the file has it."""
        await self.stream_events(tracker)
        sender_id = tracker.sender_id
        known = self._events.pop(sender_id, None)
        with self.session_scope() as session:
            new = list(
                self._additional_events(session, tracker)
                if known is None
                else itertools.islice(tracker.events, len(known), None)
            )
            if new:
                session.execute(sa.insert(self.SQLEvent.__table__), [_row(sender_id, event) for event in new])
                session.commit()
        self._remember(sender_id, _latest_session(tuple(tracker.events)))

    def _remember(self, sender_id: str, events: tuple[Event, ...]) -> None:
        self._events[sender_id] = events
        self._events.move_to_end(sender_id)
        while len(self._events) > self._remembered:
            self._events.popitem(last=False)


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
