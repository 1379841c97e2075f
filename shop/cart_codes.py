"""The coupons and gift cards that wait in a cart: what each does there now, or why it does nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from shop.coupons import Buyer, Discount, Goods, Sale, today, uses_of, work_out
from shop.errors import CodeNotValid
from shop.gift_cards import check_gift_card
from shop.models import Cart, Coupon, GiftCard
from shop.money import Money
from shop.terms import Terms


@dataclass(frozen=True)
class CouponView:
    """What a coupon takes off a cart, and the last day on which it holds, if it has one."""

    id: int
    code: str
    name: str
    amount: Money
    last_day: dt.date | None


@dataclass(frozen=True)
class GiftCardView:
    """A gift card by its last signs, with what is on it, and the last day on which it pays, if it has one."""

    id: int
    hint: str
    balance: Money
    last_day: dt.date | None


@dataclass(frozen=True)
class CartCodes:
    """All codes of a cart; `parts` is what the coupons take off each of its lines."""

    coupons: tuple[CouponView, ...]
    gift_cards: tuple[GiftCardView, ...]
    idle: tuple[CodeNotValid, ...]
    parts: tuple[Decimal, ...]


def codes_of(
    session: Session, cart: Cart, goods: Sequence[Goods], currency: str, buyer: Buyer, terms: Terms
) -> CartCodes:
    """Work out the codes of a cart for its lines."""
    coupons = [code.coupon for code in cart.codes if code.coupon]
    sale = Sale(goods, currency, buyer, uses_of(session, coupons, buyer), terms, today())
    results = work_out(coupons, sale)
    discounts = [result for result in results if isinstance(result, Discount)]
    cards = [code.gift_card for code in cart.codes if code.gift_card]
    refusals = [check_gift_card(card, currency, buyer.customer_id, terms) for card in cards]
    return CartCodes(
        tuple(_coupon_view(one.coupon, one.amount, currency) for one in discounts),
        tuple(gift_card_view(card) for card, refusal in zip(cards, refusals, strict=True) if refusal is None),
        tuple(result for result in (*results, *refusals) if isinstance(result, CodeNotValid)),
        tuple(sum((one.parts[place] for one in discounts), Decimal(0)) for place in range(len(goods))),
    )


def gift_card_view(card: GiftCard) -> GiftCardView:
    """Show a gift card."""
    return GiftCardView(card.id, card.hint, Money(card.balance, card.currency), card.last_day)


def _coupon_view(coupon: Coupon, amount: Decimal, currency: str) -> CouponView:
    return CouponView(coupon.id, coupon.code, coupon.name, Money(amount, currency), coupon.last_day)
