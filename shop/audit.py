"""The audit: every change of an order, with who made it, when, why, by which rule, and what it changed.

An entry holds the facts that a change altered, before and after, so that the entries of an order add up to what it is
now; the stock that a change moved stands beside them. Entries are only ever added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.errors import KeyReused
from shop.models import AuditEntry, Order, utc_now
from shop.order_views import kept
from shop.policy_rules import Citation
from shop.shoppers import Shopper
from shop.text import is_key

_LONGEST_KEY, _LONGEST_WHY = 80, 300
_SHOP = "shop:"
_PLAIN = ("state", "payment_state", "delivery_method", "email", "currency", "refund_first")
_SUMS = ("subtotal", "delivery_price", "total", "paid", "refunded")
_ADDRESS = ("ship_name", "ship_street", "ship_city", "ship_postcode", "ship_country")

Facts = dict[str, Any]


@dataclass(frozen=True)
class Asker:
    """Who makes a change, in which conversation, why, and by which idempotency key."""

    who: str
    conversation: str | None = None
    why: str = ""
    key: str | None = None


@dataclass(frozen=True)
class Change:
    """What an entry says beside who asked.

    Attributes:
        action: its name, such as "cancel".
        before: the facts of the order as they were.
        stock: pieces given to the shelf by SKU; taken ones are negative.
        rule: by which rule it was allowed.
        fingerprint: what a shopper said yes to.
        result: what they are answered.
        beside: facts outside of the order that changed too, before and after.
    """

    action: str
    before: Facts
    stock: Mapping[str, int] = field(default_factory=dict)
    rule: Citation | None = None
    fingerprint: str | None = None
    result: Mapping[str, Any] = field(default_factory=dict)
    beside: tuple[Facts, Facts] = ({}, {})


def asked_by(shopper: Shopper, key: str | None = None, why: str = "") -> Asker:
    """Name a shopper as who asks; what cannot be stored of their words is left out.

    Raises:
        ValueError: the key is empty, longer than 80 or not printable.
    """
    if key is not None and not is_key(key, _LONGEST_KEY):
        raise ValueError(f"key is empty, longer than {_LONGEST_KEY} or not printable: {key!r}")
    plain = "".join(char for char in why if char.isprintable())[:_LONGEST_WHY]
    return Asker(shopper.user_id, shopper.shopper_id, plain, key)


def asked_by_shop(part: str, why: str = "") -> Asker:
    """Name a part of the shop, such as "warehouse", as who asks."""
    return Asker(f"{_SHOP}{part}", why=why[:_LONGEST_WHY])


def order_facts(order: Order) -> Facts:
    """Write down everything about an order that changes can alter."""
    facts: Facts = {name: getattr(order, name) for name in (*_PLAIN, *_ADDRESS)}
    facts |= {name: _exact(getattr(order, name)) for name in _SUMS}
    for line in order.lines:
        facts[f"line {line.id}"] = {
            "sku": line.sku,
            "quantity": line.quantity,
            "cancelled": line.cancelled,
            "unit_price": _exact(line.unit_price),
            "discount": _exact(line.discount),
        }
    for parcel in order.shipments:
        facts[f"parcel {parcel.id}"] = {
            "state": parcel.state,
            "tracking_number": parcel.tracking_number,
            "lines": {str(part.order_line_id): part.quantity for part in parcel.lines},
        }
    for back in order.returns:
        facts[f"return {back.rma_number}"] = {
            "kind": back.kind,
            "state": back.state,
            "refund": _exact(back.refund),
            "replacement": back.replacement_number,
            "lines": {str(part.order_line_id): part.quantity for part in back.lines},
        }
    for refund in order.refunds:
        facts[f"refund {refund.id}"] = {
            "kind": refund.kind,
            "state": refund.state,
            "amount": _exact(refund.amount),
            "gift_amount": _exact(refund.gift_amount),
        }
    for coupon in order.coupon_uses:
        facts[f"coupon {coupon.coupon_id}"] = {
            "amount": _exact(coupon.amount),
            "given_back": coupon.given_back_at is not None,
        }
    for gift in order.gift_card_uses:
        facts[f"gift card {gift.gift_card_id}"] = {
            "amount": _exact(gift.amount),
            "given_back": _exact(gift.given_back),
        }
    return facts


def taken_for(order: Order) -> dict[str, int]:
    """Say what a new order has taken from the shelf."""
    taken: dict[str, int] = {}
    for line in order.lines:
        taken[line.sku] = taken.get(line.sku, 0) - kept(line)
    return taken


def record(session: Session, order: Order, change: Change, asker: Asker) -> AuditEntry:
    """Write what a change has done to an order, in the transaction that did it.

    Raises:
        KeyReused: the same key was used at the same moment for something else.
    """
    order.updated_at = utc_now()
    session.flush()
    before, after = _difference(change.before, order_facts(order))
    entry = AuditEntry(
        who=asker.who,
        conversation=asker.conversation,
        action=change.action,
        order_id=order.id,
        order_number=order.number,
        why=asker.why,
        rule=change.rule.rule if change.rule else None,
        policy_version=change.rule.version if change.rule else None,
        before=before | change.beside[0],
        after=after | change.beside[1],
        stock={sku: count for sku, count in sorted(change.stock.items()) if count},
        key=asker.key,
        fingerprint=change.fingerprint,
        result=dict(change.result),
    )
    return _written(session, entry)


def note(session: Session, order: Order | None, action: str, facts: Facts, asker: Asker) -> AuditEntry:
    """Write what was begun beside an order, or without any, which leaves the order as it is.

    Raises:
        KeyReused: the same key was used for something else.
    """
    entry = AuditEntry(
        who=asker.who,
        conversation=asker.conversation,
        action=action,
        order_id=order.id if order else None,
        order_number=order.number if order else "",
        why=asker.why,
        after=facts,
        key=asker.key,
    )
    return _written(session, entry)


def _written(session: Session, entry: AuditEntry) -> AuditEntry:
    session.add(entry)
    try:
        session.flush()
    except IntegrityError as error:
        raise KeyReused(entry.key or "") from error
    return entry


def entry_of_key(session: Session, asker: Asker) -> AuditEntry | None:
    """Find what the asker's key has done already."""
    return session.scalar(select(AuditEntry).where(AuditEntry.who == asker.who, AuditEntry.key == asker.key))


def _difference(before: Facts, after: Facts) -> tuple[Facts, Facts]:
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return (
        {name: before[name] for name in changed if name in before},
        {name: after[name] for name in changed if name in after},
    )


def _exact(amount: Decimal) -> str:
    """Write an amount in one way, however many zeros it was worked out with."""
    return f"{amount.normalize():f}"
