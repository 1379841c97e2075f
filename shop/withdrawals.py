"""Withdrawing a return or an exchange before its goods have arrived: it stands no longer, and all stays as it was."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import ClassVar

from sqlalchemy.orm import Session

from shop.changes import Done, Effects, Proposal, Yes, carry_out
from shop.errors import ReturnNotFound, WrongState
from shop.models import Order, Return, utc_now
from shop.orders import own_order
from shop.refunds import is_open
from shop.shoppers import Shopper
from shop.stock import give_back_stock


@dataclass(frozen=True)
class WithdrawalProposal(Proposal):
    """What withdrawing would call off; `pieces` are order lines with how many of each were to come back."""

    action: ClassVar[str] = "withdraw_return"
    rma_number: str
    kind: str
    pieces: tuple[tuple[int, int], ...]


def propose_withdrawal(session: Session, shopper: Shopper, number: str, rma_number: str) -> WithdrawalProposal:
    """Say what withdrawing a return would call off.

    Raises:
        OrderNotFound, ReturnNotFound: the shopper has no such return.
        WrongState: its goods have arrived, or it was called off already.
    """
    return _propose(own_order(session, shopper, number), rma_number)


def do_withdrawal(session: Session, shopper: Shopper, number: str, yes: Yes, rma_number: str) -> Done:
    """Call off a return that nothing has come of: what was put aside for it goes back on the shelf.

    Raises:
        KeyReused, ProposalChanged: see `shop.changes.carry_out`; otherwise what `propose_withdrawal` raises.
    """

    def propose(order: Order) -> WithdrawalProposal:
        return _propose(order, rma_number)

    return carry_out(session, shopper, number, yes, propose, partial(_make, session, rma_number))


def _open_return(order: Order, rma_number: str) -> Return:
    back = next((one for one in order.returns if one.rma_number == rma_number), None)
    if back is None:
        raise ReturnNotFound(rma_number)
    if not is_open(back):
        raise WrongState("the return", back.state, ("requested", "approved"))
    return back


def _propose(order: Order, rma_number: str) -> WithdrawalProposal:
    back = _open_return(order, rma_number)
    pieces = tuple((part.order_line_id, part.quantity) for part in back.lines)
    # No text of the shop has a say in it: what was not sent is the shopper's as before.
    return WithdrawalProposal(order.number, None, rma_number, back.kind, pieces)


def _make(session: Session, rma_number: str, order: Order, _proposal: WithdrawalProposal) -> Effects:
    back = _open_return(order, rma_number)
    back.state, back.withdrawn_at = "refused", utc_now()
    back.refund = back.delivery_refund = Decimal(0)
    stock = give_back_stock(session, [(part.variant_id, part.quantity) for part in back.exchange_lines])
    return Effects(stock, rma_number=rma_number)
