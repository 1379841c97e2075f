"""Orders as shoppers see them: copies of what was bought, and the parcels on their way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from shop.money import Money


@dataclass(frozen=True)
class OrderLineView:
    """What was bought, at the price of that moment."""

    sku: str
    name: str
    options: Mapping[str, str]
    unit_price: Money
    quantity: int
    total: Money


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
    """An order with its lines, money, address and parcels; `simulated` marks the demo shop's inventions."""

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
