"""The tables of coupons and gift cards: what each is good for, where it waits, and what it has paid."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.columns import ExactDecimal, UtcDateTime
from shop.models_base import Base, one_of, utc_now

if TYPE_CHECKING:
    from shop.models import Category

COUPON_KINDS = ("percent", "amount")


class Coupon(Base):
    """A code that takes something off an order.

    Attributes:
        code: letters and digits, in capitals; shoppers may write it in any way.
        value: percent, or an amount of `currency`.
        minimum: what the goods that it is for must come to.
        first_day: the first day on which it holds, in UTC; always until `last_day` without one.
        uses: how many orders may use it, all shoppers together; any number without.
        uses_each: how many orders of one customer may.
        with_promotions: whether it also holds for what a promotion has made cheaper.
        with_coupons: whether another coupon may be used beside it.
        customer_id: whose it is; anybody's without.
        categories: what it is for; everything without.
    """

    __tablename__ = "coupons"
    __table_args__ = (
        CheckConstraint(one_of("kind", COUPON_KINDS), name="kind"),
        CheckConstraint("value > 0 AND (kind <> 'percent' OR value <= 1000000)", name="value"),
        CheckConstraint("currency IS NOT NULL OR (kind = 'percent' AND minimum = 0)", name="currency_known"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    value: Mapped[Decimal] = mapped_column(ExactDecimal)
    currency: Mapped[str | None] = mapped_column(String(3))
    minimum: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(0))
    first_day: Mapped[dt.date | None] = mapped_column(Date)
    last_day: Mapped[dt.date | None] = mapped_column(Date)
    uses: Mapped[int | None]
    uses_each: Mapped[int | None]
    with_promotions: Mapped[bool] = mapped_column(default=True)
    with_coupons: Mapped[bool] = mapped_column(default=False)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    categories: Mapped[list[CouponCategory]] = relationship(
        cascade="all, delete-orphan", order_by="CouponCategory.category_id", lazy="selectin"
    )


class CouponCategory(Base):
    """A category that a coupon is for, with all that is below it."""

    __tablename__ = "coupon_categories"
    coupon_id: Mapped[int] = mapped_column(ForeignKey("coupons.id", ondelete="CASCADE"), primary_key=True)
    category_id: Mapped[int] = mapped_column(
        ForeignKey("categories.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    category: Mapped[Category] = relationship(lazy="joined")


class CouponUse(Base):
    """An order that has used a coupon; it counts until it is given back."""

    __tablename__ = "coupon_uses"
    __table_args__ = (UniqueConstraint("coupon_id", "order_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    coupon_id: Mapped[int] = mapped_column(ForeignKey("coupons.id", ondelete="CASCADE"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id", ondelete="SET NULL"), index=True)
    shopper_id: Mapped[str] = mapped_column(String(80))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="SET NULL"))
    email: Mapped[str] = mapped_column(String(254))
    amount: Mapped[Decimal] = mapped_column(ExactDecimal)
    used_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    given_back_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    coupon: Mapped[Coupon] = relationship()


class GiftCard(Base):
    """Money that was paid in before; the code itself is kept nowhere, only its hash and its last signs.

    The balance is at each moment the first amount, less what orders took, and with what they gave back.
    """

    __tablename__ = "gift_cards"
    __table_args__ = (CheckConstraint("balance >= 0 AND balance <= amount", name="balance_within_amount"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(4))
    amount: Mapped[Decimal] = mapped_column(ExactDecimal)
    balance: Mapped[Decimal] = mapped_column(ExactDecimal)
    currency: Mapped[str] = mapped_column(String(3))
    last_day: Mapped[dt.date | None] = mapped_column(Date)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)


class GiftCardUse(Base):
    """What a gift card has paid of an order, and how much of it has gone back since, onto it or to a replacement."""

    __tablename__ = "gift_card_uses"
    __table_args__ = (
        UniqueConstraint("gift_card_id", "order_id"),
        CheckConstraint("given_back >= 0 AND given_back <= amount", name="given_back_within_amount"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    gift_card_id: Mapped[int] = mapped_column(ForeignKey("gift_cards.id", ondelete="CASCADE"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    amount: Mapped[Decimal] = mapped_column(ExactDecimal)
    given_back: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(0))
    used_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    gift_card: Mapped[GiftCard] = relationship()


class CartCode(Base):
    """A coupon or a gift card that waits in a cart for its order."""

    __tablename__ = "cart_codes"
    __table_args__ = (
        UniqueConstraint("cart_id", "coupon_id"),
        UniqueConstraint("cart_id", "gift_card_id"),
        CheckConstraint("(coupon_id IS NULL) <> (gift_card_id IS NULL)", name="one_of_both"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    cart_id: Mapped[int] = mapped_column(ForeignKey("carts.id", ondelete="CASCADE"))
    coupon_id: Mapped[int | None] = mapped_column(ForeignKey("coupons.id", ondelete="CASCADE"), index=True)
    gift_card_id: Mapped[int | None] = mapped_column(ForeignKey("gift_cards.id", ondelete="CASCADE"), index=True)
    coupon: Mapped[Coupon | None] = relationship()
    gift_card: Mapped[GiftCard | None] = relationship()


class CodeTry(Base):
    """A code that a shopper has entered and that opened nothing; too many of them end the guessing for a time."""

    __tablename__ = "code_tries"
    __table_args__ = (Index("ix_code_tries_who_tried_at", "who", "tried_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column(String(80))
    tried_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
