"""How coupons, gift cards and held prices read in a cart, in a summary and when they are refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from actions.cards import COUNTED_DOWN, left_text
from actions.turn import Turn
from shop.cart_codes import CouponView, GiftCardView
from shop.carts import CartLineView
from shop.errors import CodeNotValid
from shop.models import utc_now
from shop.money import Money

_NAMES = "categories"


def held_lines(turn: Turn, lines: Sequence[CartLineView]) -> list[str]:
    """Write one line that says how long told prices of a cart hold; none where today's are no higher."""
    until = min((line.quote.until for line in lines if line.quote and line.raised), default=None)
    if until is None:
        return []
    left = until - utc_now()
    if left < COUNTED_DOWN:
        return [turn.labels.text("cart.held_soon", left=left_text(turn.labels, left))]
    return [turn.labels.text("cart.held", until=turn.labels.date(until))]


def code_lines(
    turn: Turn, coupons: Sequence[CouponView], cards: Sequence[GiftCardView], idle: Sequence[CodeNotValid]
) -> list[str]:
    """Write one line for each code that waits with a cart."""
    labels = turn.labels
    return [
        *(labels.text("codes.coupon", code=one.code, amount=labels.money(one.amount)) for one in coupons),
        *(labels.text("codes.gift_card", hint=one.hint, balance=labels.money(one.balance)) for one in cards),
        *(labels.text("codes.idle", code=one.code, why=why_text(turn, one)) for one in idle),
    ]


def why_text(turn: Turn, refusal: CodeNotValid) -> str:
    """Say why a code does not hold, with what its rule was held against."""
    facts = {name: _fact_text(turn, name, value) for name, value in refusal.facts.items()}
    return turn.labels.text(f"codes.why.{refusal.reason}", **facts)


def until_text(turn: Turn, last_day: dt.date | None) -> str:
    """Say until when a code holds, as its row does."""
    labels = turn.labels
    return labels.text("codes.no_end") if last_day is None else labels.text("codes.until", date=labels.date(last_day))


def total_text(turn: Turn, total: Money, by_gift_card: Money, due: Money) -> str:
    """Write what an order comes to, and where gift cards pay a part, what is left to pay."""
    labels = turn.labels
    if not by_gift_card.amount:
        return labels.money(total)
    return labels.text(
        "codes.part_paid", total=labels.money(total), gift=labels.money(by_gift_card), due=labels.money(due)
    )


def _fact_text(turn: Turn, name: str, value: object) -> str:
    labels = turn.labels
    if isinstance(value, Money):
        return labels.money(value)
    if isinstance(value, dt.date):
        return labels.date(value)
    if name == _NAMES and isinstance(value, tuple):
        return labels.one_of(labels.value(str(each)) for each in value)
    return str(value)
