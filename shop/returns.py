"""Returning what was bought, or exchanging it for another option of it: what comes back, and asking for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from shop.carts import check_available
from shop.catalogue import variant_options
from shop.changes import Done, Effects, Proposal, Yes, carry_out
from shop.eligibility import Eligibility, Piece
from shop.errors import InvalidQuantity, NamedTwice, PolicyRefusal, ReturnNotFound
from shop.models import ExchangeLine, Order, OrderLine, Return, ReturnLine, Variant, utc_now
from shop.money import Money
from shop.options import other_option, price_difference
from shop.order_views import kept
from shop.orders import own_order, own_orders
from shop.policy_rules import PolicyRules
from shop.public_numbers import new_public_number
from shop.refunds import is_live, promised, refundable, return_share
from shop.shoppers import Shopper
from shop.stock import take_stock
from shop.text import ascii_digits, is_key

_RMA_LONGEST = 20


@dataclass(frozen=True)
class ReturnItem:
    """What a shopper sends back and why; `new_sku` is what they want in its place, for an exchange."""

    sku: str
    quantity: int
    reason: str
    new_sku: str | None = None


@dataclass(frozen=True)
class ReturnPiece:
    """Pieces that may come back.

    Attributes:
        until: the last day on which they may.
        amount: what was paid for them.
        new_sku: what is sent in their place; `new_amount` is what that comes to.
    """

    sku: str
    name: str
    quantity: int
    reason: str
    until: dt.date
    amount: Money
    new_sku: str | None = None
    new_amount: Money | None = None


@dataclass(frozen=True)
class ReturnProposal(Proposal):
    """What a return or an exchange would do.

    Attributes:
        kind: "return" or "exchange".
        goods: what was paid for the pieces, less what is sent in their place.
        delivery: what was paid for the delivery, where it goes back too.
        refund: the money that goes back once the pieces have arrived.
        working_days: how soon after that.
        label_free: whether the shop pays for the parcel back.
    """

    action: ClassVar[str] = "return"
    kind: str
    pieces: tuple[ReturnPiece, ...]
    goods: Money
    delivery: Money
    refund: Money
    working_days: int
    label_free: bool


@dataclass(frozen=True)
class GoodsView:
    """So many pieces of something, by its name and options."""

    name: str
    options: Mapping[str, str]
    quantity: int


@dataclass(frozen=True)
class ReturnView:
    """A return as its shopper sees it.

    Attributes:
        state: as in the table, or "withdrawn".
        replacement_number: the order by which an exchange is sent.
        goods: what comes back, and `instead` what is sent in its place.
    """

    rma_number: str
    order_number: str
    kind: str
    state: str
    refund: Money
    label_free: bool
    replacement_number: str | None
    pieces: tuple[tuple[str, int, str], ...]
    created_at: dt.datetime
    goods: tuple[GoodsView, ...]
    instead: tuple[GoodsView, ...]


@dataclass(frozen=True)
class _Plan:
    piece: Piece
    amount: Decimal
    new: Variant | None = None
    new_amount: Decimal = Decimal(0)


def check_return(session: Session, shopper: Shopper, rules: PolicyRules, number: str, skus: Sequence[str] = ()) -> None:
    """Refuse what cannot come back whatever the reason is; raises as `propose_return` does."""
    Eligibility.of(session, own_order(session, shopper, number), rules).check(skus)


def propose_return(
    session: Session, shopper: Shopper, rules: PolicyRules, number: str, items: Sequence[ReturnItem]
) -> ReturnProposal:
    """Say what sending items back would do; with a new SKU for each, an exchange.

    Raises:
        OrderNotFound: the shopper has no such order.
        PolicyRefusal: a rule forbids it.
        UnknownReason: the shop does not know a reason.
        OrderLineNotFound, InvalidQuantity, NamedTwice: an item that is not there.
        VariantNotFound, NotForSale, NotEnoughStock: what is wanted in its place cannot be had.
    """
    order = own_order(session, shopper, number)
    return _proposal(order, rules, _plan(session, rules, items, order))


def do_return(
    session: Session, shopper: Shopper, rules: PolicyRules, number: str, yes: Yes, items: Sequence[ReturnItem]
) -> Done:
    """Ask for the return or exchange that was proposed: it gets an RMA number; what is sent instead is put aside.

    Raises:
        KeyReused, ProposalChanged: see `shop.changes.carry_out`; otherwise what `propose_return` raises.
    """
    plan: list[_Plan] = []

    def propose(order: Order) -> ReturnProposal:
        plan[:] = _plan(session, rules, items, order)
        return _proposal(order, rules, plan)

    return carry_out(session, shopper, number, yes, propose, partial(_make, session, plan))


def find_return(session: Session, shopper: Shopper, rma_number: str) -> ReturnView:
    """Find one of the shopper's own returns; another's answers ReturnNotFound, just as one that does not exist."""
    wanted = ascii_digits(rma_number).strip().upper()
    row = None
    if is_key(wanted, _RMA_LONGEST):
        query = select(Return, Order).join(Order).where(Return.rma_number == wanted, own_orders(session, shopper))
        row = session.execute(query.options(selectinload(Return.lines), selectinload(Order.lines))).first()
    if row is None:
        raise ReturnNotFound(rma_number)
    return _view(*row)


def list_returns(session: Session, shopper: Shopper, number: str) -> tuple[ReturnView, ...]:
    """List the returns of one of the shopper's own orders, the oldest first; raise OrderNotFound."""
    order = own_order(session, shopper, number)
    return tuple(_view(back, order) for back in order.returns)


