"""The tables of what the assistant has told: an append-only chain of receipts, and where it ends."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.columns import UtcDateTime
from shop.models_base import Base, one_of

RECEIPT_KINDS = ("price", "stock", "date", "policy", "gap")


class Receipt(Base):
    """One fact as it was told: what, from which record, in which version, and the hash that chains it to the last.

    `conversation` is a pseudonym, and `record` names a row or a text of the shop: nothing here names a person. No two
    receipts follow the same one, which the database itself sees to: the chain has no fork.
    """

    __tablename__ = "receipts"
    __table_args__ = (
        CheckConstraint(one_of("kind", RECEIPT_KINDS), name="kind"),
        CheckConstraint("position > 0", name="position_positive"),
        Index("ix_receipts_conversation_position", "conversation", "position"),
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    conversation: Mapped[str] = mapped_column(String(32))
    answer: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(10))
    record: Mapped[str] = mapped_column(String(400))
    value: Mapped[str] = mapped_column(String(200))
    version: Mapped[str] = mapped_column(String(40))
    read_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class ReceiptHead(Base):
    """The end of the chain, in one row: whoever appends locks it, so that they do so one after the other."""

    __tablename__ = "receipt_heads"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
