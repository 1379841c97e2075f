"""Cancelling an order, or lines of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from actions.cards import button
from actions.desk_case import Case, Goal
from actions.desk_choice import Orders, allowed_by
from actions.desk_lines import line_title
from actions.desk_orders import case_order, items_step, order_step
from actions.desk_words import money_facts, refund_text, rule_facts, rule_text
from actions.turn import Turn
from shop.cancellations import do_cancel, propose_cancel
from shop.changes import Yes
from shop.orders import OrderLineView, OrderView

CANCELLED = "cancelled"
"""The slot of what was cancelled last in this conversation."""


def _pieces(case: Case) -> Mapping[str, int]:
    return case.items or {}


def _show(turn: Turn, case: Case) -> str:
    """Say which pieces would be cancelled, and what would be paid back."""
    with turn.reading() as session:
        proposal = propose_cancel(session, turn.shopper, turn.services.rulebook.rules, case.number or "", _pieces(case))
    labels = turn.labels
    amounts = [*(piece.amount for piece in proposal.pieces), proposal.refund, proposal.total]
    turn.say(
        "utter_ask_cancel_order" if proposal.whole else "utter_ask_cancel_lines",
        told=[
            *money_facts(turn, proposal.number, proposal.fingerprint, amounts),
            *rule_facts(turn, proposal.rule),
        ],
        number=proposal.number,
        lines="\n".join(
            labels.text("desk.piece", quantity=piece.quantity, name=piece.name, amount=labels.money(piece.amount))
            for piece in proposal.pieces
        ),
        refund=refund_text(turn, proposal.refund),
        total=labels.money(proposal.total),
        rule=rule_text(turn, proposal.rule),
        buttons=[button(labels, "cancel_it", "affirm"), button(labels, "leave_it", "deny")],
    )
    return proposal.fingerprint


def _make(turn: Turn, case: Case, yes: Yes) -> None:
    before = case_order(turn, case).lines
    with turn.writing() as session:
        done = do_cancel(
            session, turn.shopper, turn.services.rulebook.rules, case.number or "", yes, lines=_pieces(case)
        )
    order = case_order(turn, case)
    turn.remember(**{CANCELLED: {"number": done.number, "items": dict(_pieces(case))}})
    turn.say(
        "utter_cancelled" if order.state == "cancelled" else "utter_lines_cancelled",
        told=money_facts(turn, done.number, yes.confirmed, [done.refund]),
        number=done.number,
        refund=refund_text(turn, done.refund),
        gone=_names(turn, [(line, case.items[line.sku]) for line in before if case.items and line.sku in case.items]),
        left=_names(turn, [(line, line.quantity) for line in order.lines]),
        buttons=[button(turn.labels, "track", "track_order", order_number=done.number)],
    )


def _names(turn: Turn, pieces: Sequence[tuple[OrderLineView, int]]) -> str:
    return turn.labels.all_of(
        turn.labels.text("order.piece", quantity=count, name=line_title(line)) for line, count in pieces
    )


def _check(turn: Turn, order: OrderView) -> None:
    with turn.reading() as session:
        propose_cancel(session, turn.shopper, turn.services.rulebook.rules, order.number)


_OTHERWISE = {"delivered": "return_product", "shipped": "track_order"}
_ORDERS = Orders(allowed_by(_check), rule=lambda rules: rules.returns.cancel, otherwise=_OTHERWISE)
CANCEL = Goal(
    "cancel",
    (order_step(_ORDERS), items_step(whole=True)),
    _show,
    _make,
    otherwise=_OTHERWISE,
)
