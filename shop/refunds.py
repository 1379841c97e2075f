"""Refunds: what was paid for a piece, to the cent, what goes back for it, and where that money is.

A piece is worth its share of what its line cost after discounts. Shares are worked out for the pieces up to it and
rounded then, so that all the shares of a line add up to the line exactly, in whatever parts they come back.

Where a gift card has paid a part, money goes back first to what the order's `refund_first` says, and the rest to the
other. What goes back onto a gift card is there at once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session, object_session

from shop.gift_cards import give_back, on_gift_cards
from shop.models import Order, OrderLine, Refund, Return, utc_now
from shop.money import Money, to_coins
from shop.order_views import due, kept
from shop.orders import own_order
from shop.policy_rules import PolicyRules
from shop.shoppers import Shopper


@dataclass(frozen=True)
class RefundView:
    """Money on its way back.

    Attributes:
        kind: why: "cancellation", "option_change", "return" or "exchange".
        state: "expected" until the goods have arrived, "pending" until it is sent, then "paid"; "credited" where it
            paid for a replacement.
        rma_number: of the return, where it is for one.
        due_on: by which day it is sent; None where no rule says so, or where it has been.
        to_gift_cards: the part of it that has gone back onto gift cards; of money that is only expected, nothing yet.
    """

    kind: str
    state: str
    amount: Money
    rma_number: str | None
    settled_at: dt.datetime | None
    due_on: dt.date | None
    to_gift_cards: Money | None = None


def refund_status(session: Session, shopper: Shopper, rules: PolicyRules, number: str) -> tuple[RefundView, ...]:
    """Say which money of an order goes back to the shopper, and how far it is; raise OrderNotFound."""
    order = own_order(session, shopper, number)
    numbers = {back.id: back.rma_number for back in order.returns}
    granted = tuple(_view(refund, numbers.get(refund.return_id or 0), rules) for refund in order.refunds)
    expected = tuple(
        RefundView(back.kind, "expected", Money(back.refund, back.currency), back.rma_number, None, None)
        for back in order.returns
        if is_open(back) and back.refund
    )
    return granted + expected


def is_open(back: Return) -> bool:
    """Tell whether the goods of a return have not arrived yet."""
    return back.state in {"requested", "approved"}


def is_live(back: Return) -> bool:
    """Tell whether a return stands: what it holds cannot be returned again."""
    return back.state != "refused"


def worth(line: OrderLine) -> Decimal:
    """Say what the pieces of a line that are not cancelled cost, after discounts."""
    return line.unit_price * kept(line) - line.discount


def worth_without(line: OrderLine, cancelled: int, currency: str) -> Decimal:
    """Say what a line would cost if that many more pieces were cancelled."""
    left = kept(line) - cancelled
    return line.unit_price * left - to_coins(line.discount * left / kept(line), currency)


def promised(order: Order, line: OrderLine) -> tuple[int, Decimal]:
    """Count the pieces of a line in returns that stand, and the money for them."""
    parts = [part for back in order.returns if is_live(back) for part in back.lines if part.order_line_id == line.id]
    return sum(part.quantity for part in parts), sum((part.refund for part in parts), Decimal(0))


def return_share(order: Order, line: OrderLine, quantity: int) -> Decimal:
    """Say what goes back for that many more pieces of a line."""
    pieces, money = promised(order, line)
    whole = worth(line)
    up_to = pieces + quantity
    share = whole if up_to == kept(line) else min(to_coins(whole * up_to / kept(line), order.currency), whole)
    return max(share - money, Decimal(0))


def refundable(order: Order) -> Decimal:
    """Say how much of what was paid has neither gone back nor been promised with a return."""
    open_returns = [back for back in order.returns if is_open(back)]
    expected = sum((back.refund + exchange_worth(back) for back in open_returns), Decimal(0))
    return order.paid - order.refunded - expected


def exchange_worth(back: Return) -> Decimal:
    """Say what the goods cost that are sent in place of those of a return."""
    return sum((part.worth for part in back.exchange_lines), Decimal(0))


def left_to_refund(order: Order, total: Decimal) -> Decimal:
    """Say how much of what was paid is more than an order comes to, when it comes to this total."""
    return max(refundable(order) - total, Decimal(0))


def grant(
    order: Order, kind: str, amount: Decimal, back: Return | None = None, state: str = "pending"
) -> list[tuple[int, Decimal]]:
    """Write down that money goes back for an order; nothing for nothing.

    Gives how much of it had come from which gift card. It goes back onto them at once, unless it is "credited": then it
    pays for something else.
    """
    if not amount:
        return []
    gift_amount = _from_gift_cards(order, amount)
    credited = state == "credited"
    parts = give_back(order, gift_amount, None if credited else object_session(order))
    if gift_amount == amount and not credited:
        state = "paid"
    refund = Refund(kind=kind, state=state, amount=amount, gift_amount=gift_amount, currency=order.currency)
    if back is not None:
        refund.return_id = back.id
    if state != "pending":
        refund.settled_at = utc_now()
    order.refunds.append(refund)
    order.refunded += amount
    if state == "paid":
        close_refund(order, back)
    return parts


def close_refund(order: Order, back: Return | None) -> None:
    """Note on its order and return that money has gone back as a whole."""
    if back is not None and back.kind == "return":
        back.state = "refunded"
    all_sent = all(one.state != "pending" for one in order.refunds)
    if order.payment_state == "paid" and order.refunded == order.paid and all_sent:
        order.payment_state = "refunded"


def close_payment(order: Order) -> None:
    """Note that an order is paid, where gift cards have paid all that is left of it."""
    if order.state == "waiting_for_payment" and order.paid and not due(order):
        order.state = order.payment_state = "paid"


def _from_gift_cards(order: Order, amount: Decimal) -> Decimal:
    """Say how much of a refund goes to gift cards, by what goes back first."""
    on_cards = on_gift_cards(order)
    if order.refund_first == "gift_card":
        return min(amount, on_cards)
    paid_otherwise = order.paid - order.refunded - on_cards
    return amount - min(amount, paid_otherwise)


def _view(refund: Refund, rma_number: str | None, rules: PolicyRules) -> RefundView:
    waits = refund.state == "pending" and refund.return_id is not None
    due_on = _working_days_after(refund.created_at.date(), rules.returns.refund.working_days) if waits else None
    amount = Money(refund.amount, refund.currency)
    onto_cards = Money(refund.gift_amount, refund.currency) if refund.gift_amount else None
    return RefundView(refund.kind, refund.state, amount, rma_number, refund.settled_at, due_on, onto_cards)


def _working_days_after(day: dt.date, count: int) -> dt.date:
    """Count working days on from a day; Saturday and Sunday are none."""
    while count:
        day += dt.timedelta(days=1)
        count -= day.weekday() < 5
    return day
