"""Cancelling an order, or a part of it, before it is packed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import ClassVar

from sqlalchemy.orm import Session

from shop.changes import Done, Effects, PieceView, Proposal, Yes, carry_out, check_state, pick_pieces
from shop.codes import give_back_coupons
from shop.errors import InvalidQuantity, NamedTwice
from shop.models import Order, OrderLine
from shop.money import Money
from shop.order_views import kept
from shop.orders import own_order
from shop.policy_rules import PolicyRules
from shop.refunds import close_payment, grant, left_to_refund, worth, worth_without
from shop.shoppers import Shopper
from shop.stock import give_back_stock

Pieces = list[tuple[OrderLine, int]]


@dataclass(frozen=True)
class CancelProposal(Proposal):
    """What cancelling would do.

    Attributes:
        whole: whether nothing is left of the order.
        goods: what the cancelled pieces cost.
        delivery: what comes off for delivery.
        refund: what is paid back: nothing where nothing was paid.
        total: what the order comes to afterwards; for a whole order nothing.
    """

    action: ClassVar[str] = "cancel"
    whole: bool
    pieces: tuple[PieceView, ...]
    goods: Money
    delivery: Money
    refund: Money
    total: Money


def propose_cancel(
    session: Session, shopper: Shopper, rules: PolicyRules, number: str, lines: Mapping[str, int] | None = None
) -> CancelProposal:
    """Say what cancelling an order would do, or some pieces of it, given by SKU.

    Raises:
        OrderNotFound: the shopper has no such order.
        PolicyRefusal: it has gone too far to be cancelled, or is cancelled already.
        OrderLineNotFound, InvalidQuantity, NamedTwice: a piece that is not there.
    """
    return _propose(own_order(session, shopper, number), rules, lines)


def do_cancel(
    session: Session,
    shopper: Shopper,
    rules: PolicyRules,
    number: str,
    yes: Yes,
    lines: Mapping[str, int] | None = None,
) -> Done:
    """Cancel what was proposed: its pieces go back on the shelf, and what was paid for them goes back.

    Raises:
        KeyReused, ProposalChanged: see `shop.changes.carry_out`; otherwise what `propose_cancel` raises.
    """

    def propose(order: Order) -> CancelProposal:
        return _propose(order, rules, lines)

    return carry_out(session, shopper, number, yes, propose, partial(_make, session, lines))


def _propose(order: Order, rules: PolicyRules, lines: Mapping[str, int] | None) -> CancelProposal:
    rule = rules.cite(rules.returns.cancel)
    check_state(order, rule, rules.returns.cancel.states)
    pieces = _pick(order, lines)
    whole = sum(count for _, count in pieces) == sum(kept(line) for line in order.lines)
    amounts = [worth(line) - worth_without(line, count, order.currency) for line, count in pieces]
    goods = sum(amounts, Decimal(0))
    delivery = order.delivery_price if whole and rules.returns.cancel.delivery == "whole_order" else Decimal(0)
    total = Decimal(0) if whole else order.total - goods
    # What waits for its payment may have been paid in part by a gift card: only what is too much goes back.
    refund = min(goods + delivery, left_to_refund(order, total))
    return CancelProposal(
        order.number,
        rule,
        whole,
        tuple(_view(order, *piece, amount) for piece, amount in zip(pieces, amounts, strict=True)),
        goods=Money(goods, order.currency),
        delivery=Money(delivery, order.currency),
        refund=Money(refund, order.currency),
        total=Money(total, order.currency),
    )


def _pick(order: Order, lines: Mapping[str, int] | None) -> Pieces:
    """Take the named pieces out of an order; all that is left without any."""
    if lines is None:
        return [(line, kept(line)) for line in order.lines if kept(line)]
    if not lines:
        raise InvalidQuantity(0, 1, sum(kept(line) for line in order.lines))
    seen: set[str] = set()
    for sku in lines:
        if (name := sku.strip().casefold()) in seen:
            raise NamedTwice(sku)
        seen.add(name)
    return [piece for sku, quantity in lines.items() for piece in pick_pieces(order, sku, quantity, kept)]


def _view(order: Order, line: OrderLine, count: int, amount: Decimal) -> PieceView:
    return PieceView(line.sku, line.name, count, Money(amount, order.currency))


def _make(session: Session, lines: Mapping[str, int] | None, order: Order, proposal: CancelProposal) -> Effects:
    pieces = _pick(order, lines)
    if proposal.whole:
        # The order keeps its lines and sums, as those of what was cancelled.
        order.state = "cancelled"
        if order.payment_state == "pending":
            order.payment_state = "failed"
        give_back_coupons(order)
    else:
        for line, count in pieces:
            _cancel_pieces(line, count, order.currency)
        order.subtotal -= proposal.goods.amount
        order.total -= proposal.goods.amount
    grant(order, "cancellation", proposal.refund.amount)
    close_payment(order)
    stock = give_back_stock(session, [(line.variant_id, count) for line, count in pieces])
    return Effects(stock, refund=proposal.refund)


def _cancel_pieces(line: OrderLine, count: int, currency: str) -> None:
    left = worth_without(line, count, currency)
    line.cancelled += count
    line.discount = line.unit_price * kept(line) - left
