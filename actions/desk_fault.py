"""What stands beside the question where a return is meant: money back for a fault, a reason that is not known."""

from __future__ import annotations

from actions import desk
from actions.desk_case import Case, asked_by
from actions.desk_consent import asks_something
from actions.desk_reasons import REASON, reason_said
from actions.desk_words import begins_with, says_any
from actions.pending import CASE_YES
from actions.returning import RETURN
from actions.tickets import PROBLEM
from actions.turn import Turn

_UNREAD = frozenset({"nlu_fallback", "inform", "search_products", "out_of_scope", ""})


def take_return_instead(turn: Turn) -> bool:
    """Begin a return where a report waits for its yes, and a message wants only that: "只退坏的那一块"."""
    case = Case.of(turn)
    waits = case is not None and case.goal == PROBLEM.name and turn.pending.get("kind") == CASE_YES
    wants = says_any(turn, "desk.only_that") and says_any(turn, "desk.giving_back")
    is_other = says_any(turn, "desk.putting_off") or asks_something(turn.text)
    if not (waits and wants) or turn.from_button or is_other or turn.intent[0] not in ("report_problem", *_UNREAD):
        return False
    desk.begin(turn, RETURN.name)
    return True


def take_unread_reason(turn: Turn) -> bool:
    """Ask for the reason again where a message gives one that is not known: it is nothing to look for."""
    if asked_by(turn) != REASON or turn.from_button or turn.intent[0] not in _UNREAD or asks_something(turn.text):
        return False
    if turn.entity("reason") or reason_said(turn, turn.text) or not begins_with(turn, "desk.gives_reason"):
        return False
    desk.ask_again(turn)
    return True
