"""What is asked of a return, an exchange or a cancellation before it is agreed to: answered, and nothing is begun.

Until when something can come back is worked out for the very things that are spoken of; what no text of the shop says,
such as whether a size will fit, is said not to be known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from actions.arriving import answer_arrival
from actions.cards import button
from actions.desk_case import FREE_TEXT, Case, asked_by
from actions.desk_consent import asks_something, question_in
from actions.desk_orders import case_order
from actions.desk_words import date_fact, says_any
from actions.pending import CASE, CASE_YES
from actions.policy_answers import say_passage
from actions.turn import Pending, Turn
from shop.errors import Refused
from shop.returns import ReturnItem, ReturnProposal, propose_return

_COMES_BACK = frozenset({"return", "swap"})
_GOALS = frozenset({"cancel", *_COMES_BACK})
_WISHES = frozenset({"cancel_order", "return_product", "exchange_product"})
# What questions of these kinds are taken for; a search for something else stays one.
_ASKING = frozenset({"inform", "nlu_fallback", "out_of_scope", "recommend", "rate_service", "track_refund", *_WISHES})
_ANY_REASON = "changed my mind"


def answer_in_case(turn: Turn) -> bool:
    """Answer what is asked of a change while the desk waits for an answer; tell whether something is."""
    case = Case.of(turn)
    waits = turn.pending.get("kind") in (CASE, CASE_YES) and asked_by(turn) not in FREE_TEXT
    if case is None or not waits or case.goal not in _GOALS or turn.from_button or turn.photo_url:
        return False
    intent = turn.intent[0]
    if not (intent in _ASKING or intent.startswith("ask_")) or not asks_something(turn.text):
        return False
    if _answer_special(turn, case, turn.pending):
        return True
    # "If I cancel it, when do I get my money?" asks on, and wants nothing changed of what is proposed.
    is_aside = turn.pending.get("kind") == CASE_YES and intent in _WISHES and says_any(turn, "desk.conditional")
    return is_aside and _quote(turn)


def answer_of_case(turn: Turn, case: Case, waited: Pending) -> bool:
    """Answer what is asked of a change that has just been left; tell whether it was answered.

    Args:
        turn: the turn.
        case: what was known of the change.
        waited: the question that had waited.
    """
    return _answer_special(turn, case, waited) or answer_arrival(turn) or _answer_wish(turn)


def _answer_wish(turn: Turn) -> bool:
    """Answer what reads as a wish, or as nothing known, from the shop's texts, or say that they do not hold it."""
    if turn.intent[0] not in _ASKING or not question_in(turn.text):
        return False
    if not _quote(turn):
        turn.say("utter_policy_unknown", buttons=[button(turn.labels, "talk_to_person", "talk_to_person")])
    return True


def _answer_special(turn: Turn, case: Case, waited: Pending) -> bool:
    return _tell_fit_unknown(turn, case, waited) or _tell_until(turn, case) or _tell_when_sent(turn, case)


def _tell_fit_unknown(turn: Turn, case: Case, waited: Pending) -> bool:
    """Say that nobody here knows whether another size fits; the sizes that there are stand in the question."""
    if case.goal != "swap" or not says_any(turn, "desk.asks_fit"):
        return False
    turn.say("utter_fit_unknown")
    return bool(waited)


def _tell_until(turn: Turn, case: Case) -> bool:
    """Say until when the things that are spoken of can come back."""
    if case.goal not in _COMES_BACK or not says_any(turn, "desk.asks_until"):
        return False
    proposal = return_of(turn, case)
    if proposal is None:
        return False
    say_until(turn, proposal)
    return True


def say_until(turn: Turn, proposal: ReturnProposal) -> None:
    """Say the last days on which pieces can come back."""
    told = [date_fact(turn, proposal.number, proposal.fingerprint, piece.until) for piece in proposal.pieces]
    names = turn.labels.all_of(piece.name for piece in proposal.pieces)
    turn.say("utter_can_come_back", told=told, names=names, until=turn.labels.date(first_day(proposal)))


def first_day(proposal: ReturnProposal) -> dt.date:
    """Give the day until which all pieces can come back."""
    return min(piece.until for piece in proposal.pieces)


def return_of(turn: Turn, case: Case) -> ReturnProposal | None:
    """Work out how what is spoken of would come back; None where it is not known, or cannot."""
    if not case.number:
        return None
    lines = case_order(turn, case).lines
    pieces = case.items or {line.sku: line.quantity for line in lines if len(lines) == 1}
    try:
        with turn.reading() as session:
            rules = turn.services.rulebook.rules
            return propose_return(session, turn.shopper, rules, case.number, _items(pieces, case)) if pieces else None
    except Refused:
        return None


def _items(pieces: Mapping[str, int], case: Case) -> Sequence[ReturnItem]:
    return [ReturnItem(sku, count, case.reason or _ANY_REASON) for sku, count in pieces.items()]


def _tell_when_sent(turn: Turn, case: Case) -> bool:
    """Quote when what is wanted instead is sent, for who asks whether the old one has to come first."""
    return case.goal == "swap" and says_any(turn, "desk.asks_when_sent") and _quote(turn, "desk.general.swap")


def _quote(turn: Turn, label: str = "") -> bool:
    asked = turn.labels.text(label) if label else question_in(turn.text) or turn.text
    passage = turn.services.policies_in(turn.language).answer(asked)
    if passage:
        say_passage(turn, passage)
    return passage is not None
