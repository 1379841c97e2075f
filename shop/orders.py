"""Orders: what a cart comes to, placing it once, and finding it again."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import Session, selectinload

from shop.addresses import FIELDS, DeliveryAddress, check_field
from shop.audit import Change, asked_by, record, taken_for
from shop.carts import CartLineView, find_open_cart
from shop.catalogue import variant_options
from shop.checkout import OrderSummary, summarise
from shop.codes import held_prices, lock_codes, take_codes
from shop.customers import customer_row_id
from shop.days import Days
from shop.errors import CartChanged, EmptyCart, OrderNotFound
from shop.interactions import note_interaction
from shop.models import Cart, Order, OrderLine, Return, Variant, utc_now
from shop.order_numbers import normalise_number, reserve_numbers
from shop.order_views import (
    OrderLineView,
    OrderView,
    ShipmentLineView,
    ShipmentView,
    order_row_ids,
    order_view,
    whole_orders,
)
from shop.shoppers import Shopper
from shop.stock import take_stock
from shop.terms import PLAIN, Terms

__all__ = [
    "FIELDS",
    "REPEAT_WINDOW",
    "DeliveryAddress",
    "OrderLineView",
    "OrderSummary",
    "OrderView",
    "ShipmentLineView",
    "ShipmentView",
    "check_field",
    "find_order",
    "list_orders",
    "nearest_orders",
    "order_row_ids",
    "place_order",
    "summarise_cart",
]

# A second yes within this time means the order that was just placed; after it, an empty cart is an empty cart.
REPEAT_WINDOW = dt.timedelta(minutes=10)


def summarise_cart(
    session: Session,
    shopper: Shopper,
    delivery_method: str | None = None,
    *,
    email: str | None = None,
    terms: Terms = PLAIN,
) -> OrderSummary:
    """Say what ordering the open cart would cost and how long delivery takes.

    Args:
        session: a session that reads.
        shopper: whose cart it is.
        delivery_method: the code of the method; the shop's first without it.
        email: where the shopper is reached, if that is known: a guest who has used a coupon is known by it.
        terms: by which prices are held, and coupons and gift cards taken.

    Raises:
        EmptyCart, NotForSale, NotEnoughStock, CurrencyMismatch: as `place_order` would.
        NoDeliveryMethod: the shop cannot send it; or no method has the given code.
    """
    return summarise(session, find_open_cart(session, shopper), delivery_method, shopper, terms, email)


def place_order(
    session: Session,
    shopper: Shopper,
    address: DeliveryAddress,
    email: str,
    *,
    delivery_method: str | None = None,
    confirmed: str | None = None,
    terms: Terms = PLAIN,
) -> OrderView:
    """Turn the open cart into an order that waits for payment, and take its pieces from stock: all of it or nothing.

    The same cart gives the same order: a second yes to it, within REPEAT_WINDOW, gets the order that is there.

    Args:
        session: a session of `shop.db.writing`.
        shopper: whose cart it is.
        address: where it goes.
        email: where the shopper is reached; checked here.
        delivery_method: the code of the method; the shop's first without it.
        confirmed: the fingerprint of the summary that the shopper said yes to.
        terms: as for that summary.

    Raises:
        EmptyCart: there is nothing to order.
        CartChanged: the cart no longer comes to what was confirmed.
        NotForSale, NotEnoughStock, CurrencyMismatch: a line cannot be had; nothing was changed.
        NoDeliveryMethod, InvalidAddress: it cannot be sent.
    """
    contact = check_field("email", email)
    # A savepoint, so that nothing is half done even where the caller catches the error and commits.
    with session.begin_nested():
        cart = find_open_cart(session, shopper, lock=True)
        if cart is None or not cart.lines:
            return _placed_just_now(session, shopper)
        # Before the stock, as everyone does who touches both.
        lock_codes(session, cart)
        summary = summarise(session, cart, delivery_method, shopper, terms, contact)
        if confirmed not in (None, summary.fingerprint):
            raise CartChanged(str(confirmed), summary.fingerprint)
        order = _new_order(session, shopper, summary, address, contact)
        order.refund_first, order.paid, order.refunded = terms.refund_first, Decimal(0), Decimal(0)
        take_codes(session, order, summary)
        _move_lines(session, shopper, cart, order, summary)
        # Last, because whoever else orders waits for the number until this transaction ends.
        order.number = reserve_numbers(session)[0]
        session.add(order)
        session.flush()
        record(session, order, _placing(order, summary, terms), asked_by(shopper))
    return order_view(order)


def _placing(order: Order, summary: OrderSummary, terms: Terms) -> Change:
    """Write down what an order has taken, and which of its prices were told before they rose."""
    held = held_prices(summary)
    rule = terms.quote_rule if held else None
    return Change("place_order", {}, taken_for(order), rule, beside=({}, {"quotes": held} if held else {}))


def find_order(session: Session, shopper: Shopper, number: str) -> OrderView:
    """Find one of the shopper's own orders; another's answers OrderNotFound, just as one that does not exist."""
    return order_view(own_order(session, shopper, number))


def own_order(session: Session, shopper: Shopper, number: str, *, lock: bool = False) -> Order:
    """Find the row of one of the shopper's own orders with all that belongs to it; raise OrderNotFound.

    With `lock`, no one else changes it until we are done.
    """
    wanted = normalise_number(number)
    row = None
    if wanted is not None:
        mine = Order.number == wanted, own_orders(session, shopper)
        row = locked_order(session, *mine) if lock else session.scalar(whole_orders().where(*mine))
    if row is None:
        raise OrderNotFound(number)
    return row


def locked_order(session: Session, *conditions: ColumnElement[bool]) -> Order | None:
    """Find one order, and keep everyone else from changing it until we are done."""
    # SQLite ignores the lock: there a writing session has the whole database to itself. What belongs to the order is
    # read after it is held, and what an earlier step of this session read may be old by now.
    back = selectinload(Order.returns).options(selectinload(Return.lines), selectinload(Return.exchange_lines))
    paid = selectinload(Order.refunds), selectinload(Order.gift_card_uses), selectinload(Order.coupon_uses)
    query = whole_orders().options(back, *paid).where(*conditions).with_for_update(of=Order)
    return session.scalar(query.execution_options(populate_existing=True))


def list_orders(session: Session, shopper: Shopper, limit: int = 5, *, placed: Days | None = None) -> list[OrderView]:
    """List the shopper's own orders, the newest first; with `placed`, those of some days."""
    own = whole_orders().where(own_orders(session, shopper), (placed or Days()).hold(Order.placed_at))
    newest_first = own.order_by(Order.placed_at.desc(), Order.id.desc())
    return [order_view(row) for row in session.scalars(newest_first.limit(limit))]


