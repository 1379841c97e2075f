"""Orders of the demo as rows: lines, parcels and returns, written in bulk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from shop.delivery import DeliveryOffer
from shop.demo.goods import Good
from shop.demo.people import Person
from shop.models import Base, Order, OrderLine, Refund, Return, ReturnLine, Shipment, ShipmentLine
from shop.simulator_orders import OrderPlan, ParcelPlan, ReturnPlan

CARRIER = "Example Parcel"
_TRACKING = "https://tracking.example.com/"


@dataclass(frozen=True)
class DemoOrder:
    """An order to be written: who, what, how it is sent and what becomes of it."""

    number: str
    person: Person
    method: DeliveryOffer
    lines: tuple[tuple[Good, int], ...]
    plan: OrderPlan

    @property
    def subtotal(self) -> Decimal:
        """What the goods cost."""
        return sum((good.price * quantity for good, quantity in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        """What the goods and their delivery cost."""
        return self.subtotal + self.method.price_for(self.subtotal)

    def worth(self, plan: ReturnPlan) -> Decimal:
        """What was paid for the goods of a return; nothing where it is refused."""
        if plan.steps[-1][0] == "refused":
            return Decimal(0)
        return sum((self.lines[index][0].price * self.lines[index][1] for index in plan.lines), Decimal(0))

    def refunded(self, now: dt.datetime) -> Decimal:
        """What has been paid back by a moment."""
        past = self.plan.at(now)
        if past.cancelled:
            return self.total if past.paid else Decimal(0)
        return self.worth(past.returned) if past.returned and past.is_refunded else Decimal(0)


def shopper_id_of(person: Person) -> str:
    """Name the conversation of a simulated customer; the server never mints an id of this form."""
    return f"simulated:{person.public_id}"


def write_orders(session: Session, orders: Sequence[DemoOrder], customers: dict[str, int], now: dt.datetime) -> None:
    """Write orders with everything that has happened to them by now."""
    order_ids = _insert(session, Order, [_order(order, customers, now) for order in orders])
    flat = [(place, index) for place, order in enumerate(orders) for index in range(len(order.lines))]
    rows = [_line(order_ids[place], *orders[place].lines[index]) for place, index in flat]
    line_ids = dict(zip(flat, _insert(session, OrderLine, rows), strict=True))
    _write_parcels(session, orders, order_ids, line_ids, now)
    _write_returns(session, orders, order_ids, line_ids, now)


def _write_parcels(
    session: Session,
    orders: Sequence[DemoOrder],
    order_ids: Sequence[int],
    line_ids: dict[tuple[int, int], int],
    now: dt.datetime,
) -> None:
    parcels = [
        (place, number, parcel)
        for place, order in enumerate(orders)
        for number, parcel in enumerate(order.plan.at(now).parcels, start=1)
    ]
    rows = [_shipment(order_ids[place], orders[place].number, number, parcel, now) for place, number, parcel in parcels]
    lines = [
        {"shipment_id": key, "order_line_id": line_ids[place, index], "quantity": orders[place].lines[index][1]}
        for (place, _, parcel), key in zip(parcels, _insert(session, Shipment, rows), strict=True)
        for index in parcel.lines
    ]
    session.execute(insert(ShipmentLine), lines)


def _write_returns(
    session: Session,
    orders: Sequence[DemoOrder],
    order_ids: Sequence[int],
    line_ids: dict[tuple[int, int], int],
    now: dt.datetime,
) -> None:
    planned = [(place, order.plan.at(now).returned) for place, order in enumerate(orders)]
    returns = [(place, plan) for place, plan in planned if plan]
    rows = [_return(order_ids[place], orders[place], plan) for place, plan in returns]
    return_ids = _insert(session, Return, rows)
    lines = [
        {
            "return_id": key,
            "order_line_id": line_ids[place, index],
            "quantity": orders[place].lines[index][1],
            "reason": plan.reason,
            "refund": orders[place].worth(replace(plan, lines=(index,))),
        }
        for (place, plan), key in zip(returns, return_ids, strict=True)
        for index in plan.lines
    ]
    session.execute(insert(ReturnLine), lines)
    back = {place: key for (place, _), key in zip(returns, return_ids, strict=True)}
    refunds = [
        _refund(order_ids[place], order, back.get(place), now)
        for place, order in enumerate(orders)
        if order.refunded(now)
    ]
    session.execute(insert(Refund), refunds)


def _insert(session: Session, model: type[Base], rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows and give their ids in the same order."""
    key = model.__mapper__.primary_key[0]
    return list(session.scalars(insert(model).returning(key, sort_by_parameter_order=True), rows))


def _order(order: DemoOrder, customers: dict[str, int], now: dt.datetime) -> dict[str, Any]:
    state, payment_state = order.plan.states(now)
    address = order.person.address
    return {
        "number": order.number,
        "shopper_id": shopper_id_of(order.person),
        "customer_id": customers[order.person.public_id],
        "email": order.person.email,
        "state": state,
        "payment_state": payment_state,
        "currency": order.lines[0][0].currency,
        "subtotal": order.subtotal,
        "delivery_price": order.total - order.subtotal,
        "total": order.total,
        "paid": order.total if order.plan.at(now).paid else Decimal(0),
        "refunded": order.refunded(now),
        "delivery_method": order.method.code,
        "ship_name": address.name,
        "ship_street": address.street,
        "ship_city": address.city,
        "ship_postcode": address.postcode,
        "ship_country": address.country,
        "simulated": True,
        "placed_at": order.plan.placed,
        "updated_at": order.plan.last_change(now),
    }


def _line(order_id: int, good: Good, quantity: int) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "variant_id": good.variant_id,
        "sku": good.sku,
        "name": good.name,
        "options": dict(good.options),
        "unit_price": good.price,
        "quantity": quantity,
    }


def _shipment(order_id: int, number: str, place: int, parcel: ParcelPlan, now: dt.datetime) -> dict[str, Any]:
    tracking = f"EX{int(number):07d}{place}"
    return {
        "order_id": order_id,
        "carrier": CARRIER,
        "tracking_number": tracking,
        "tracking_url": _TRACKING + tracking,
        "state": parcel.state(now),
        "shipped_at": parcel.shipped if parcel.shipped <= now else None,
        "promised_at": parcel.promised,
        "delivered_at": parcel.delivered if parcel.delivered and parcel.delivered <= now else None,
    }


def _return(order_id: int, order: DemoOrder, plan: ReturnPlan) -> dict[str, Any]:
    state = plan.steps[-1][0]
    return {
        "rma_number": f"RMA-{order.number}",
        "order_id": order_id,
        "state": state,
        "refund": order.worth(plan),
        "currency": order.lines[0][0].currency,
        "created_at": plan.steps[0][1],
    }


def _refund(order_id: int, order: DemoOrder, return_id: int | None, now: dt.datetime) -> dict[str, Any]:
    cancelled = order.plan.at(now).cancelled
    moment = order.plan.last_change(now)
    return {
        "order_id": order_id,
        "return_id": None if cancelled else return_id,
        "kind": "cancellation" if cancelled else "return",
        "state": "paid",
        "amount": order.refunded(now),
        "currency": order.lines[0][0].currency,
        "created_at": moment,
        "settled_at": moment,
    }
