"""The chain of receipts: how an entry is hashed with the one before it, and where a chain is broken.

An entry's hash is SHA-256 over its canonical form, which holds the hash before it: whoever changes, deletes, inserts
or swaps an entry has to write anew all that follow, and the end of the chain is then no longer the one that somebody
else has noted down.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from shop.models import Receipt, ReceiptHead

GENESIS = "0" * 64
"""What the first entry names as the hash before it."""

_BATCH = 2_000
_HEAD = re.compile(r"\s*(\d{1,18}):([0-9a-f]{64})\s*")


@dataclass(frozen=True)
class Head:
    """The end of a chain: how many entries there are, and the last one's hash."""

    position: int = 0
    hash: str = GENESIS

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read what `str` writes; raise ValueError for anything else.

        >>> Head.parse(str(Head(3, "ab" * 32))).position
        3
        """
        found = _HEAD.fullmatch(text)
        if found is None:
            raise ValueError("a head is a number, a colon and 64 hexadecimal digits")
        return cls(int(found[1]), found[2])

    def __str__(self) -> str:
        """Write it on one line."""
        return f"{self.position}:{self.hash}"


@dataclass(frozen=True)
class Entry:
    """What is hashed of a receipt."""

    position: int
    conversation: str
    answer: str
    kind: str
    record: str
    value: str
    version: str
    read_at: dt.datetime
    previous: str

    @property
    def hash(self) -> str:
        """Give SHA-256 of the canonical form: JSON with sorted keys and no blanks, in UTF-8, the time in UTC."""
        moment = self.read_at.astimezone(dt.timezone.utc).isoformat(timespec="microseconds")
        plain = {**vars(self), "read_at": moment}
        content = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(content.encode()).hexdigest()


class BrokenChain(Exception):
    """The log is not what was written.

    Attributes:
        position: the first entry that is wrong or missing.
        reason: what is wrong with it.
    """

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"entry {position}: {reason}")
        self.position, self.reason = position, reason


def verify(session: Session, anchor: Head | None = None) -> Head:
    """Read the whole chain, recompute every hash, and give its end.

    Without an anchor, a log whose end was cut off together with the row that remembers the end, or that was written
    anew as a whole, cannot be told from an honest one.

    Args:
        session: a session that reads.
        anchor: an end that was noted down before, outside of the database.

    Raises:
        BrokenChain: it names the first entry that is not as it was written.
    """
    # Before the entries: what is appended while they are read must not look like more than there is.
    end = _stored_head(session)
    last = Head()
    rows = select(Receipt.__table__).order_by(Receipt.position).where(Receipt.position <= end.position)
    # Closed also where it is broken in the middle: PostgreSQL keeps a cursor open until then.
    with session.execute(rows.execution_options(yield_per=_BATCH)) as read:
        for row in read:
            last = _follow(last, row)
            if anchor is not None and last.position == anchor.position and last.hash != anchor.hash:
                raise BrokenChain(last.position, "it is not the one that the given head names: it was written anew")
    if last.position < end.position:
        raise BrokenChain(last.position + 1, f"it is missing, the log ends before it and should hold {end.position}")
    if last != end:
        raise BrokenChain(last.position, "it is not the one that the stored head names")
    _refuse_more(session, end)
    if anchor is not None and anchor.position > last.position:
        raise BrokenChain(last.position + 1, f"it is missing, the given head is of {anchor.position} entries")
    return last


def _stored_head(session: Session) -> Head:
    row = session.get(ReceiptHead, 1)
    if row is not None:
        return Head(row.position, row.hash)
    first = session.scalar(select(Receipt.position).order_by(Receipt.position).limit(1))
    if first is not None:
        raise BrokenChain(first, "there are entries, but the row that remembers the end of the log is missing")
    return Head()


def _refuse_more(session: Session, end: Head) -> None:
    """Refuse entries behind the end; one of an append that was committed meanwhile has moved the end as well."""
    session.expire_all()
    extra = select(Receipt.position).where(Receipt.position > end.position).order_by(Receipt.position).limit(1)
    position, moved = session.scalar(extra), _stored_head(session)
    if position is not None and moved.position < position:
        raise BrokenChain(position, "it stands behind the stored head")


def _follow(last: Head, row: Row[Any]) -> Head:
    expected = last.position + 1
    if row.position != expected:
        raise BrokenChain(expected, f"it is missing, {row.position} comes after {last.position}")
    if row.previous != last.hash:
        raise BrokenChain(expected, "it does not follow the entry before it")
    if Entry(**{name: getattr(row, name) for name in Entry.__dataclass_fields__}).hash != row.hash:
        raise BrokenChain(expected, "its content does not have its hash")
    return Head(expected, row.hash)