def nearest_orders(session: Session, shopper: Shopper, days: Days) -> list[OrderView]:
    """Find the shopper's next order after some days and the last one before them, in this order."""
    own = whole_orders().where(own_orders(session, shopper))
    after = own.where(days.end_before(Order.placed_at)).order_by(Order.placed_at, Order.id)
    before = own.where(days.begin_after(Order.placed_at)).order_by(Order.placed_at.desc(), Order.id.desc())
    found = (session.scalar(query.limit(1)) for query in (after, before))
    return [order_view(row) for row in found if row is not None]


def own_orders(session: Session, shopper: Shopper) -> ColumnElement[bool]:
    """Match the customer's orders, and what this conversation ordered as a guest.

    An order of an account is never shown to the conversation alone: the next person may sit at the same screen.
    """
    as_guest = and_(Order.shopper_id == shopper.shopper_id, Order.customer_id.is_(None))
    customer_id = customer_row_id(session, shopper)
    return as_guest if customer_id is None else or_(Order.customer_id == customer_id, as_guest)


def _placed_just_now(session: Session, shopper: Shopper) -> OrderView:
    this_chat = and_(Order.shopper_id == shopper.shopper_id, Order.cart_id.is_not(None), own_orders(session, shopper))
    recent = whole_orders().where(this_chat, Order.placed_at >= utc_now() - REPEAT_WINDOW)
    row = session.scalar(recent.order_by(Order.id.desc()).limit(1))
    if row is None:
        raise EmptyCart
    return order_view(row)


def _new_order(
    session: Session, shopper: Shopper, summary: OrderSummary, address: DeliveryAddress, email: str
) -> Order:
    return Order(
        shopper_id=shopper.shopper_id,
        customer_id=customer_row_id(session, shopper),
        email=email,
        currency=summary.total.currency.code,
        subtotal=summary.goods.amount,
        delivery_price=summary.delivery_price.amount,
        total=summary.total.amount,
        delivery_method=summary.delivery_method,
        ship_name=address.name,
        ship_street=address.street,
        ship_city=address.city,
        ship_postcode=address.postcode,
        ship_country=address.country,
    )


def _move_lines(session: Session, shopper: Shopper, cart: Cart, order: Order, summary: OrderSummary) -> None:
    """Take the cart's pieces from stock, copy its lines into the order, and close the cart."""
    for line in sorted(cart.lines, key=lambda line: line.variant_id):
        take_stock(session, line.variant, line.quantity)
    for line, view in zip(cart.lines, summary.lines, strict=True):
        order.lines.append(_order_line(line.variant, view))
        note_interaction(session, shopper, line.variant.product_id, line.variant, "purchase", "order", line.quantity)
    order.cart_id = cart.id
    cart.state, cart.updated_at = "ordered", utc_now()


def _order_line(variant: Variant, view: CartLineView) -> OrderLine:
    return OrderLine(
        variant_id=variant.id,
        sku=variant.sku,
        name=variant.name,
        options=variant_options(variant),
        unit_price=view.unit_price.amount,
        quantity=view.quantity,
        discount=view.discount.amount if view.discount else Decimal(0),
    )
