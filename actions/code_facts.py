"""What an answer about coupons and gift cards tells of the shop, as facts with their records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from shop.cart_codes import CouponView, GiftCardView
from shop.errors import CodeNotValid
from shop.models import utc_now
from shop.money import Money
from shop.receipts import Fact, fingerprint

PRICE, DATE = "price", "date"
_COUPON, _GIFT_CARD = "coupons/{}", "gift_cards/{}"


def money_value(amount: Money) -> str:
    """Write an amount as the log holds it.

    >>> money_value(Money("1299.5", "USD"))
    '1299.50 USD'
    """
    plain = amount.amount.normalize()
    places = max(2, -int(plain.as_tuple().exponent))
    return f"{plain:.{places}f} {amount.currency.code}"


def coupon_facts(coupon: CouponView) -> Iterator[Fact]:
    """Give what a coupon takes off, and until when it holds."""
    record, version = _COUPON.format(coupon.code), fingerprint(coupon.code, coupon.amount, coupon.last_day)
    yield _fact(PRICE, record, money_value(coupon.amount), version)
    yield from _last_day(record, coupon.last_day, version)


def gift_card_facts(card: GiftCardView) -> Iterator[Fact]:
    """Give what is on a gift card, and until when it pays; it goes by its row, as its code is nobody else's."""
    record, version = _GIFT_CARD.format(card.id), fingerprint(card.id, card.balance, card.last_day)
    yield _fact(PRICE, record, money_value(card.balance), version)
    yield from _last_day(record, card.last_day, version)


def codes_facts(
    coupons: Sequence[CouponView], cards: Sequence[GiftCardView], idle: Sequence[CodeNotValid]
) -> list[Fact]:
    """Give what the codes of a cart tell."""
    return [
        *(fact for coupon in coupons for fact in coupon_facts(coupon)),
        *(fact for card in cards for fact in gift_card_facts(card)),
        *(fact for refusal in idle for fact in refusal_facts(refusal)),
    ]


def refusal_facts(refusal: CodeNotValid) -> Iterator[Fact]:
    """Give the amounts and days that a refusal names."""
    record = _COUPON.format(refusal.code)
    version = fingerprint(refusal.code, refusal.reason, *refusal.facts.values())
    for value in refusal.facts.values():
        if isinstance(value, Money):
            yield _fact(PRICE, record, money_value(value), version)
        elif isinstance(value, dt.date):
            yield _fact(DATE, record, value.isoformat(), version)


def _last_day(record: str, day: dt.date | None, version: str) -> Iterator[Fact]:
    if day is not None:
        yield _fact(DATE, record, day.isoformat(), version)


def _fact(kind: str, record: str, value: str, version: str) -> Fact:
    return Fact(kind, record, value, version, utc_now())
