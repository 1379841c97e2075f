"""Coupons: whether one holds for what is in a cart, what it takes off, and how that spreads over the lines.

Coupons are worked out one after the other in the order in which they were entered; each takes its part of what the ones
before it have left. What one takes off is spread over its lines in proportion to what they cost, in whole coins, so
that the parts add up to it exactly: refunds are computed from them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from moneyed import get_currency
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from shop.errors import CodeNotValid
from shop.models import Coupon, CouponUse, utc_now
from shop.money import Money, to_coins
from shop.terms import Terms

PERCENT = "percent"


@dataclass(frozen=True)
class Goods:
    """A line as a coupon sees it: what it costs, where it stands, and whether a promotion has made it cheaper."""

    total: Decimal
    categories: frozenset[int]
    reduced: bool


@dataclass(frozen=True)
class Buyer:
    """Whose uses of a coupon count: the customer, or the guest of this conversation, or of this e-mail address."""

    shopper_id: str
    customer_id: int | None
    email: str | None = None


@dataclass(frozen=True)
class Uses:
    """How many orders have used a coupon: all of them, and those of one buyer."""

    all: int = 0
    own: int = 0


@dataclass(frozen=True)
class Discount:
    """What a coupon takes off: of all lines together, and of each in their order."""

    coupon: Coupon
    amount: Decimal
    parts: tuple[Decimal, ...]


@dataclass(frozen=True)
class Sale:
    """What coupons are worked out for."""

    goods: Sequence[Goods]
    currency: str
    buyer: Buyer
    uses: Mapping[int, Uses]
    terms: Terms
    today: dt.date


def uses_of(session: Session, coupons: Sequence[Coupon], buyer: Buyer) -> dict[int, Uses]:
    """Count how often coupons were used, without what was given back."""
    ids = [coupon.id for coupon in coupons]
    if not ids:
        return {}
    own = and_(CouponUse.customer_id.is_(None), CouponUse.shopper_id == buyer.shopper_id)
    if buyer.customer_id is not None:
        own = or_(own, CouponUse.customer_id == buyer.customer_id)
    if buyer.email:
        own = or_(own, CouponUse.email == buyer.email.casefold())
    counts = select(CouponUse.coupon_id, func.count(), func.count().filter(own))
    used = counts.where(CouponUse.coupon_id.in_(ids), CouponUse.given_back_at.is_(None))
    return {key: Uses(all_uses, own_uses) for key, all_uses, own_uses in session.execute(used.group_by("coupon_id"))}


def work_out(coupons: Sequence[Coupon], sale: Sale) -> list[Discount | CodeNotValid]:
    """Say what each coupon takes off, or why it takes nothing off."""
    found: list[Discount | CodeNotValid] = []
    left = [whole_coins(goods.total, sale.currency) for goods in sale.goods]
    used: list[Coupon] = []
    for coupon in coupons:
        refusal = _refusal(coupon, used, sale)
        if refusal is None:
            discount = _discount(coupon, left, sale)
            left = [rest - part for rest, part in zip(left, discount.parts, strict=True)]
            used.append(coupon)
            found.append(discount)
        else:
            found.append(refusal)
    return found


def spread(amount: Decimal, over: Sequence[Decimal], currency: str) -> tuple[Decimal, ...]:
    """Spread an amount over others in proportion to them, in whole coins, to the last coin.

    >>> spread(Decimal("1.00"), [Decimal("3.33"), Decimal("3.33"), Decimal("3.34")], "USD")
    (Decimal('0.33'), Decimal('0.34'), Decimal('0.33'))
    """
    whole = sum(over, Decimal(0))
    parts, before, so_far = [], Decimal(0), Decimal(0)
    for each in over:
        so_far += each
        up_to = to_coins(amount * so_far / whole, currency) if whole else Decimal(0)
        parts.append(up_to - before)
        before = up_to
    return tuple(parts)


def whole_coins(amount: Decimal, currency: str) -> Decimal:
    """Leave fractions of a coin out, as a price may have some: no coupon takes them off."""
    coins = get_currency(currency).sub_unit
    return (amount * coins).quantize(Decimal(1), rounding=ROUND_DOWN) / coins


def today() -> dt.date:
    """Give the day that it is in UTC, by which first and last days count."""
    return utc_now().date()


def _discount(coupon: Coupon, left: Sequence[Decimal], sale: Sale) -> Discount:
    over = [rest if _is_for(coupon, goods) else Decimal(0) for rest, goods in zip(left, sale.goods, strict=True)]
    whole = sum(over, Decimal(0))
    off = to_coins(whole * coupon.value / 100, sale.currency) if coupon.kind == PERCENT else coupon.value
    amount = min(whole_coins(off, sale.currency), whole)
    return Discount(coupon, amount, spread(amount, over, sale.currency))


def _is_for(coupon: Coupon, goods: Goods) -> bool:
    return _is_of_its_kind(coupon, goods) and (coupon.with_promotions or not goods.reduced)


def _is_of_its_kind(coupon: Coupon, goods: Goods) -> bool:
    wanted = {each.category_id for each in coupon.categories}
    return not wanted or bool(wanted & goods.categories)


def _refusal(coupon: Coupon, used: Sequence[Coupon], sale: Sale) -> CodeNotValid | None:
    """Find the first rule that a coupon breaks; what holds for nobody comes before what this cart lacks."""
    found = _by_itself(coupon, sale) or _beside(coupon, used, sale) or _for_goods(coupon, sale)
    if found is None:
        return None
    reason, facts = found
    return CodeNotValid(reason, coupon.code, sale.terms.coupon_rule, facts)


_Found = tuple[str, dict[str, object]] | None


def _by_itself(coupon: Coupon, sale: Sale) -> _Found:
    uses = sale.uses.get(coupon.id, Uses())
    if coupon.customer_id not in (None, sale.buyer.customer_id):
        return "unknown", {}
    if coupon.first_day is not None and sale.today < coupon.first_day:
        return "not_begun", {"first_day": coupon.first_day}
    if coupon.last_day is not None and sale.today > coupon.last_day:
        return "expired", {"last_day": coupon.last_day}
    if coupon.uses_each is not None and uses.own >= coupon.uses_each:
        return "used_by_you", {"uses": coupon.uses_each}
    if coupon.uses is not None and uses.all >= coupon.uses:
        return "used_up", {"uses": coupon.uses}
    if coupon.currency not in (None, sale.currency):
        return "currency", {"currency": coupon.currency, "cart": sale.currency}
    return None


def _beside(coupon: Coupon, used: Sequence[Coupon], sale: Sale) -> _Found:
    for other in used:
        if not (coupon.with_coupons and other.with_coupons):
            return "coupons", {"other": other.code}
    if len(used) >= sale.terms.coupons:
        return "too_many", {"limit": sale.terms.coupons}
    return None


def _for_goods(coupon: Coupon, sale: Sale) -> _Found:
    of_its_kind = [goods for goods in sale.goods if _is_of_its_kind(coupon, goods)]
    if not of_its_kind:
        return "products", {"categories": tuple(each.category.name for each in coupon.categories)}
    reached = sum((goods.total for goods in of_its_kind if _is_for(coupon, goods)), Decimal(0))
    if not any(_is_for(coupon, goods) for goods in of_its_kind):
        return "promotions", {}
    if reached < coupon.minimum:
        return "minimum", {"minimum": Money(coupon.minimum, sale.currency), "reached": Money(reached, sale.currency)}
    return None
