"""The demo's coupons and gift cards, with codes that everybody may know.

| code | what it shows |
| --- | --- |
| WELCOME10 | 10% off everything from 20 USD, once a customer |
| TECH20 | 20 USD off computers and the like from 100 USD, goes with other coupons |
| EXTRA5 | 5% off everything, goes with other coupons |
| LEAFY5 | 5 USD off plants, but not off reduced ones |
| SUMMER15 | is over |
| NEXTYEAR10 | has not begun |
| EURO5 | is in another currency |
| ADA15 | demo-ada's alone |
| GIFT-ADA2-5026-CARD | a gift card of 50 USD |
| GIFT-NEW2-2000-CARD | a gift card of 2,000 USD |
| GIFT-OLD2-1026-CARD | a gift card that is over |
| GIFT-BOO2-2526-CARD | a gift card of demo-bo's alone |
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.demo.offers import CURRENCY
from shop.gift_cards import code_hash, issue_gift_card, normal
from shop.models import Category, Coupon, CouponCategory, GiftCard
from shop.money import Money

_YEAR = 365


@dataclass(frozen=True)
class _DemoCoupon:
    code: str
    name: str
    percent: str | None = None
    amount: str | None = None
    currency: str = CURRENCY
    minimum: str = "0"
    first: int = -30
    last: int = _YEAR
    each: int | None = None
    with_promotions: bool = True
    with_coupons: bool = False
    category: str | None = None
    customer: str | None = None


_COUPONS = (
    _DemoCoupon("WELCOME10", "10% off, once", percent="10", minimum="20", each=1),
    _DemoCoupon("TECH20", "20 off electronics", amount="20", minimum="100", with_coupons=True, category="electronics"),
    _DemoCoupon("EXTRA5", "5% off on top", percent="5", with_coupons=True),
    _DemoCoupon("LEAFY5", "5 off plants", amount="5", with_promotions=False, category="home-garden/plants"),
    _DemoCoupon("SUMMER15", "15% off in summer", percent="15", first=-120, last=-30),
    _DemoCoupon("NEXTYEAR10", "10% off next year", percent="10", first=_YEAR, last=2 * _YEAR),
    _DemoCoupon("EURO5", "5 euros off", amount="5", currency="EUR"),
    _DemoCoupon("ADA15", "15% off for Ada", percent="15", customer="demo-ada"),
)
# code, amount, last day from the end of the simulation, whose it is alone
_GIFT_CARDS = (
    ("GIFT-ADA2-5026-CARD", "50.00", 3 * _YEAR, None),
    ("GIFT-NEW2-2000-CARD", "2000.00", 3 * _YEAR, None),
    ("GIFT-OLD2-1026-CARD", "10.00", -1, None),
    ("GIFT-BOO2-2526-CARD", "25.00", 3 * _YEAR, "demo-bo"),
)


def write_codes(session: Session, customers: Mapping[str, int], end: dt.datetime) -> None:
    """Put the demo's codes on dates around the end; what shoppers have used of them stays used."""
    categories = {slug: key for slug, key in session.execute(select(Category.slug, Category.id))}
    for coupon in _COUPONS:
        row = session.scalar(select(Coupon).where(Coupon.code == coupon.code)) or Coupon(code=coupon.code)
        row.name, row.minimum = coupon.name, Decimal(coupon.minimum)
        row.kind, row.value = ("percent" if coupon.percent else "amount"), Decimal(coupon.percent or coupon.amount or 0)
        row.currency = coupon.currency
        row.first_day, row.last_day = _day(end, coupon.first), _day(end, coupon.last)
        row.uses_each, row.customer_id = coupon.each, customers[coupon.customer] if coupon.customer else None
        row.with_promotions, row.with_coupons = coupon.with_promotions, coupon.with_coupons
        wanted = [categories[coupon.category]] if coupon.category else []
        if [each.category_id for each in row.categories] != wanted:
            row.categories = [CouponCategory(category_id=key) for key in wanted]
        session.add(row)
    for code, amount, last, customer in _GIFT_CARDS:
        card = session.scalar(select(GiftCard).where(GiftCard.code_hash == code_hash(normal(code))))
        owner = customers[customer] if customer else None
        if card is None:
            money = Money(amount, CURRENCY)
            issue_gift_card(session, money, code=code, last_day=_day(end, last), customer_id=owner)
        else:
            card.last_day, card.customer_id = _day(end, last), owner
    session.flush()


def _day(end: dt.datetime, days: int) -> dt.date:
    return (end + dt.timedelta(days=days)).date()
