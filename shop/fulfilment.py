"""The shop's own side of an order: it is paid, packed, sent and delivered, and money owed back is sent.

These are for the warehouse and the payment provider's messages, never for the conversation. Each locks the order, so
that an order which a shopper has just cancelled is not sent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.audit import Change, asked_by_shop, order_facts, record
from shop.errors import InvalidQuantity, OrderNotFound, WrongPayment, WrongState
from shop.models import Order, OrderLine, Refund, Shipment, ShipmentLine, utc_now
from shop.order_views import due, kept
from shop.orders import locked_order
from shop.refunds import close_refund

_WAREHOUSE, _PAYMENTS = "warehouse", "payments"
_ON_ITS_WAY = ("in_transit", "out_for_delivery")


def record_payment(session: Session, number: str, amount: Decimal, currency: str) -> None:
    """Note that what was left to pay of an order has been paid.

    Raises:
        OrderNotFound: there is none of this number.
        WrongState: it does not wait for a payment.
        WrongPayment: it comes to something else.
    """
    order, before = _locked(session, number)
    _check("the order", order.state, ("waiting_for_payment",))
    if (amount, currency) != (due(order), order.currency):
        raise WrongPayment(number, f"{due(order)} {order.currency}", f"{amount} {currency}")
    order.paid += amount
    order.state = order.payment_state = "paid"
    record(session, order, Change("record_payment", before), asked_by_shop(_PAYMENTS))


def pack(
    session: Session, number: str, carrier: str, tracking_number: str, lines: Mapping[str, int] | None = None
) -> None:
    """Put pieces of a paid order, given by SKU, into a parcel; all that are not packed without any.

    Raises:
        OrderNotFound, WrongState: see `record_payment`.
        InvalidQuantity: more pieces than are left to be packed, or none.
    """
    order, before = _locked(session, number)
    _check("the order", order.state, ("paid", "packed", "shipped"))
    pieces = _to_pack(order, lines)
    parcel = Shipment(carrier=carrier, tracking_number=tracking_number, state="packed")
    parcel.lines = [ShipmentLine(order_line_id=line.id, quantity=count) for line, count in pieces]
    order.shipments.append(parcel)
    if order.state == "paid":
        order.state = "packed"
    record(session, order, Change("pack", before), asked_by_shop(_WAREHOUSE))


def ship(session: Session, tracking_number: str) -> None:
    """Note that a packed parcel has left; raise OrderNotFound or WrongState."""
    order, before, parcel = _locked_parcel(session, tracking_number)
    _check("the order", order.state, ("packed", "shipped"))
    _check("the parcel", parcel.state, ("packed",))
    parcel.state, parcel.shipped_at, order.state = "in_transit", utc_now(), "shipped"
    record(session, order, Change("ship", before), asked_by_shop(_WAREHOUSE))


def deliver(session: Session, tracking_number: str, at: dt.datetime | None = None) -> None:
    """Note that a parcel has arrived; raise OrderNotFound or WrongState."""
    order, before, parcel = _locked_parcel(session, tracking_number)
    _check("the parcel", parcel.state, _ON_ITS_WAY)
    parcel.state, parcel.delivered_at = "delivered", at or utc_now()
    arrived = all(one.state == "delivered" for one in order.shipments)
    if arrived and not any(_unpacked(order, line) for line in order.lines):
        order.state = "delivered"
    record(session, order, Change("deliver", before), asked_by_shop(_WAREHOUSE))


def settle_refund(session: Session, refund_id: int) -> None:
    """Note that a pending refund has been sent to the customer; raise OrderNotFound or WrongState."""
    number = session.scalar(select(Order.number).join(Refund).where(Refund.id == refund_id))
    order, before = _locked(session, number or "")
    refund = next(one for one in order.refunds if one.id == refund_id)
    _check("the refund", refund.state, ("pending",))
    refund.state, refund.settled_at = "paid", utc_now()
    close_refund(order, next((back for back in order.returns if back.id == refund.return_id), None))
    record(session, order, Change("settle_refund", before), asked_by_shop(_PAYMENTS))


def _locked(session: Session, number: str) -> tuple[Order, dict[str, object]]:
    order = locked_order(session, Order.number == number)
    if order is None:
        raise OrderNotFound(number)
    return order, order_facts(order)


def _locked_parcel(session: Session, tracking_number: str) -> tuple[Order, dict[str, object], Shipment]:
    found = select(Order.number).join(Shipment).where(Shipment.tracking_number == tracking_number)
    order, before = _locked(session, session.scalar(found) or "")
    return order, before, next(one for one in order.shipments if one.tracking_number == tracking_number)


def _check(what: str, state: str, allowed: tuple[str, ...]) -> None:
    if state not in allowed:
        raise WrongState(what, state, allowed)


def _to_pack(order: Order, lines: Mapping[str, int] | None) -> list[tuple[OrderLine, int]]:
    if lines is None:
        pieces = [(line, left) for line in order.lines if (left := _unpacked(order, line))]
    else:
        pieces = [(line, lines[line.sku]) for line in order.lines if line.sku in lines]
    for line, count in pieces:
        if not 1 <= count <= _unpacked(order, line):
            raise InvalidQuantity(count, 1, _unpacked(order, line))
    if not pieces:
        raise InvalidQuantity(0, 1, sum(_unpacked(order, line) for line in order.lines))
    return pieces


def _unpacked(order: Order, line: OrderLine) -> int:
    parts = [part for parcel in order.shipments for part in parcel.lines if part.order_line_id == line.id]
    return kept(line) - sum(part.quantity for part in parts)
