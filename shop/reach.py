"""The orders that a shopper may speak of: their own, and for a guest the one that a one-time code has opened."""

from __future__ import annotations

from sqlalchemy.orm import Session

from shop.errors import OrderNotFound
from shop.guest_access import GuestAccess
from shop.models import Order
from shop.order_views import whole_orders
from shop.orders import locked_order, own_order
from shop.shoppers import Shopper


def order_in_reach(
    session: Session, shopper: Shopper, number: str, guests: GuestAccess, *, lock: bool = False
) -> Order:
    """Find an order that this shopper may speak of; raise OrderNotFound for any other.

    With `lock`, no one else changes it until we are done.
    """
    try:
        return own_order(session, shopper, number, lock=lock)
    except OrderNotFound:
        here = Order.number == guests.find_order(session, shopper, number).number
    row = locked_order(session, here) if lock else session.scalar(whole_orders().where(here))
    if row is None:
        raise OrderNotFound(number)
    return row
