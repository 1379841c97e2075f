"""Where money is that goes back to the shopper, and how far a return is."""

from __future__ import annotations

from actions.base import ShopAction
from actions.desk_words import date_fact, money_facts
from actions.turn import Turn
from shop.orders import find_order, list_orders
from shop.receipts import Fact, fingerprint
from shop.refunds import RefundView, refund_status
from shop.returns import find_return

_LISTED = 5


class ActionTrackRefund(ShopAction):
    """Tell how far a refund is."""

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_track_refund"

    def perform(self, turn: Turn) -> None:
        """Show the refunds of the order that is meant; without a number, of every order that has one."""
        number = self._number(turn)
        if number is not None:
            refunds = _refunds(turn, number)
            _say(turn, {number: refunds}) if refunds else turn.say("utter_no_refund_of_order", number=number)
            return
        with turn.reading() as session:
            orders = list_orders(session, turn.shopper, limit=_LISTED)
        found = {order.number: refunds for order in orders if (refunds := _refunds(turn, order.number))}
        if found:
            _say(turn, found)
        elif orders:
            turn.say("utter_no_refunds")
        else:
            turn.say("utter_ask_order_number" if turn.shopper.customer_id is None else "utter_no_orders")

    def _number(self, turn: Turn) -> str | None:
        """Find the order that a message names, by its own number or by that of a return."""
        with turn.reading() as session:
            rma = turn.entity("rma_number")
            if rma:
                return find_return(session, turn.shopper, rma).order_number
            number = turn.entity("order_number")
            return find_order(session, turn.shopper, number).number if number else None


def _refunds(turn: Turn, number: str) -> tuple[RefundView, ...]:
    with turn.reading() as session:
        return refund_status(session, turn.shopper, turn.services.rulebook.rules, number)


def _say(turn: Turn, found: dict[str, tuple[RefundView, ...]]) -> None:
    labels = turn.labels
    turn.remember(focus_order=next(iter(found)) if len(found) == 1 else None)
    told: list[Fact] = []
    lines = []
    for number, refunds in found.items():
        version = fingerprint(*((one.kind, one.state, one.amount) for one in refunds))
        told += money_facts(turn, number, version, [one.amount for one in refunds])
        told += [date_fact(turn, number, version, one.due_on) for one in refunds if one.due_on]
        lines += [_line(turn, number, one) for one in refunds]
    turn.say("utter_refunds", told=told, lines="\n".join(lines), count=labels.number(len(lines)))


def _line(turn: Turn, number: str, refund: RefundView) -> str:
    labels = turn.labels
    day = refund.settled_at or refund.due_on
    key = refund.state if day or refund.state != "pending" else "pending_undated"
    return labels.text(
        f"desk.refund_lines.{key}",
        number=number,
        amount=labels.money(refund.amount),
        kind=labels.text(f"desk.refund_kinds.{refund.kind}"),
        rma=f" ({refund.rma_number})" if refund.rma_number else "",
        date=labels.date(day) if day else "",
    )
