"""Ordering the same again: what can still be bought of an order goes into the cart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from sqlalchemy.orm import Session

from shop.audit import Facts
from shop.carts import MAX_QUANTITY, CartView, add_to_cart, is_for_sale, view_cart
from shop.changes import Done, Effects, Proposal, Yes, carry_out
from shop.errors import NothingToBuy
from shop.models import Order, OrderLine, Variant
from shop.money import Money
from shop.order_views import kept
from shop.orders import own_order
from shop.promotions import running
from shop.shoppers import Shopper


@dataclass(frozen=True)
class ReorderLine:
    """What goes into the cart at today's price; `wanted` is how many were bought."""

    sku: str
    name: str
    quantity: int
    wanted: int
    unit_price: Money


@dataclass(frozen=True)
class MissingLine:
    """What cannot be bought again: `why` is "not_for_sale", "out_of_stock", "cart_full" or "currency"."""

    sku: str
    name: str
    wanted: int
    why: str


@dataclass(frozen=True)
class ReorderProposal(Proposal):
    """What ordering the same again would put into the cart, and what it could not."""

    action: ClassVar[str] = "reorder"
    lines: tuple[ReorderLine, ...]
    missing: tuple[MissingLine, ...]


def propose_reorder(
    session: Session, shopper: Shopper, number: str, lines: Mapping[str, int] | None = None
) -> ReorderProposal:
    """Say what of an order can be put into the cart again.

    Args:
        session: the database.
        shopper: whose order it is.
        number: the order's.
        lines: how many of which SKUs; all of it without them.

    Raises:
        OrderNotFound: the shopper has no such order.
        NothingToBuy: none of it can.
    """
    return _propose(session, shopper, lines or {}, own_order(session, shopper, number))


def do_reorder(
    session: Session, shopper: Shopper, number: str, yes: Yes, lines: Mapping[str, int] | None = None
) -> Done:
    """Put what was proposed into the cart.

    Raises:
        KeyReused, ProposalChanged: see `shop.changes.carry_out`; otherwise what `propose_reorder` raises.
    """
    return carry_out(
        session,
        shopper,
        number,
        yes,
        partial(_propose, session, shopper, lines or {}),
        partial(_make, session, shopper),
    )


def _propose(session: Session, shopper: Shopper, wanted: Mapping[str, int], order: Order) -> ReorderProposal:
    cart = view_cart(session, shopper)
    of_it = [line for line in order.lines if kept(line) and (not wanted or line.sku in wanted)]
    found = [_again(session, cart, order, line, wanted.get(line.sku) or kept(line)) for line in of_it]
    lines = tuple(line for line in found if isinstance(line, ReorderLine))
    if not lines:
        raise NothingToBuy(order.number)
    return ReorderProposal(order.number, None, lines, tuple(line for line in found if isinstance(line, MissingLine)))


def _again(session: Session, cart: CartView, order: Order, line: OrderLine, wanted: int) -> ReorderLine | MissingLine:
    variant = session.get(Variant, line.variant_id) if line.variant_id is not None else None
    if variant is None or not is_for_sale(variant):
        return MissingLine(line.sku, line.name, wanted, "not_for_sale")
    there = sum(one.quantity for one in cart.lines if one.sku == variant.sku)
    currency = cart.subtotal.currency.code if cart.subtotal else order.currency
    if variant.currency != currency:
        return MissingLine(variant.sku, variant.name, wanted, "currency")
    quantity = min(wanted, variant.stock - there, MAX_QUANTITY - there)
    if quantity < 1:
        why = "out_of_stock" if variant.stock - there < 1 else "cart_full"
        return MissingLine(variant.sku, variant.name, wanted, why)
    price = running(session).price(variant, variant.product)
    return ReorderLine(variant.sku, variant.name, quantity, wanted, price)


def _make(session: Session, shopper: Shopper, order: Order, proposal: ReorderProposal) -> Effects:
    before = _facts(view_cart(session, shopper))
    for line in proposal.lines:
        add_to_cart(session, shopper, line.sku, line.quantity, source="order")
    return Effects(beside=(before, _facts(view_cart(session, shopper))))


def _facts(cart: CartView) -> Facts:
    return {"cart": {line.sku: line.quantity for line in cart.lines}}
