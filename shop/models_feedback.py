"""The table of replies that shoppers may judge, and of what a person of the shop would have said instead."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.columns import UtcDateTime
from shop.models_base import Base, one_of, utc_now

THUMBS = ("up", "down")


class ReplyFeedback(Base):
    """A reply that was written for a shopper, with the thumb that it got.

    Attributes:
        reply_id: what the shopper's page names it by; nobody guesses it.
        shopper_id: the conversation that got the reply, and the customer who was signed in there.
        act, language: of the reply.
        facts: name, kind and value of each fact that it might state; values of placed kinds are not among them.
        placed: what the shop's placeholders stood for.
        asked: the names of what was asked for.
        said: the shopper's last messages, without personal data.
        reply: with placeholders.
        rung: who wrote it, and by which version of a model.
        thumb: what the shopper thinks of it; None as long as nothing was said.
        correction: what a person would have said, with placeholders.
    """

    __tablename__ = "reply_feedback"
    __table_args__ = (CheckConstraint(f"thumb IS NULL OR {one_of('thumb', THUMBS)}", name="thumb"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    reply_id: Mapped[str] = mapped_column(String(40), unique=True)
    shopper_id: Mapped[str] = mapped_column(String(80), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    act: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(8))
    facts: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    placed: Mapped[dict[str, str]] = mapped_column(JSON)
    asked: Mapped[list[str]] = mapped_column(JSON)
    said: Mapped[list[str]] = mapped_column(JSON)
    reply: Mapped[str] = mapped_column(String(1000))
    rung: Mapped[str] = mapped_column(String(20))
    version: Mapped[str] = mapped_column(String(80), default="")
    thumb: Mapped[str | None] = mapped_column(String(8))
    thumbed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    correction: Mapped[str | None] = mapped_column(String(1000))
    corrected_by: Mapped[str | None] = mapped_column(String(80))
    corrected_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)

    @property
    def content(self) -> dict[str, Any]:
        """Give what the reply was about: all that may be learnt from, and nobody's name."""
        names = ("act", "language", "facts", "asked", "said", "reply", "rung", "version", "thumb", "correction")
        return {name: getattr(self, name) for name in names}
