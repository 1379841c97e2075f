"""Orders that a conversation begins with, and what the shop does with them while it goes on."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.arrivals import receive_return
from shop.catalogue import variant_options
from shop.fulfilment import deliver, pack, settle_refund
from shop.models import Customer, Order, OrderLine, Refund, Return, Shipment, ShipmentLine, Variant, utc_now
from shop.shoppers import Shopper
from tests.conversations.schema import GivenOrder, GivenParcel, Meanwhile

_SETTLED = ("paid", "packed", "shipped", "delivered")
_SENT = ("shipped", "delivered")


def place(session: Session, shopper: Shopper, given: GivenOrder) -> None:
    """Write an order as it would stand there some days after it was placed."""
    if given.elsewhere:
        shopper = Shopper(f"elsewhere-{given.number}")
    customer = session.scalars(select(Customer).where(Customer.public_id == shopper.customer_id)).one_or_none()
    placed_at = utc_now() - dt.timedelta(days=given.days_ago)
    lines = [_line(session, sku, quantity) for sku, quantity in given.lines.items()]
    subtotal = sum((line.unit_price * line.quantity for line in lines), Decimal())
    payment = given.payment or ("paid" if given.state in _SETTLED else "pending")
    total = subtotal + given.delivery
    order = Order(
        number=given.number,
        shopper_id=shopper.shopper_id,
        customer_id=customer.id if customer else None,
        email=given.email,
        state=given.state,
        payment_state=payment,
        currency="USD",
        subtotal=subtotal,
        delivery_price=given.delivery,
        total=total,
        paid=Decimal() if payment == "pending" else total,
        refunded=total if payment == "refunded" else Decimal(),
        delivery_method="standard",
        ship_name="Test Shopper",
        ship_street="1 Test Street",
        ship_city="Testville",
        ship_postcode="12345",
        ship_country="US",
        placed_at=placed_at,
        updated_at=placed_at,
        lines=lines,
    )
    session.add(order)
    session.flush()
    parcels = given.parcels or ([_one_parcel(given)] if given.tracking_number or given.state in _SENT else [])
    order.shipments = [_shipment(order, parcel, place) for place, parcel in enumerate(parcels)]
    session.flush()


def act(session: Session, happens: Meanwhile) -> None:
    """Do what the shop does with orders by itself, as its warehouse and payments do."""
    for number in happens.pack:
        pack(session, number, "Demo Post", f"PACKED{number}")
    for tracking_number in happens.deliver:
        deliver(session, tracking_number)
    for number in happens.receive_returns:
        back = select(Return.rma_number).join(Order, Order.id == Return.order_id).where(Order.number == number)
        receive_return(session, session.scalars(back).one())
    for number in happens.send_refunds:
        refund = select(Refund.id).join(Order, Order.id == Refund.order_id).where(Order.number == number)
        settle_refund(session, session.scalars(refund.where(Refund.state == "pending")).one())


def _line(session: Session, sku: str, quantity: int) -> OrderLine:
    variant = session.scalars(select(Variant).where(Variant.sku == sku)).one()
    return OrderLine(
        variant_id=variant.id,
        sku=variant.sku,
        name=variant.name,
        options=variant_options(variant),
        unit_price=variant.price,
        quantity=quantity,
    )


def _one_parcel(given: GivenOrder) -> GivenParcel:
    arrived = given.state == "delivered"
    days = given.days_ago - 2 if given.delivered_days_ago is None else given.delivered_days_ago
    return GivenParcel(
        state="delivered" if arrived else given.shipment_state,
        tracking_number=given.tracking_number,
        delivered_days_ago=max(days, 0) if arrived else None,
    )


def _shipment(order: Order, given: GivenParcel, place: int) -> Shipment:
    arrived = given.delivered_days_ago
    pieces = [(line, given.lines.get(line.sku, 0) if given.lines else line.quantity) for line in order.lines]
    return Shipment(
        carrier="Demo Post",
        tracking_number=given.tracking_number or f"TEST{order.number}" + "ABC"[place : place + 1] * bool(place),
        state=given.state,
        shipped_at=order.placed_at + dt.timedelta(days=1),
        promised_at=order.placed_at + dt.timedelta(days=5),
        delivered_at=None if arrived is None else utc_now() - dt.timedelta(days=arrived),
        lines=[ShipmentLine(order_line_id=line.id, quantity=count) for line, count in pieces if count],
    )
