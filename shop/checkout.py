"""What a cart comes to: its lines, its delivery and one fingerprint for what a shopper says yes to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.carts import CartLineView, cart_view, check_available
from shop.errors import EmptyCart, NoDeliveryMethod
from shop.models import Cart, DeliveryMethod
from shop.money import Money


@dataclass(frozen=True)
class OrderSummary:
    """What an order would hold and cost now; nothing is reserved.

    Attributes:
        delivery_method: the method's code; `delivery_name` is its name.
        fingerprint: stands for exactly these lines, prices and delivery; `place_order` takes it with the yes.
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


def summarise(session: Session, cart: Cart | None, delivery_method: str | None) -> OrderSummary:
    """Work out what ordering a cart means; raise where it cannot be ordered as it is."""
    view = cart_view(session, cart)
    if cart is None or view.subtotal is None:
        raise EmptyCart
    for line in cart.lines:
        check_available(line.variant, line.quantity)
    method = _choose_method(session, view.subtotal, delivery_method)
    delivery_price = _delivery_price(method, view.subtotal)
    return OrderSummary(
        lines=view.lines,
        subtotal=view.subtotal,
        delivery_method=method.code,
        delivery_name=method.name,
        delivery_price=delivery_price,
        total=view.subtotal + delivery_price,
        days_min=method.days_min,
        days_max=method.days_max,
        fingerprint=_fingerprint(cart, view.lines, method, delivery_price),
    )


def _choose_method(session: Session, subtotal: Money, code: str | None) -> DeliveryMethod:
    """Take the method with a code, or the shop's first: by position, then by price."""
    usable = select(DeliveryMethod).where(DeliveryMethod.currency == subtotal.currency.code)
    methods = session.scalars(usable.order_by(DeliveryMethod.position, DeliveryMethod.price, DeliveryMethod.id))
    for method in methods:
        if code in (None, method.code):
            return method
    raise NoDeliveryMethod(subtotal.currency.code, code)


def _delivery_price(method: DeliveryMethod, subtotal: Money) -> Money:
    free = method.free_from is not None and subtotal.amount >= method.free_from
    return Money(0 if free else method.price, method.currency)


def _fingerprint(cart: Cart, lines: tuple[CartLineView, ...], method: DeliveryMethod, price: Money) -> str:
    parts = [f"{line.sku} {line.quantity} {line.unit_price.amount}" for line in lines]
    text = "\n".join([f"cart {cart.id}", *parts, f"{method.code} {price.amount} {price.currency.code}"])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
