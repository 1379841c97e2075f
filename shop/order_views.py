"""Orders as shoppers see them: copies of what was bought, and the parcels on their way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from shop.gift_cards import on_gift_cards
from shop.models import Order, OrderLine, Shipment
from shop.money import Money


@dataclass(frozen=True)
class OrderLineView:
    """What was bought, at the price of that moment, less what was cancelled since.

    `total` is what the pieces cost together, after the `discount` on them.
    """

    sku: str
    name: str
    options: Mapping[str, str]
    unit_price: Money
    quantity: int
    total: Money
    cancelled: int = 0
    discount: Money | None = None


@dataclass(frozen=True)
class ShipmentLineView:
    """So many pieces of an order line in a parcel."""

    sku: str
    name: str
    quantity: int


@dataclass(frozen=True)
class ShipmentView:
    """A parcel with its carrier, tracking number and dates; a date that is not known is None."""

    carrier: str
    tracking_number: str
    tracking_url: str | None
    state: str
    shipped_at: dt.datetime | None
    promised_at: dt.datetime | None
    delivered_at: dt.datetime | None
    lines: tuple[ShipmentLineView, ...]


@dataclass(frozen=True)
class OrderView:
    """An order with its lines, money, address and parcels; `simulated` marks the demo shop's inventions.

    A line of which every piece was cancelled is left out, unless the whole order was. `refunded` is what was granted
    back, whether or not it has been sent yet; `gift_paid` is what gift cards have paid and not got back, and `due` what
    is left to pay.
    """

    number: str
    state: str
    payment_state: str
    placed_at: dt.datetime
    lines: tuple[OrderLineView, ...]
    subtotal: Money
    delivery_method: str
    delivery_price: Money
    total: Money
    email: str
    ship_name: str
    ship_street: str
    ship_city: str
    ship_postcode: str
    ship_country: str
    shipments: tuple[ShipmentView, ...]
    simulated: bool
    paid: Money
    refunded: Money
    gift_paid: Money
    due: Money


def whole_orders() -> Select[Order]:
    """Select orders with everything that a view shows, in five queries, however many they are."""
    shipments = selectinload(Order.shipments).selectinload(Shipment.lines)
    return select(Order).options(selectinload(Order.lines), shipments, selectinload(Order.gift_card_uses))


def order_row_ids(session: Session, numbers: Sequence[str]) -> dict[str, int]:
    """Give the rows of orders by their numbers, which stand on paper beside a name and belong in no log."""
    rows = session.execute(select(Order.number, Order.id).where(Order.number.in_(numbers)))
    return {number: key for number, key in rows}


def kept(line: OrderLine) -> int:
    """Count the pieces of a line that are not cancelled."""
    return line.quantity - line.cancelled


def order_view(row: Order) -> OrderView:
    """Show an order as it is stored: nothing is looked up in today's catalogue."""
    lines = {line.id: line for line in row.lines}
    return OrderView(
        number=row.number,
        state=row.state,
        payment_state=row.payment_state,
        placed_at=row.placed_at,
        lines=tuple(_line_view(line, row.currency) for line in row.lines if kept(line)),
        subtotal=Money(row.subtotal, row.currency),
        delivery_method=row.delivery_method,
        delivery_price=Money(row.delivery_price, row.currency),
        total=Money(row.total, row.currency),
        email=row.email,
        ship_name=row.ship_name,
        ship_street=row.ship_street,
        ship_city=row.ship_city,
        ship_postcode=row.ship_postcode,
        ship_country=row.ship_country,
        shipments=tuple(_shipment_view(shipment, lines) for shipment in row.shipments),
        simulated=row.simulated,
        paid=Money(row.paid, row.currency),
        refunded=Money(row.refunded, row.currency),
        gift_paid=Money(on_gift_cards(row), row.currency),
        due=Money(due(row), row.currency),
    )


def due(row: Order) -> Decimal:
    """Say what is left to pay of an order that waits for it; gift cards may have paid a part."""
    waits = row.state == "waiting_for_payment"
    return max(row.total - (row.paid - row.refunded), Decimal(0)) if waits else Decimal(0)


def _line_view(row: OrderLine, currency: str) -> OrderLineView:
    price = Money(row.unit_price, currency)
    discount = Money(row.discount, currency) if row.discount else None
    total = price * kept(row) - (discount or Money(0, currency))
    return OrderLineView(
        row.sku, row.name, dict(row.options), price, kept(row), total, cancelled=row.cancelled, discount=discount
    )


def _shipment_view(row: Shipment, lines: Mapping[int, OrderLine]) -> ShipmentView:
    packed = [(lines[part.order_line_id], part.quantity) for part in row.lines]
    return ShipmentView(
        carrier=row.carrier,
        tracking_number=row.tracking_number,
        tracking_url=row.tracking_url,
        state=row.state,
        shipped_at=row.shipped_at,
        promised_at=row.promised_at,
        delivered_at=row.delivered_at,
        lines=tuple(ShipmentLineView(line.sku, line.name, quantity) for line, quantity in packed),
    )
