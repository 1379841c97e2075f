"""Prices that were told in a chat: each holds in that chat's cart until its time, which its receipt proves.

A plain price holds for the time that the shop's rule says. A reduced one holds until its promotion ends, as was told
with it. The lowest one that still holds counts. What a cart tells of a held price is no new promise: its record is
named differently, so that a price is not held on and on by looking at it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shop.models import Receipt, utc_now
from shop.money import Money
from shop.receipts import conversation_key
from shop.shoppers import Shopper

_VARIANT, _AND, _PROMOTION = "variants/", " + ", "promotions/"
_HELD = "quote"


@dataclass(frozen=True)
class Quote:
    """A price that holds.

    Attributes:
        until: up to when.
        promotion: the code of the promotion that it came from, if it did.
        receipt: the place in the log of what was told that proves it.
    """

    price: Money
    until: dt.datetime
    promotion: str | None
    receipt: int


def held_record(sku: str) -> str:
    """Name the record of a price that is told because it is held."""
    return f"{_VARIANT}{sku}{_AND}{_HELD}"


def quotes_of(session: Session, shopper: Shopper, skus: Collection[str], hold: dt.timedelta | None) -> dict[str, Quote]:
    """Find for each SKU the lowest price that was told in this chat and still holds.

    Args:
        session: a session that reads.
        shopper: who was told; what a guest was told holds for the customer who then signed in.
        skus: the variants.
        hold: how long a plain price holds; nothing is held without.
    """
    if hold is None or not skus:
        return {}
    now, best = utc_now(), dict[str, Quote]()
    for rows in _answers(session, shopper, skus).values():
        for sku, quote in _quotes(rows, hold):
            known = best.get(sku)
            if quote.until > now and (known is None or _better(quote, known)):
                best[sku] = quote
    return best


def _better(quote: Quote, known: Quote) -> bool:
    return (quote.price.amount, known.until) < (known.price.amount, quote.until)


def _answers(session: Session, shopper: Shopper, skus: Collection[str]) -> dict[str, list[Receipt]]:
    """Read what was told of some variants and of all promotions, by the answer that told it."""
    keys = {conversation_key(shopper), conversation_key(Shopper(shopper.shopper_id))}
    records = [f"{_VARIANT}{sku}" for sku in skus]
    told = or_(
        Receipt.record.in_(records),
        *(Receipt.record.startswith(f"{record}{_AND}{_PROMOTION}", autoescape=True) for record in records),
        Receipt.record.startswith(_PROMOTION),
    )
    answers = defaultdict[str, list[Receipt]](list)
    query = select(Receipt).where(Receipt.conversation.in_(keys), Receipt.kind.in_(("price", "date")), told)
    for row in session.scalars(query.order_by(Receipt.position)):
        answers[row.answer].append(row)
    return answers


def _quotes(rows: Sequence[Receipt], hold: dt.timedelta) -> list[tuple[str, Quote]]:
    """Read one answer: where a reduced price stands beside the one that it was, only the reduced one is to be paid."""
    ends = {row.record.removeprefix(_PROMOTION): row.value for row in rows if row.kind == "date"}
    prices = [(*row.record.removeprefix(_VARIANT).partition(_AND), row) for row in rows if row.kind == "price"]
    reduced = {sku for sku, joined, _, _ in prices if joined}
    found = []
    for sku, joined, promotion, row in prices:
        code = promotion.removeprefix(_PROMOTION) or None
        until = _end(ends.get(code or "")) if joined else row.read_at + hold
        if until is not None and (joined or sku not in reduced):
            found.append((sku, Quote(_money(row.value), until, code, row.position)))
    return found


def _end(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def _money(value: str) -> Money:
    amount, _, currency = value.partition(" ")
    return Money(Decimal(amount), currency)
