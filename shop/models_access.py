"""The table of one-time codes by which a guest may look at one order."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.columns import UtcDateTime
from shop.models_base import Base, utc_now


class GuestCode(Base):
    """One request to look at an order, with the keyed hash of the code that was made for it.

    There is a row also where no such order exists, or the contact is not its own: `order_id` is empty then, and no code
    can open it. The contact, and the number together with it, are kept as keyed hashes only.
    """

    __tablename__ = "guest_codes"
    __table_args__ = (
        CheckConstraint("tries >= 0", name="tries_not_negative"),
        Index("ix_guest_codes_shopper_id_created_at", "shopper_id", "created_at"),
        Index("ix_guest_codes_subject_hash_created_at", "subject_hash", "created_at"),
        Index("ix_guest_codes_contact_hash_created_at", "contact_hash", "created_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    shopper_id: Mapped[str] = mapped_column(String(80))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    subject_hash: Mapped[str] = mapped_column(String(64))
    contact_hash: Mapped[str] = mapped_column(String(64))
    salt: Mapped[str] = mapped_column(String(32))
    code_hash: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    locked_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
