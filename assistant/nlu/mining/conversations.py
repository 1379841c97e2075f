"""Reads what shoppers said out of Rasa's SQL tracker store, without writing to it, and masks it as it is read."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from tqdm import tqdm

from assistant.nlu.mining.errors import MiningError
from assistant.nlu.mining.masking import Masker
from assistant.nlu.scope import SCORE

ASKED_WHICH = "utter_ask_meant"
_EVENTS = sa.table("events", *map(sa.column, ("id", "sender_id", "type_name", "timestamp", "data")))
_READ = ("user", "bot", "active_loop", "session_started", "restart")
_PAYLOAD = re.compile(r"/([a-z][a-z0-9_]*)")
_AT_ONCE = 1000
_DAY = 24 * 60 * 60


@dataclass
class Turn:
    """One message of a shopper, masked, and how it was understood.

    Attributes:
        typed: written, not a pressed button.
        score: of the likeliest intent; None where the log does not say.
        time: seconds since 1970.
        in_form: said while a form asked for a name, an address and the like.
        offered: the intents between which the shopper was asked to choose right after.
    """

    text: str
    intent: str
    typed: bool
    score: float | None
    time: float
    in_form: bool
    offered: tuple[str, ...] = ()


@dataclass
class Log:
    """What was read.

    Attributes:
        unreadable: events whose content is no JSON object with the parts it should have.
    """

    conversations: list[list[Turn]] = field(default_factory=list)
    events: int = 0
    unreadable: int = 0


def read_log(place: str, masker: Masker, days: float | None = None) -> Log:
    """Read all conversations of a tracker store.

    Args:
        place: a SQLite file, or the URL of a SQLite or PostgreSQL database.
        masker: takes out what is personal.
        days: how far back to look; None reads everything.

    Raises:
        MiningError: there is no such database, or it holds no conversations.
    """
    log = Log()
    since = time.time() - days * _DAY if days is not None else 0.0
    with _connect(_url_of(place)) as connection:
        # Whole conversations: whether an address was being asked for may have been decided before.
        recent = sa.select(_EVENTS.c.sender_id).where(_EVENTS.c.timestamp >= since)
        query = sa.select(_EVENTS).where(_EVENTS.c.type_name.in_(_READ), _EVENTS.c.sender_id.in_(recent))
        total = connection.scalar(sa.select(sa.func.count()).select_from(query.subquery()))
        if not total:
            raise MiningError(f"{place} holds no conversations{f' of the last {days:g} days' if days else ''}")
        rows = connection.execute(query.order_by(_EVENTS.c.sender_id, _EVENTS.c.timestamp, _EVENTS.c.id))
        bar = tqdm(rows.yield_per(_AT_ONCE), total=total, desc="reading", unit=" events", file=sys.stderr, leave=False)
        for _, events in groupby(bar, key=lambda row: row.sender_id):
            turns = list(_turns(events, log, masker))
            log.conversations.append([turn for turn in turns if turn.time >= since])
    return log


def _url_of(place: str) -> URL:
    if "://" not in place:
        return _of_file(Path(place))
    try:
        url = make_url(place)
    except (ArgumentError, ValueError) as error:
        raise MiningError(
            "--conversations is no URL of a database, such as postgresql://user:password@host/name"
        ) from error
    if url.get_backend_name() == "sqlite":
        return _of_file(Path(url.database or ""))
    if url.get_backend_name() != "postgresql":
        raise MiningError(f"--conversations reads SQLite and PostgreSQL, not {url.get_backend_name()}")
    return url


def _of_file(path: Path) -> URL:
    if not path.is_file():
        raise MiningError(f"{path} does not exist: --conversations names the file or URL of Rasa's tracker store")
    return URL.create("sqlite", database=f"file:{path.resolve().as_posix()}", query={"mode": "ro", "uri": "true"})


@contextmanager
def _connect(url: URL) -> Iterator[Connection]:
    try:
        # Nothing of a conversation, and no password, belongs into an error.
        engine = sa.create_engine(url, hide_parameters=True)
        options: dict[str, Any] = {"stream_results": True}
        if url.get_backend_name() == "postgresql":
            options["postgresql_readonly"] = True
        with engine.connect().execution_options(**options) as connection:
            yield connection
        engine.dispose()
    except (SQLAlchemyError, ImportError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise MiningError(f"{url!r} cannot be read as Rasa's tracker store: {reason}") from error


def _turns(events: Iterable[Any], log: Log, masker: Masker) -> Iterator[Turn]:
    form, last = None, None
    for row in events:
        log.events += 1
        data = _content(row.data)
        if data is None:
            log.unreadable += 1
        elif row.type_name == "active_loop":
            form = data.get("name")
        elif row.type_name in ("session_started", "restart"):
            form, last = None, None
        elif row.type_name == "bot" and last is not None:
            last.offered = last.offered or _offered(data)
        elif row.type_name == "user" and data.get("text"):
            last = _turn(data, float(row.timestamp or 0), masker, in_form=form is not None)
            yield last


def _content(data: str | None) -> dict[str, Any] | None:
    try:
        found = json.loads(data or "")
    except (ValueError, RecursionError):
        return None
    is_whole = isinstance(found, dict) and all(
        isinstance(found.get(name) or {}, dict) for name in ("parse_data", "metadata", "data")
    )
    return found if is_whole else None


def _turn(data: Mapping[str, Any], moment: float, masker: Masker, in_form: bool) -> Turn:
    text, parsed = str(data["text"]), data.get("parse_data") or {}
    intent, score = parsed.get("intent"), parsed.get(SCORE)
    return Turn(
        text=masker.mask(text, order_numbers(parsed)),
        intent=str(intent.get("name") or "") if isinstance(intent, dict) else "",
        typed=not text.startswith("/"),
        score=float(score) if isinstance(score, (int, float)) else None,
        time=moment,
        in_form=in_form,
    )


def order_numbers(parsed: Mapping[str, Any]) -> list[str]:
    """Give the order numbers that were found in a message."""
    entities = parsed.get("entities")
    named = [one for one in entities if isinstance(one, dict)] if isinstance(entities, list) else []
    return [str(one.get("value")) for one in named if one.get("entity") == "order_number"]


def _offered(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the intents between which a message of the assistant asks to choose; none for any other message."""
    if (data.get("metadata") or {}).get("utter_action") != ASKED_WHICH:
        return ()
    buttons = (data.get("data") or {}).get("buttons")
    payloads = (
        [str(one.get("payload")) for one in buttons if isinstance(one, dict)] if isinstance(buttons, list) else []
    )
    return tuple(found[1] for payload in payloads if (found := _PAYLOAD.match(payload)))
