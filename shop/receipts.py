"""Receipts: every fact that was told, with the record, value and version it came from, in an append-only chain.

    python -m shop.receipts verify --database-url sqlite:///var/shop.db

proves that nothing was changed, deleted, inserted, swapped or cut off, and prints the end of the chain; with that line
given as `--head` the next time, also a log that was written anew as a whole is found out.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import sys
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.db import make_sessions, open_engine, reading
from shop.errors import ShopUnavailable
from shop.models import RECEIPT_KINDS, Receipt, ReceiptHead, utc_now
from shop.receipt_chain import BrokenChain, Entry, Head, verify
from shop.shoppers import Shopper

__all__ = ["BrokenChain", "Fact", "Head", "append", "conversation_key", "fingerprint", "last_told", "main", "verify"]

_LONGEST = {"record": 400, "value": 200, "version": 40}
_DATABASE = "sqlite:///var/shop.db"
_BROKEN, _UNREADABLE = 1, 2


@dataclass(frozen=True)
class Fact:
    """One thing that is told.

    Attributes:
        kind: one of `RECEIPT_KINDS`.
        record: the row or text that it stands in, such as "variants/L2201308" or "delivery.md#How long delivery takes".
        value: what was read there, such as "1299.00 USD"; cut where it is longer than a row can hold.
        version: a fingerprint of the record as it was read.
        read_at: when.
    """

    kind: str
    record: str
    value: str
    version: str
    read_at: dt.datetime

    def __post_init__(self) -> None:
        """Refuse a kind that no row can hold, and cut what is too long."""
        if self.kind not in RECEIPT_KINDS:
            raise ValueError(f"kind is {self.kind!r}, it must be one of {RECEIPT_KINDS}")
        for name, longest in _LONGEST.items():
            # PostgreSQL stores no NUL.
            object.__setattr__(self, name, getattr(self, name).replace("\0", "")[:longest])


def fingerprint(*content: object) -> str:
    """Name a version of a record by its content: the same content, the same name.

    >>> fingerprint("MUG", "7.50 EUR") == fingerprint("MUG", "7.50 EUR") != fingerprint("MUG", "7.60 EUR")
    True
    """
    return hashlib.sha256("\x1f".join(map(str, content)).encode("utf-8", "replace")).hexdigest()[:12]


def conversation_key(shopper: Shopper) -> str:
    """Name a conversation, as far as it is with this customer or guest, by a hash that cannot be turned back.

    The server mints ids of conversations from 24 random bytes. The next person at the same screen is another one.
    """
    who = f"{shopper.shopper_id}\x1f{shopper.customer_id or ''}"
    return hashlib.blake2b(who.encode("utf-8", "replace"), digest_size=16).hexdigest()


def append(session: Session, shopper: Shopper, facts: Sequence[Fact]) -> Head:
    """Append the facts of one answer, in their order, and give the new end of the chain.

    Whoever appends at the same time waits until this transaction ends: it should do nothing after this.

    Args:
        session: a session of `shop.db.writing`.
        shopper: to whom they are told.
        facts: what is told; nothing is written where there are none.
    """
    row = _locked_head(session)
    head = Head(row.position, row.hash)
    if not facts:
        return head
    conversation, answer = conversation_key(shopper), uuid.uuid4().hex
    rows = []
    for fact in facts:
        entry = Entry(head.position + 1, conversation, answer, **vars(fact), previous=head.hash)
        head = Head(entry.position, entry.hash)
        rows.append({**vars(entry), "hash": head.hash})
    session.execute(insert(Receipt), rows)
    row.position, row.hash = head.position, head.hash
    session.flush()
    return head


def last_told(session: Session, shopper: Shopper, records: Iterable[str] = ()) -> list[Fact]:
    """Give what the last answer with facts told this shopper, in its order.

    Args:
        session: a session that reads.
        shopper: who was told.
        records: where some are named, the last answer that told anything of one of them, and of it these alone.
    """
    told_here = Receipt.conversation == conversation_key(shopper)
    wanted = list(records)
    if wanted:
        # A reduced price was read from two records.
        told_here &= or_(
            Receipt.record.in_(wanted), *(Receipt.record.startswith(f"{one} + ", autoescape=True) for one in wanted)
        )
    answer = session.scalar(select(Receipt.answer).where(told_here).order_by(Receipt.position.desc()).limit(1))
    rows = session.scalars(select(Receipt).where(told_here, Receipt.answer == answer).order_by(Receipt.position))
    return [Fact(row.kind, row.record, row.value, row.version, row.read_at) for row in rows]


def gap(count: int) -> Fact:
    """Say that so many facts were told while the log could not be written: no gap stays silent."""
    return Fact("gap", "receipts", str(count), "", utc_now())


def _locked_head(session: Session) -> ReceiptHead:
    """Lock the row of the end; on SQLite a writing session has the whole database to itself already."""
    query = select(ReceiptHead).where(ReceiptHead.id == 1).with_for_update()
    while (row := session.scalar(query.execution_options(populate_existing=True))) is None:
        try:
            with session.begin_nested():
                session.add(ReceiptHead(id=1, position=0, hash=Head().hash))
        except IntegrityError:
            # Another writer has begun the chain: the next look finds its row.
            continue
    return row


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line; 0 where the chain holds, 1 where it is broken, 2 where it cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m shop.receipts", description="Prove the log of what was told.")
    commands = parser.add_subparsers(dest="command", required=True)
    verifying = commands.add_parser("verify", help="recompute every hash and print the first entry that is broken")
    verifying.add_argument("--database-url", "--database", default=_DATABASE, help=f"{_DATABASE} without it")
    verifying.add_argument("--head", help="an end of the chain that was printed before, or a file that holds it")
    verifying.add_argument("--save-head", type=Path, help="a file to write the end to; keep it outside of the shop")
    options = parser.parse_args(arguments)
    try:
        anchor = _anchor(options.head)
        head = _verify(options.database_url, anchor)
    except BrokenChain as error:
        sys.stderr.write(f"BROKEN at {error}\n")
        return _BROKEN
    except (ShopUnavailable, OSError, ValueError) as error:
        sys.stderr.write(f"not verified: {error}\n")
        return _UNREADABLE
    if options.save_head:
        options.save_head.write_text(f"{head}\n", encoding="ascii")
    sys.stdout.write(f"{head.position} entries, all as they were written; head {head}\n")
    return 0


def _anchor(text: str | None) -> Head | None:
    if text is None:
        return None
    return Head.parse(text if ":" in text and not Path(text).is_file() else Path(text).read_text(encoding="ascii"))


def _verify(database_url: str, anchor: Head | None) -> Head:
    engine = open_engine(database_url)
    try:
        with reading(make_sessions(engine)) as session:
            return verify(session, anchor)
    finally:
        engine.dispose()


if __name__ == "__main__":
    raise SystemExit(main())
