"""Tickets: something bought that is missing, wrong, damaged or faulty, and complaints."""

from __future__ import annotations

from actions.cards import button
from actions.desk_case import Case, Goal
from actions.desk_choice import Orders, in_states
from actions.desk_contact import EMAIL, email_step
from actions.desk_orders import items_step, order_step
from actions.desk_words import date_fact, reason_text, rule_facts, rule_text
from actions.ticket_parts import (
    extras_text,
    photo_step,
    problem_step,
    request_of,
    send,
    things_text,
    words_step,
)
from actions.turn import Turn
from shop import tickets
from shop.errors import ShopError, ShopUnavailable
from shop.returns import ReturnItem, ReturnProposal, propose_return


def _show_problem(turn: Turn, case: Case) -> str:
    _offer_return(turn, case)
    turn.say(
        "utter_ask_problem_ticket",
        number=case.number,
        things=things_text(turn, case),
        problem=reason_text(turn, case.reason or ""),
        extras=extras_text(turn, case),
        email=case.told[EMAIL],
        buttons=_yes_or_no(turn),
    )
    return request_of(case, tickets.PROBLEM).fingerprint


def _show_complaint(turn: Turn, case: Case) -> str:
    turn.say(
        "utter_ask_complaint_ticket",
        extras=extras_text(turn, case),
        email=case.told[EMAIL],
        buttons=_yes_or_no(turn),
    )
    return request_of(case, tickets.COMPLAINT).fingerprint


def _yes_or_no(turn: Turn) -> list[dict[str, str]]:
    return [button(turn.labels, "send_it", "affirm"), button(turn.labels, "leave_it", "deny")]


def _offer_return(turn: Turn, case: Case) -> None:
    """Say that it may be sent back as well, where a rule allows it."""
    proposal = _return_of(turn, case)
    if proposal is None:
        return
    until = min(piece.until for piece in proposal.pieces)
    sent_back: dict[str, str | list[str]] = {"sku": list(case.items or {}), "reason": case.reason or ""}
    turn.say(
        "utter_return_possible",
        told=[*rule_facts(turn, proposal.rule), date_fact(turn, proposal.number, proposal.fingerprint, until)],
        until=turn.labels.date(until),
        rule=rule_text(turn, proposal.rule),
        buttons=[button(turn.labels, "return_product", "return_product", order_number=proposal.number, **sent_back)],
    )


def _return_of(turn: Turn, case: Case) -> ReturnProposal | None:
    items = [ReturnItem(sku, quantity, case.reason or "") for sku, quantity in (case.items or {}).items()]
    try:
        with turn.reading() as session:
            return propose_return(session, turn.shopper, turn.services.rulebook.rules, case.number or "", items)
    except ShopUnavailable:
        raise
    except ShopError:
        # Too late, not arrived, not the shopper's own: then a ticket is the way.
        return None


_order = order_step(Orders(in_states("delivered", "shipped"), opened=True))
PROBLEM = Goal(
    "problem",
    (_order, items_step(whole=False), problem_step(), photo_step(), email_step()),
    _show_problem,
    lambda turn, case, yes: send(turn, case, yes, tickets.PROBLEM),
    opened=True,
)
COMPLAINT = Goal(
    "complaint",
    (words_step(), email_step()),
    _show_complaint,
    lambda turn, case, yes: send(turn, case, yes, tickets.COMPLAINT),
)
