"""The tables of the service desk: goods on their way back, money paid back, and who changed what and why."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.columns import ExactDecimal, UtcDateTime
from shop.models_base import Base, one_of, utc_now

RETURN_STATES = ("requested", "approved", "received", "refunded", "refused")
RETURN_KINDS = ("return", "exchange")
REFUND_KINDS = ("cancellation", "option_change", "return", "exchange")
REFUND_STATES = ("pending", "paid", "credited")


class Return(Base):
    """Goods on their way back, under an RMA number.

    An exchange ends as received: then `replacement_number` names the order by which the other goods are sent.

    Attributes:
        refund: what is paid back in money once the goods have arrived; `delivery_refund` is the part of it that the
            shopper had paid for delivery.
        label_free: whether the shop pays for the parcel back.
        withdrawn_at: when its shopper called it off; its state is "refused" from then on, as nothing comes of it.
    """

    __tablename__ = "returns"
    __table_args__ = (
        CheckConstraint(one_of("state", RETURN_STATES), name="state"),
        CheckConstraint(one_of("kind", RETURN_KINDS), name="kind"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    rma_number: Mapped[str] = mapped_column(String(20), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20), default="return")
    state: Mapped[str] = mapped_column(String(20), default="requested")
    refund: Mapped[Decimal] = mapped_column(ExactDecimal)
    delivery_refund: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(0))
    currency: Mapped[str] = mapped_column(String(3))
    label_free: Mapped[bool] = mapped_column(default=True)
    replacement_number: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    lines: Mapped[list[ReturnLine]] = relationship(cascade="all, delete-orphan", order_by="ReturnLine.order_line_id")
    exchange_lines: Mapped[list[ExchangeLine]] = relationship(
        cascade="all, delete-orphan", order_by="ExchangeLine.order_line_id"
    )


class ReturnLine(Base):
    """How many pieces of an order line come back, why, and what was paid for them."""

    __tablename__ = "return_lines"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)
    return_id: Mapped[int] = mapped_column(ForeignKey("returns.id", ondelete="CASCADE"), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(
        ForeignKey("order_lines.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    quantity: Mapped[int]
    reason: Mapped[str] = mapped_column(String(100))
    refund: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(0))


class ExchangeLine(Base):
    """What is sent in place of a return line, taken from stock when the exchange was asked for, and its worth."""

    __tablename__ = "exchange_lines"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)
    return_id: Mapped[int] = mapped_column(ForeignKey("returns.id", ondelete="CASCADE"), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(
        ForeignKey("order_lines.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    variant_id: Mapped[int | None] = mapped_column(ForeignKey("variants.id", ondelete="SET NULL"))
    sku: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(400))
    options: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    quantity: Mapped[int]
    worth: Mapped[Decimal] = mapped_column(ExactDecimal)


class Refund(Base):
    """Money that goes back for an order: pending until it is sent; credited where it pays for a replacement.

    `gift_amount` is the part of it that goes back onto gift cards, which happens at once.
    """

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint(one_of("kind", REFUND_KINDS), name="kind"),
        CheckConstraint(one_of("state", REFUND_STATES), name="state"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("gift_amount >= 0 AND gift_amount <= amount", name="gift_within_amount"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    return_id: Mapped[int | None] = mapped_column(ForeignKey("returns.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default="pending")
    amount: Mapped[Decimal] = mapped_column(ExactDecimal)
    gift_amount: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(0))
    currency: Mapped[str] = mapped_column(String(3))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    settled_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class AuditEntry(Base):
    """One change of an order: who made it when and why, by which rule, and what it changed.

    Written in the transaction of the change itself. Folding the entries of an order from its first on gives the order
    as it is now; `stock` sums up to what orders have taken from and given back to the shelf.

    Attributes:
        who: the customer's public id, "guest-..." for a guest, "shop:..." for the shop's own side.
        conversation: the conversation's id; None where the shop acted.
        before: the facts that changed, as they were; a fact that was not there is missing.
        after: the same facts as they are now.
        stock: pieces given to the shelf by SKU; taken ones are negative.
        key: the idempotency key of the yes; a repeated one finds this entry.
        fingerprint: what the yes was said to.
        result: what whoever asked was answered.
    """

    __tablename__ = "audit"
    __table_args__ = (UniqueConstraint("who", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    who: Mapped[str] = mapped_column(String(80))
    conversation: Mapped[str | None] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(40))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id", ondelete="SET NULL"), index=True)
    order_number: Mapped[str] = mapped_column(String(20))
    why: Mapped[str] = mapped_column(String(300), default="")
    rule: Mapped[str | None] = mapped_column(String(80))
    policy_version: Mapped[str | None] = mapped_column(String(40))
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    stock: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    key: Mapped[str | None] = mapped_column(String(80))
    fingerprint: Mapped[str | None] = mapped_column(String(16))
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
