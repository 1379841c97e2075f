"""A change that is put off: "not now", "I only asked", "先别取消！". It is left; what is asked beside is answered."""

from __future__ import annotations

from actions.case_questions import answer_of_case
from actions.desk_case import Case, asked_by, close
from actions.desk_consent import asks_something
from actions.desk_lines import ITEMS, kept_lines, lines_said
from actions.desk_orders import case_order
from actions.desk_parts import joined_clauses, parts_of
from actions.desk_reasons import REASON
from actions.desk_words import holds_any, says_any
from actions.pending import CASE, CASE_YES, ORDER
from actions.swapping import OPTION
from actions.turn import Turn

_GOALS = frozenset({"cancel", "return", "swap"})
# What the desk asks about these; anything else it asks for is taken as it stands.
_ASKED = frozenset({None, ORDER, ITEMS, OPTION, REASON})
# A message that reads as one of these says no more than that it is put off.
_SAYS_NO_MORE = frozenset({"deny", "cancel", "affirm", "inform", "thank", "goodbye", "resume_case", "go_back"})
_WISHES = frozenset({"cancel_order", "return_product", "exchange_product", "nlu_fallback", "out_of_scope", ""})


def take_put_off(turn: Turn) -> bool:
    """Leave a change that is not wanted now; tell whether that is all there is to be said.

    What is asked besides is answered here where it is of the change, or else by the action that was called.
    """
    case = Case.of(turn)
    if case is None or turn.from_button or not _puts_off(turn, case):
        return False
    waited = turn.pending
    close(turn)
    turn.drop_now()
    turn.say("utter_case_put_off")
    if not asks_something(turn.text) or answer_of_case(turn, case, waited):
        return True
    return turn.intent[0] in _SAYS_NO_MORE or turn.intent[0] in _WISHES


def _puts_off(turn: Turn, case: Case) -> bool:
    waits = turn.pending.get("kind") in (CASE, CASE_YES) and asked_by(turn) in _ASKED
    return waits and case.goal in _GOALS and says_any(turn, "desk.putting_off") and not _names_part(turn, case)


def _names_part(turn: Turn, case: Case) -> bool:
    """Tell whether a message says which of it is to be left, or is meant: "don't cancel the lamp", "我是退椅子"."""
    if not case.number:
        return False
    lines = case_order(turn, case).lines
    wanted = [one for one in parts_of(turn, case.goal).wanted if not holds_any(turn, one, "desk.putting_off")]
    if lines_said(turn, joined_clauses(wanted), lines):
        return True
    kept, items = {line.sku for line in kept_lines(turn, lines)}, set(case.items or {})
    return bool(kept and items - kept)
