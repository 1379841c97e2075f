"""The tables of what goes to a person: tickets with their lines and photos, invoice requests, and how it was rated."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.columns import UtcDateTime
from shop.models_base import Base, one_of, utc_now

TICKET_KINDS = ("person", "complaint", "problem")
TICKET_STATES = ("open", "closed")
INVOICE_KINDS = ("personal", "company")
INVOICE_STATES = ("open", "sent")
BEST_RATING = 5


class Ticket(Base):
    """Something that a shopper wants a person of the shop to look at.

    Attributes:
        number: what the shopper is told; nobody guesses it.
        who: whose it is, as in the audit: the customer's public id, or "guest-..." for a guest's conversation.
        problem: what is wrong, as a code; of a problem only.
        words: what the shopper said, cleaned and cut.
        email: where the answer goes.
        key: the idempotency key of the yes; a repeated one finds this ticket.
        fingerprint: what the yes was said to.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        CheckConstraint(one_of("kind", TICKET_KINDS), name="kind"),
        CheckConstraint(one_of("state", TICKET_STATES), name="state"),
        UniqueConstraint("who", "key"),
        Index("ix_tickets_who_created_at", "who", "created_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default="open")
    who: Mapped[str] = mapped_column(String(80))
    shopper_id: Mapped[str] = mapped_column(String(80), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="SET NULL"), index=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id", ondelete="SET NULL"), index=True)
    order_number: Mapped[str | None] = mapped_column(String(20))
    problem: Mapped[str | None] = mapped_column(String(100))
    words: Mapped[str] = mapped_column(String(1000), default="")
    email: Mapped[str] = mapped_column(String(254))
    key: Mapped[str] = mapped_column(String(80))
    fingerprint: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    lines: Mapped[list[TicketLine]] = relationship(cascade="all, delete-orphan", order_by="TicketLine.order_line_id")
    photos: Mapped[list[TicketPhoto]] = relationship(cascade="all, delete-orphan", order_by="TicketPhoto.position")


class TicketLine(Base):
    """A line of an order that a ticket is about."""

    __tablename__ = "ticket_lines"
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(
        ForeignKey("order_lines.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    sku: Mapped[str] = mapped_column(String(100))


class TicketPhoto(Base):
    """The id of a photo that was sent with a ticket; the photo itself lies in the store of photos."""

    __tablename__ = "ticket_photos"
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    photo_id: Mapped[str] = mapped_column(String(40))


class InvoiceRequest(Base):
    """An invoice that a shopper has asked for; an order has one open request at most.

    Attributes:
        title: in whose name it is made out.
        tax_id: of a company.
    """

    __tablename__ = "invoice_requests"
    __table_args__ = (
        CheckConstraint(one_of("kind", INVOICE_KINDS), name="kind"),
        CheckConstraint(one_of("state", INVOICE_STATES), name="state"),
        CheckConstraint("(kind = 'company') = (tax_id IS NOT NULL)", name="company_has_tax_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    who: Mapped[str] = mapped_column(String(80))
    shopper_id: Mapped[str] = mapped_column(String(80), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(100))
    tax_id: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(254))
    state: Mapped[str] = mapped_column(String(20), default="open")
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)


Index(
    "uq_invoice_requests_one_open",
    InvoiceRequest.order_id,
    unique=True,
    sqlite_where=InvoiceRequest.state == "open",
    postgresql_where=InvoiceRequest.state == "open",
)


class Satisfaction(Base):
    """How a shopper has rated a conversation, from 1 to 5; the last rating counts."""

    __tablename__ = "satisfaction"
    __table_args__ = (CheckConstraint(f"rating BETWEEN 1 AND {BEST_RATING}", name="rating"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    shopper_id: Mapped[str] = mapped_column(String(80), unique=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="SET NULL"), index=True)
    rating: Mapped[int]
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
