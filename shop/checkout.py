"""What a cart comes to: its lines, its delivery and one fingerprint for what a shopper says yes to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.cart_codes import CouponView, GiftCardView
from shop.carts import CartLineView, cart_view, check_available, sum_of
from shop.errors import CodeNotValid, EmptyCart, NoDeliveryMethod
from shop.models import Cart, DeliveryMethod
from shop.money import Money
from shop.shoppers import Shopper
from shop.terms import PLAIN, Terms


@dataclass(frozen=True)
class GiftPayment:
    """What a gift card would pay of an order."""

    card: GiftCardView
    amount: Money


@dataclass(frozen=True)
class OrderSummary:
    """What an order would hold and cost now; nothing is reserved.

    Attributes:
        subtotal: what the lines cost before coupons; by it delivery is free or not.
        coupons: what takes something off; `goods` is what is left of the subtotal.
        idle: codes in the cart that hold for nothing now, and why.
        total: the goods with their delivery.
        gift_payments: what gift cards pay of it; `due` is what is left to pay.
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
    goods: Money
    coupons: tuple[CouponView, ...]
    idle: tuple[CodeNotValid, ...]
    gift_payments: tuple[GiftPayment, ...]
    due: Money


@dataclass(frozen=True)
class DeliveryQuote:
    """What the shop's usual delivery of some goods costs.

    Attributes:
        code: the method's code; `name` is its name.
        free_from: from which worth of goods on it costs nothing; None where it never does.
        missing: how much more has to be bought for that; None where it is free already, or never.
    """

    code: str
    name: str
    price: Money
    free_from: Money | None
    missing: Money | None


def quote_delivery(session: Session, subtotal: Money) -> DeliveryQuote:
    """Say what the shop's first way to send goods of some worth costs; raise NoDeliveryMethod where there is none."""
    method = _choose_method(session, subtotal, None)
    free_from = None if method.free_from is None else Money(method.free_from, method.currency)
    missing = free_from - subtotal if free_from and subtotal < free_from else None
    return DeliveryQuote(method.code, method.name, _delivery_price(method, subtotal), free_from, missing)


def summarise(
    session: Session,
    cart: Cart | None,
    delivery_method: str | None,
    shopper: Shopper,
    terms: Terms = PLAIN,
    email: str | None = None,
) -> OrderSummary:
    """Work out what ordering a cart means; raise where it cannot be ordered as it is."""
    view = cart_view(session, cart, shopper, terms, email)
    if cart is None or view.subtotal is None:
        raise EmptyCart
    for line in cart.lines:
        check_available(line.variant, line.quantity)
    method = _choose_method(session, view.subtotal, delivery_method)
    delivery_price = _delivery_price(method, view.subtotal)
    goods = view.subtotal - sum_of(view.coupons, view.subtotal)
    total = goods + delivery_price
    payments, due = _pay(view.gift_cards, total)
    return OrderSummary(
        lines=view.lines,
        subtotal=view.subtotal,
        delivery_method=method.code,
        delivery_name=method.name,
        delivery_price=delivery_price,
        total=total,
        days_min=method.days_min,
        days_max=method.days_max,
        fingerprint=_fingerprint(cart, view.lines, method, delivery_price, payments),
        goods=goods,
        coupons=view.coupons,
        idle=view.idle,
        gift_payments=payments,
        due=due,
    )


def _pay(cards: tuple[GiftCardView, ...], total: Money) -> tuple[tuple[GiftPayment, ...], Money]:
    """Let gift cards pay one after the other, in the order in which they were entered."""
    payments = []
    for card in cards:
        part = min(card.balance, total)
        if part.amount:
            payments.append(GiftPayment(card, part))
            total -= part
    return tuple(payments), total


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


def _fingerprint(
    cart: Cart,
    lines: tuple[CartLineView, ...],
    method: DeliveryMethod,
    price: Money,
    payments: tuple[GiftPayment, ...],
) -> str:
    parts = [f"{line.sku} {line.quantity} {_plain(line.unit_price)} {_plain(line.discount)}" for line in lines]
    paid = [f"gift card {payment.card.id} {_plain(payment.amount)}" for payment in payments]
    text = "\n".join([f"cart {cart.id}", *parts, f"{method.code} {_plain(price)} {price.currency.code}", *paid])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(amount: Money | None) -> str:
    """Write an amount in one way, however many zeros it was worked out with."""
    return "" if amount is None else f"{amount.amount.normalize():f}"
