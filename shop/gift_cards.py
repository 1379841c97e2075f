"""Gift cards: money paid in before, behind a code that nobody guesses and that is kept nowhere."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.coupons import today
from shop.errors import CodeNotValid
from shop.models import GiftCard, GiftCardUse, Order
from shop.money import Money
from shop.terms import Terms

# Letters and digits that are not mistaken for one another when read aloud or copied; 79 bits of chance.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH, _GROUP = 16, 4


def issue_gift_card(
    session: Session,
    money: Money,
    *,
    code: str | None = None,
    last_day: dt.date | None = None,
    customer_id: int | None = None,
) -> str:
    """Write a new gift card and give its code, which cannot be had again.

    Args:
        session: a session of `shop.db.writing`.
        money: what is on it.
        code: for a demo, where everybody shall know it; a new one is minted without.
        last_day: the last day on which it pays, in UTC.
        customer_id: whose it is alone; whoever has the code may use it without.
    """
    chosen = code or new_code()
    plain = normal(chosen)
    row = GiftCard(
        code_hash=code_hash(plain),
        hint=plain[-_GROUP:],
        amount=money.amount,
        balance=money.amount,
        currency=money.currency.code,
        last_day=last_day,
        customer_id=customer_id,
    )
    session.add(row)
    session.flush()
    return chosen


def new_code() -> str:
    """Mint a code in groups of four.

    >>> len(new_code())
    19
    """
    signs = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return "-".join(signs[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def normal(code: str) -> str:
    """Leave out what only makes a code easier to read.

    >>> normal("abcd-2345 efgh")
    'ABCD2345EFGH'
    """
    return "".join(char for char in code.upper() if char.isalnum())


def code_hash(plain: str) -> str:
    """Give what is kept of a code; its many bits need no salt."""
    return hashlib.sha256(f"daogou gift card\0{plain}".encode("utf-8", "replace")).hexdigest()


def check_gift_card(card: GiftCard, currency: str, customer_id: int | None, terms: Terms) -> CodeNotValid | None:
    """Say why a gift card cannot pay for a cart, if it cannot."""
    rule, facts = terms.gift_card_rule, dict[str, object]()
    reason = None
    if card.customer_id not in (None, customer_id):
        reason = "unknown"
    elif card.last_day is not None and today() > card.last_day:
        reason, facts = "expired", {"last_day": card.last_day}
    elif card.currency != currency:
        reason, facts = "currency", {"currency": card.currency, "cart": currency}
    elif not card.balance:
        reason = "empty"
    return CodeNotValid(reason, card.hint, rule, facts) if reason else None


def pay_with(session: Session, order: Order, payments: Sequence[tuple[int, Decimal]]) -> None:
    """Take what gift cards pay of a new order from them; whoever locked the cards knows that it is on them."""
    for card_id, amount in sorted(payments):
        _change_balance(session, card_id, -amount)
        order.gift_card_uses.append(GiftCardUse(gift_card_id=card_id, amount=amount, given_back=Decimal(0)))
        order.paid += amount


def on_gift_cards(order: Order) -> Decimal:
    """Say how much of an order's money came from gift cards and has not gone back."""
    return sum((use.amount - use.given_back for use in order.gift_card_uses), Decimal(0))


def give_back(order: Order, amount: Decimal, session: Session | None) -> list[tuple[int, Decimal]]:
    """Note that money of gift cards leaves an order, the card that was used last first; say how much of which.

    Args:
        order: the order.
        amount: no more than `on_gift_cards`.
        session: puts it back onto the cards; without one it goes elsewhere, as to a replacement.
    """
    parts = []
    for use in reversed(order.gift_card_uses):
        part = min(amount, use.amount - use.given_back)
        if part:
            use.given_back += part
            amount -= part
            parts.append((use.gift_card_id, part))
    if session is not None:
        for card_id, part in sorted(parts):
            _change_balance(session, card_id, part)
    return parts


def locked_gift_cards(session: Session, ids: Sequence[int]) -> list[GiftCard]:
    """Lock gift cards in the order of their ids, as everyone does who touches several."""
    query = select(GiftCard).where(GiftCard.id.in_(ids)).order_by(GiftCard.id).with_for_update()
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _change_balance(session: Session, card_id: int, by: Decimal) -> None:
    session.execute(
        update(GiftCard).where(GiftCard.id == card_id).values(balance=GiftCard.balance + by),
        execution_options={"synchronize_session": "fetch"},
    )
