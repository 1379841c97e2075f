"""Orders: what a cart comes to, placing it once, and finding it again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.addresses import FIELDS, DeliveryAddress, check_field
from shop.carts import CartLineView
from shop.money import Money
from shop.order_views import OrderLineView, OrderView, ShipmentLineView, ShipmentView
from shop.shoppers import Shopper

__all__ = [
    "FIELDS",
    "DeliveryAddress",
    "OrderLineView",
    "OrderSummary",
    "OrderView",
    "ShipmentLineView",
    "ShipmentView",
    "check_field",
    "find_order",
    "list_orders",
    "place_order",
    "summarise_cart",
]


@dataclass(frozen=True)
class OrderSummary:
    """What an order would hold and cost now; nothing is reserved.

    Attributes:
        delivery_method: the method's code; `delivery_name` is its name.
        fingerprint: stands for exactly these lines, prices and delivery; give it to `place_order` with the yes.
    """

    lines: tuple[CartLineView, ...]
    subtotal: Money
    delivery_method: str
    delivery_name: str
    delivery_price: Money
    total: Money
    days_min: int
    days_max: int
    fingerprint: str


def summarise_cart(session: Session, shopper: Shopper, delivery_method: str | None = None) -> OrderSummary:
    """Say what ordering the open cart would cost and how long delivery takes.

    Raises:
        EmptyCart, NotForSale, NotEnoughStock: as `place_order` would.
        NoDeliveryMethod: the shop cannot send it; or no method has the given code.
    """
    raise NotImplementedError


def place_order(
    session: Session,
    shopper: Shopper,
    address: DeliveryAddress,
    email: str,
    *,
    delivery_method: str | None = None,
    confirmed: str | None = None,
) -> OrderView:
    """Turn the open cart into an order that waits for payment, and take its pieces from stock.

    The same cart gives the same order: a second yes to it, within REPEAT_WINDOW, gets the order that is there.

    Args:
        session: a session of `shop.db.writing`.
        shopper: whose cart it is.
        address: where it goes.
        email: where the shopper is reached; checked here.
        delivery_method: the code of the method; the shop's first without it.
        confirmed: the fingerprint of the summary that the shopper said yes to.

    Raises:
        EmptyCart: there is nothing to order.
        CartChanged: the cart no longer comes to what was confirmed.
        NotForSale, NotEnoughStock: a line cannot be had; nothing was changed.
        NoDeliveryMethod, InvalidAddress: it cannot be sent.
    """
    raise NotImplementedError


def find_order(session: Session, shopper: Shopper, number: str) -> OrderView:
    """Find one of the shopper's own orders; another's answers OrderNotFound, just as one that does not exist."""
    raise NotImplementedError


def list_orders(session: Session, shopper: Shopper, limit: int = 5) -> list[OrderView]:
    """List the shopper's own orders, the newest first."""
    raise NotImplementedError
