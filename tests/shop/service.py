"""What the tests of the service desk share: an order in some state, and a yes to a proposal."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from shop.addresses import DeliveryAddress
from shop.audit import order_facts
from shop.carts import add_to_cart
from shop.changes import Proposal, Yes
from shop.db import Sessions, reading, writing
from shop.fulfilment import deliver, pack, record_payment, ship
from shop.models import AuditEntry, Order, OrderLine, Shipment, Variant, utc_now
from shop.money import Money
from shop.orders import place_order
from shop.policy_rules import PolicyRules, load_rules
from shop.shoppers import Shopper

EMAIL = "ada@example.com"
HOME = DeliveryAddress("Ada Lovelace", "12 Mill Lane", "Cambridge", "CB1 2AB", "GB")
WEIRD_NUMBERS = (
    "",
    "   ",
    "none",
    "1 0 0 1",
    "９９９９",
    "1001 OR 1=1",
    "'; DROP TABLE orders;--",
    "1" + "0" * 30,
    "\x00",
)
_keys = itertools.count(1)


def rules() -> PolicyRules:
    return load_rules(Path("data/policies"))


def usd(amount: str | int) -> Money:
    return Money(amount, "USD")


def yes(proposal: Proposal, key: str | None = None) -> Yes:
    return Yes(proposal.fingerprint, key or f"key-{next(_keys)}", "because I say so")


def placed(shelf: Sessions, shopper: Shopper, state: str = "paid", discount: str = "0", **quantities: int) -> str:
    """Order something and bring the order to a state; a discount is taken off its first line, as a coupon would."""
    with writing(shelf) as session:
        for sku, quantity in quantities.items():
            add_to_cart(session, shopper, sku.replace("_", "-"), quantity)
        number = place_order(session, shopper, HOME, EMAIL).number
    if Decimal(discount):
        _discount(shelf, number, Decimal(discount))
    moved(shelf, number, state)
    return number


def moved(shelf: Sessions, number: str, state: str, days_ago: float = 1) -> None:
    """Pay, pack, send and deliver an order, up to a state."""
    states = ("waiting_for_payment", "paid", "packed", "shipped", "delivered")
    steps: list[Callable[[Any], object]] = [
        lambda session: record_payment(session, number, order_row(session, number).total, "USD"),
        lambda session: pack(session, number, "Post", f"T{number}"),
        lambda session: ship(session, f"T{number}"),
        lambda session: deliver(session, f"T{number}", utc_now() - dt.timedelta(days=days_ago)),
    ]
    for step in steps[: states.index(state)]:
        with writing(shelf) as session:
            step(session)


def order_row(session: Any, number: str) -> Order:
    row: Order = session.scalars(select(Order).where(Order.number == number)).one()
    return row


def delivered_days_ago(shelf: Sessions, number: str, days: float) -> None:
    with writing(shelf) as session:
        parcels = select(Order.id).where(Order.number == number).scalar_subquery()
        moment = utc_now() - dt.timedelta(days=days)
        session.execute(update(Shipment).where(Shipment.order_id == parcels).values(delivered_at=moment))


def change_variant(shelf: Sessions, sku: str, **values: object) -> None:
    with writing(shelf) as session:
        session.execute(update(Variant).where(Variant.sku == sku).values(**values))


def stock(shelf: Sessions, sku: str) -> int:
    with reading(shelf) as session:
        return session.scalars(select(Variant.stock).where(Variant.sku == sku)).one()


def state_of(shelf: Sessions) -> Any:
    """Everything that a change could alter, to tell that nothing did."""
    with reading(shelf) as session:
        orders = [order_facts(order) for order in session.scalars(select(Order).order_by(Order.id))]
        shelves = session.execute(select(Variant.sku, Variant.stock).order_by(Variant.sku)).all()
        return orders, [tuple(row) for row in shelves], len(audit(shelf))


def audit(shelf: Sessions) -> list[AuditEntry]:
    with reading(shelf) as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def _discount(shelf: Sessions, number: str, amount: Decimal) -> None:
    with writing(shelf) as session:
        order = order_row(session, number)
        line = session.scalars(select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.id)).first()
        assert line is not None
        line.discount = amount
        order.subtotal -= amount
        order.total -= amount