def all_returns(session: Session, shopper: Shopper) -> tuple[ReturnView, ...]:
    """List the returns of all of the shopper's own orders, the newest first."""
    query = select(Return, Order).join(Order).where(own_orders(session, shopper))
    rows = session.execute(query.order_by(Return.created_at.desc(), Return.id.desc()))
    return tuple(_view(back, order) for back, order in rows)


def new_rma_number() -> str:
    """Mint a number that nobody guesses."""
    return new_public_number("RMA")


def _plan(session: Session, rules: PolicyRules, items: Sequence[ReturnItem], order: Order) -> list[_Plan]:
    _check_items(order, rules, items)
    eligibility = Eligibility.of(session, order, rules)
    plans = []
    for item in items:
        pieces = eligibility.pieces(item.sku, item.quantity, item.reason)
        if item.new_sku is None:
            plans += [_Plan(piece, return_share(order, piece.line, piece.quantity)) for piece in pieces]
        else:
            plans += [_exchange(session, order, rules, piece, item.new_sku) for piece in pieces]
    _check_stock_of_all(plans)
    return plans


def _check_items(order: Order, rules: PolicyRules, items: Sequence[ReturnItem]) -> None:
    if not items:
        raise InvalidQuantity(0, 1, sum(kept(line) for line in order.lines))
    names = [item.sku.strip().casefold() for item in items]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise NamedTwice(items[place].sku)
    exchanged = [item.new_sku is not None for item in items]
    rule = rules.cite(rules.returns.exchange)
    if any(exchanged) and not rules.returns.exchange.offered:
        raise PolicyRefusal(rule.rule, rule.version, "not_offered", {"number": order.number})
    if any(exchanged) and not all(exchanged):
        # Each parcel back is one of the two: what happens when it arrives differs.
        raise PolicyRefusal(rule.rule, rule.version, "mixed", {"number": order.number})


def _exchange(session: Session, order: Order, rules: PolicyRules, piece: Piece, new_sku: str) -> _Plan:
    rule = rules.cite(rules.returns.exchange)
    new = other_option(session, order, piece.line, new_sku, piece.quantity, rule)
    amount = return_share(order, piece.line, piece.quantity)
    difference = price_difference(session, piece.line, new) * piece.quantity
    if difference > 0:
        facts = {"number": order.number, "sku": piece.line.sku, "new_sku": new.sku, "difference": difference}
        raise PolicyRefusal(rule.rule, rule.version, "dearer", facts)
    return _Plan(piece, amount, new, max(amount + difference, Decimal(0)))


def _check_stock_of_all(plans: Sequence[_Plan]) -> None:
    """Two lines may want the same thing in their place: it must be there for both."""
    wanted: dict[int, int] = {}
    for plan in plans:
        if plan.new is not None:
            wanted[plan.new.id] = wanted.get(plan.new.id, 0) + plan.piece.quantity
            check_available(plan.new, wanted[plan.new.id])


