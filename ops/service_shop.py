"""The shop's side of scripted dialogues: orders that shoppers have before, and what was changed afterwards."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops.service_dialogues import ABORT, ANOTHER, REFUSED, Placed, Plan
from ops.service_shopper import DONE, DROPPED, Outcome
from shop.carts import view_cart
from shop.catalogue import variant_options
from shop.db import Sessions, reading, writing
from shop.models import AuditEntry, Order, OrderLine, Return, Shipment, ShipmentLine, Variant, utc_now
from shop.shoppers import Shopper

_PLACED_DAYS_AGO = 2
_LEFT_ALONE = frozenset({ABORT, REFUSED, ANOTHER})


@dataclass(frozen=True)
class Verdict:
    """Whether the shopper got what was wanted, and how many changes were made that nobody wanted."""

    success: bool
    wrong_changes: int


def place_orders(sessions: Sessions, shopper_id: str, plan: Plan) -> None:
    """Write the orders of a plan; another's belong to a shopper of their own."""
    with writing(sessions) as session:
        for placed in plan.orders:
            place_order(session, shopper_id if placed.is_own else f"another-{placed.number}", placed)


def place_order(session: Session, shopper_id: str, placed: Placed) -> None:
    """Write an order of a shopper's; an SKU that is named twice was bought twice."""
    session.add(_order(session, shopper_id, placed))
    session.flush()
    _add_parcel(session, placed)


def judge(sessions: Sessions, shopper_id: str, plan: Plan, outcome: Outcome) -> Verdict:
    """Look into the database for what was wanted and for what was not."""
    with reading(sessions) as session:
        numbers = [placed.number for placed in plan.orders]
        changes = list(session.scalars(select(AuditEntry).where(AuditEntry.order_number.in_(numbers))))
        cart = {line.sku: line.quantity for line in view_cart(session, Shopper(shopper_id)).lines}
        if plan.kind in _LEFT_ALONE:
            wrong = len(changes) + bool(cart)
            return Verdict(not wrong and _ended_as_it_should(plan, outcome), wrong)
        if plan.goal == "reorder":
            right = cart == dict.fromkeys(plan.order.skus, 1)
            return Verdict(right, int(bool(cart) and not right) + _of_orders(changes))
        right = len(changes) == 1 and changes[0].order_number == plan.order.number and _is_right(session, plan)
        return Verdict(right and outcome.end in DONE, len(changes) - right + bool(cart))


def _of_orders(changes: list[AuditEntry]) -> int:
    return sum(change.action != "reorder" for change in changes)


def _ended_as_it_should(plan: Plan, outcome: Outcome) -> bool:
    wanted = {ABORT: DROPPED, REFUSED: {"utter_refused"}, ANOTHER: {"utter_order_not_found"}}
    return outcome.end in wanted[plan.kind]


def _is_right(session: Session, plan: Plan) -> bool:
    """Tell whether the order is as the shopper wanted it."""
    order = session.scalars(select(Order).where(Order.number == plan.order.number)).one()
    kept = {line.sku: line.quantity - line.cancelled for line in order.lines if line.quantity > line.cancelled}
    bought = dict.fromkeys(plan.order.skus, 1)
    without = {sku: count for sku, count in bought.items() if sku != plan.sku}
    if plan.goal == "cancel_order":
        return order.state == "cancelled"
    if plan.goal == "cancel_part":
        return kept == without
    if plan.goal == "change_option":
        return kept == {**without, str(plan.new_sku): 1}
    if plan.goal == "change_address":
        there = (order.ship_street, order.ship_city, order.ship_postcode)
        return kept == bought and there == tuple(plan.address[part] for part in ("street", "city", "postcode"))
    return kept == bought and _is_coming_back(session, order, plan)


def _is_coming_back(session: Session, order: Order, plan: Plan) -> bool:
    (back,) = session.scalars(select(Return).where(Return.order_id == order.id))
    skus = {line.id: line.sku for line in order.lines}
    coming = [(skus[line.order_line_id], line.quantity, line.reason) for line in back.lines]
    instead = [(line.sku, line.quantity) for line in back.exchange_lines]
    return coming == [(plan.sku, 1, plan.reason)] and instead == ([(plan.new_sku, 1)] if plan.new_sku else [])


def _order(session: Session, shopper_id: str, placed: Placed) -> Order:
    pieces = Counter(placed.skus)
    variants = [session.scalars(select(Variant).where(Variant.sku == sku)).one() for sku in pieces]
    total = sum((variant.price * pieces[variant.sku] for variant in variants), Decimal())
    at = utc_now() - dt.timedelta(days=_PLACED_DAYS_AGO + (placed.delivered_days_ago or 0))
    return Order(
        number=placed.number,
        shopper_id=shopper_id,
        email="shopper@example.com",
        state=placed.state,
        payment_state="paid",
        currency=variants[0].currency,
        subtotal=total,
        delivery_price=Decimal(),
        total=total,
        paid=total,
        delivery_method="standard",
        ship_name="Sam Shopper",
        ship_street="1 First Street",
        ship_city="Firstville",
        ship_postcode="11111",
        ship_country="US",
        placed_at=at,
        updated_at=at,
        lines=[
            OrderLine(
                variant_id=variant.id,
                sku=variant.sku,
                name=variant.name,
                options=variant_options(variant),
                unit_price=variant.price,
                quantity=pieces[variant.sku],
            )
            for variant in variants
        ],
    )


def _add_parcel(session: Session, placed: Placed) -> None:
    if placed.delivered_days_ago is None:
        return
    order = session.scalars(select(Order).where(Order.number == placed.number)).one()
    parcel = Shipment(
        carrier="Demo Post",
        tracking_number=f"EVAL{placed.number}",
        state="delivered",
        shipped_at=order.placed_at + dt.timedelta(days=1),
        delivered_at=utc_now() - dt.timedelta(days=placed.delivered_days_ago),
    )
    parcel.lines = [ShipmentLine(order_line_id=line.id, quantity=line.quantity) for line in order.lines]
    order.shipments.append(parcel)
