"""The tables of what shoppers did and of what they were shown: the recommender learns from these rows."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.columns import UtcDateTime
from shop.models_base import Base, one_of, utc_now

INTERACTION_KINDS = ("view", "click", "cart", "purchase", "dismiss")


class Interaction(Base):
    """One thing a shopper did with a product; `slate_id` names the list that led them there, where one did."""

    __tablename__ = "interactions"
    __table_args__ = (
        CheckConstraint(one_of("kind", INTERACTION_KINDS), name="kind"),
        Index("ix_interactions_shopper_id_happened_at", "shopper_id", "happened_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    shopper_id: Mapped[str] = mapped_column(String(80))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), index=True)
    variant_id: Mapped[int | None] = mapped_column(ForeignKey("variants.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(20))
    quantity: Mapped[int] = mapped_column(default=1)
    source: Mapped[str] = mapped_column(String(40))
    slate_id: Mapped[int | None] = mapped_column(ForeignKey("slates.id", ondelete="SET NULL"))
    happened_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    simulated: Mapped[bool] = mapped_column(default=False)


# Most interactions follow no list: those that do are found without the others.
Index(
    "ix_interactions_slate_id",
    Interaction.slate_id,
    sqlite_where=Interaction.slate_id.is_not(None),
    postgresql_where=Interaction.slate_id.is_not(None),
)


class Slate(Base):
    """A list that was recommended: to whom, for which task, and by which policy and model."""

    __tablename__ = "slates"
    __table_args__ = (Index("ix_slates_shopper_id_created_at", "shopper_id", "created_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    shopper_id: Mapped[str] = mapped_column(String(80))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="SET NULL"), index=True)
    task: Mapped[str] = mapped_column(String(40))
    policy: Mapped[str] = mapped_column(String(200))
    model_version: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    items: Mapped[list[SlateItem]] = relationship(cascade="all, delete-orphan", order_by="SlateItem.position")


class SlateItem(Base):
    """One product of a slate: its place from 1, what it was ranked by, and how likely the policy put it there."""

    __tablename__ = "slate_items"
    __table_args__ = (
        UniqueConstraint("slate_id", "product_id"),
        CheckConstraint("position > 0", name="position_positive"),
        CheckConstraint("propensity > 0 AND propensity <= 1", name="propensity_is_a_chance"),
    )
    slate_id: Mapped[int] = mapped_column(ForeignKey("slates.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), index=True)
    score: Mapped[float] = mapped_column(Float)
    propensity: Mapped[float] = mapped_column(Float)


class PhotoQuery(Base):
    """What an image model saw in a photo that a list of products answered; the picture itself is kept nowhere here.

    `vector` holds float16 numbers, little-endian. `narrowed` tells that words or filters had a say in the list: what
    was then chosen need not be what the photo shows.
    """

    __tablename__ = "photo_queries"
    slate_id: Mapped[int] = mapped_column(ForeignKey("slates.id", ondelete="CASCADE"), primary_key=True)
    model: Mapped[str] = mapped_column(String(80))
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    narrowed: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