def _proposal(order: Order, rules: PolicyRules, plans: Sequence[_Plan]) -> ReturnProposal:
    exchange = any(plan.new is not None for plan in plans)
    goods = sum((plan.amount - plan.new_amount for plan in plans), Decimal(0))
    delivery = Decimal(0) if exchange else _delivery_refund(order, rules, [plan.piece for plan in plans])
    # What is sent in its place is paid with what was paid, so that both together stay within it.
    new_amount = sum((plan.new_amount for plan in plans), Decimal(0))
    refund = max(min(goods + delivery, refundable(order) - new_amount), Decimal(0))
    return ReturnProposal(
        order.number,
        rules.cite(rules.returns.exchange if exchange else rules.returns.window),
        "exchange" if exchange else "return",
        tuple(_piece_view(order, plan) for plan in plans),
        goods=Money(goods, order.currency),
        delivery=Money(delivery, order.currency),
        refund=Money(refund, order.currency),
        working_days=rules.returns.refund.working_days,
        label_free=_label_free(order, rules, [plan.piece for plan in plans]),
    )


def _piece_view(order: Order, plan: _Plan) -> ReturnPiece:
    piece = plan.piece
    return ReturnPiece(
        piece.line.sku,
        piece.line.name,
        piece.quantity,
        piece.reason,
        piece.until,
        Money(plan.amount, order.currency),
        plan.new.sku if plan.new else None,
        Money(plan.new_amount, order.currency) if plan.new else None,
    )


def _delivery_refund(order: Order, rules: PolicyRules, pieces: Sequence[Piece]) -> Decimal:
    """Say what goes back for the delivery: its price, once, when with these pieces the whole order comes back."""
    coming = {piece.line.id: piece.quantity for piece in pieces}
    left = sum(kept(line) - promised(order, line)[0] - coming.get(line.id, 0) for line in order.lines)
    if left or rules.returns.refund.delivery == "never":
        return Decimal(0)
    already = sum((back.delivery_refund for back in order.returns if is_live(back)), Decimal(0))
    return order.delivery_price - already


def _label_free(order: Order, rules: PolicyRules, pieces: Sequence[Piece]) -> bool:
    earlier = sum(is_live(back) for back in order.returns)
    return earlier < rules.returns.label.free or all(rules.is_fault(piece.reason) for piece in pieces)


def _make(session: Session, plans: Sequence[_Plan], order: Order, proposal: ReturnProposal) -> Effects:
    back = Return(
        rma_number=new_rma_number(),
        kind=proposal.kind,
        state="requested",
        refund=proposal.refund.amount,
        delivery_refund=min(proposal.delivery.amount, proposal.refund.amount),
        currency=order.currency,
        label_free=proposal.label_free,
        created_at=utc_now(),
        lines=[_line(plan) for plan in plans],
        exchange_lines=[_exchange_line(plan, plan.new) for plan in plans if plan.new],
    )
    order.returns.append(back)
    stock: dict[str, int] = {}
    for new, count in sorted(
        ((plan.new, plan.piece.quantity) for plan in plans if plan.new), key=lambda one: one[0].id
    ):
        take_stock(session, new, count)
        stock[new.sku] = stock.get(new.sku, 0) - count
    return Effects(stock, refund=proposal.refund, rma_number=back.rma_number)


def _line(plan: _Plan) -> ReturnLine:
    piece = plan.piece
    return ReturnLine(order_line_id=piece.line.id, quantity=piece.quantity, reason=piece.reason, refund=plan.amount)


def _exchange_line(plan: _Plan, new: Variant) -> ExchangeLine:
    return ExchangeLine(
        order_line_id=plan.piece.line.id,
        variant_id=new.id,
        sku=new.sku,
        name=new.name,
        options=variant_options(new),
        quantity=plan.piece.quantity,
        worth=plan.new_amount,
    )


def _view(back: Return, order: Order) -> ReturnView:
    lines: dict[int, OrderLine] = {line.id: line for line in order.lines}
    return ReturnView(
        rma_number=back.rma_number,
        order_number=order.number,
        kind=back.kind,
        state="withdrawn" if back.withdrawn_at else back.state,
        refund=Money(back.refund, back.currency),
        label_free=back.label_free,
        replacement_number=back.replacement_number,
        pieces=tuple((lines[part.order_line_id].sku, part.quantity, part.reason) for part in back.lines),
        created_at=back.created_at,
        goods=tuple(_goods(lines[part.order_line_id], part.quantity) for part in back.lines),
        instead=tuple(_goods(part, part.quantity) for part in back.exchange_lines),
    )


def _goods(row: OrderLine | ExchangeLine, quantity: int) -> GoodsView:
    return GoodsView(row.name, dict(row.options), quantity)
