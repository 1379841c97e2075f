"""Sending back what has arrived: which lines, why, what is paid back, and the number and label for the parcel."""

from __future__ import annotations

from actions.cards import button, variant_title
from actions.desk_case import Case, Goal
from actions.desk_choice import Orders, allowed_by
from actions.desk_orders import case_order, items_step, order_step
from actions.desk_reasons import reason_step
from actions.desk_words import date_fact, money_facts, reason_text, rule_facts, rule_text
from actions.returns_told import goods_text
from actions.turn import Turn
from shop.catalogue import get_variant
from shop.changes import Done, Yes
from shop.errors import PolicyRefusal
from shop.orders import OrderView
from shop.returns import ReturnItem, ReturnPiece, ReturnProposal, check_return, do_return, find_return, propose_return


def return_items(case: Case) -> list[ReturnItem]:
    """List what comes back, with what is wanted in its place."""
    return [
        ReturnItem(sku, quantity, case.reason or "", case.options.get(sku))
        for sku, quantity in (case.items or {}).items()
    ]


def check_returnable(turn: Turn, case: Case) -> None:
    """Raise PolicyRefusal where nothing of what is known can come back, whatever the reason is."""
    if case.items:
        _check(turn, case.number or "", *case.items)
    else:
        check_any_returnable(turn, case_order(turn, case))


def check_any_returnable(turn: Turn, order: OrderView) -> None:
    """Raise PolicyRefusal where no line of an order can come back, whatever the reason is."""
    _check(turn, order.number)
    refused: PolicyRefusal | None = None
    for line in order.lines:
        try:
            _check(turn, order.number, line.sku)
        except PolicyRefusal as error:
            refused = refused or error
        else:
            return
    if refused:
        raise refused


def _check(turn: Turn, number: str, *skus: str) -> None:
    with turn.reading() as session:
        check_return(session, turn.shopper, turn.services.rulebook.rules, number, skus)


def say_return(turn: Turn, proposal: ReturnProposal) -> str:
    """Say what a return or an exchange would do, and give its fingerprint."""
    labels = turn.labels
    amounts = [*(piece.amount for piece in proposal.pieces), proposal.refund]
    turn.say(
        "utter_ask_exchange" if proposal.kind == "exchange" else "utter_ask_return",
        told=[
            *money_facts(turn, proposal.number, proposal.fingerprint, amounts),
            *(date_fact(turn, proposal.number, proposal.fingerprint, piece.until) for piece in proposal.pieces),
            *rule_facts(turn, proposal.rule),
        ],
        number=proposal.number,
        lines="\n".join(_piece_text(turn, piece) for piece in proposal.pieces),
        refund=_refund_text(turn, proposal),
        label=labels.text("desk.label_free" if proposal.label_free else "desk.label_paid"),
        rule=rule_text(turn, proposal.rule),
        buttons=[button(labels, "return_it", "affirm"), button(labels, "leave_it", "deny")],
    )
    return proposal.fingerprint


def done_with_return(turn: Turn, done: Done, yes: Yes, *, exchange: bool) -> None:
    """Say that a return or an exchange is on its way, with its number and where its label is."""
    with turn.reading() as session:
        back = find_return(session, turn.shopper, done.rma_number or "")
    turn.say(
        "utter_exchange_asked_for" if exchange else "utter_return_asked_for",
        told=money_facts(turn, done.number, yes.confirmed, [done.refund]),
        number=done.number,
        rma=done.rma_number,
        new=goods_text(turn, back.instead),
        label=_label_text(turn, back.rma_number, free=back.label_free),
        refund=turn.labels.text("desk.refund_after", amount=turn.labels.money(done.refund))
        if done.refund and done.refund.amount
        else "",
    )


def _label_text(turn: Turn, rma_number: str, *, free: bool) -> str:
    link = turn.services.settings.label_address(rma_number)
    return turn.labels.text("desk.label_link" if free else "desk.label_own", link=link)


def _piece_text(turn: Turn, piece: ReturnPiece) -> str:
    labels = turn.labels
    return labels.text(
        "desk.exchanged" if piece.new_sku else "desk.returned",
        quantity=piece.quantity,
        name=piece.name,
        amount=labels.money(piece.amount),
        reason=reason_text(turn, piece.reason),
        until=labels.date(piece.until),
        new=_new_name(turn, piece),
    )


def _new_name(turn: Turn, piece: ReturnPiece) -> str:
    if piece.new_sku is None:
        return ""
    with turn.reading() as session:
        variant = get_variant(session, piece.new_sku)
    return variant_title(variant.name, variant.options)


def _refund_text(turn: Turn, proposal: ReturnProposal) -> str:
    if not proposal.refund.amount:
        return turn.labels.text("desk.no_money_back")
    return turn.labels.text("desk.refund_in", amount=turn.labels.money(proposal.refund), days=proposal.working_days)


def _show(turn: Turn, case: Case) -> str:
    with turn.reading() as session:
        proposal = propose_return(
            session, turn.shopper, turn.services.rulebook.rules, case.number or "", return_items(case)
        )
    return say_return(turn, proposal)


def _make(turn: Turn, case: Case, yes: Yes) -> None:
    with turn.writing() as session:
        done = do_return(
            session, turn.shopper, turn.services.rulebook.rules, case.number or "", yes, return_items(case)
        )
    done_with_return(turn, done, yes, exchange=False)


_OTHERWISE = {"waiting_for_payment": "cancel_order", "paid": "cancel_order", "packed": "track_order"}
_ORDERS = Orders(allowed_by(check_any_returnable), rule=lambda rules: rules.returns.window, otherwise=_OTHERWISE)
RETURN = Goal(
    "return",
    (order_step(_ORDERS), items_step(whole=False), reason_step()),
    _show,
    _make,
    check_returnable,
    otherwise=_OTHERWISE,
)
