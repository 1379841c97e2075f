"""What reads as a request to the desk and is none: another reason, a look at an order, a wish for the same again."""

from __future__ import annotations

from dataclasses import replace

from actions.desk_case import Case, asked_by
from actions.desk_choice import ORDER
from actions.desk_consent import asks_something
from actions.desk_lines import ITEMS, kept_lines, lines_said
from actions.desk_orders import case_order
from actions.desk_parts import joined_clauses, parts_of
from actions.desk_reasons import reason_said
from actions.desk_words import says_any
from actions.orders import track
from actions.turn import Turn
from actions.which_order import GOODS, named_orders

_WAYS_OUT = frozenset({("swap", "return"), ("return", "swap"), ("problem", "return")})
_OPTIONS = ("option_value", "size", "colour", "sku")


def says_why_else(turn: Turn, goal: str) -> bool:
    """Tell whether a message only gives another reason for what is to go back: "it is not faulty, it doesn't fit"."""
    case = Case.of(turn)
    other = reason_said(turn, turn.text)
    if case is None or case.goal != "return" or goal not in ("swap", "problem", "complaint"):
        return False
    names_another = turn.entity("order_number") not in (None, case.number)
    return bool(other) and not names_another and not any(map(turn.entity, _OPTIONS))


def only_looks(turn: Turn) -> bool:
    """Show the order that a message asks for, where it wants none cancelled; tell whether it was that.

    "So nothing is cancelled, right?" asks for the order that was spoken of.
    """
    asks_for_it = says_any(turn, "desk.nothing_cancelled")
    if turn.from_button or not (asks_for_it or says_any(turn, "desk.finding")):
        return False
    number = turn.entity("order_number") or (turn.slot("focus_order") if asks_for_it else None)
    found = [] if number else named_orders(turn)
    if number is None and len(found) != 1:
        return False
    track(turn, number or found[0].number)
    return True


def wants_the_same(turn: Turn) -> bool:
    """Tell whether a message asks for a new one of the same, and for no other version of it."""
    return not (turn.from_button or any(map(turn.entity, _OPTIONS)))


def means_the_order(turn: Turn) -> bool:
    """Tell whether "cancel it", said while a cancellation waits for its yes, speaks of that."""
    case = Case.of(turn)
    return case is not None and case.goal == "cancel" and says_any(turn, "desk.cancelling")


def taken_over(turn: Turn, before: Case | None, case: Case) -> Case:
    """Keep what was said of the same things where another way out is asked for: money back, and no other size.

    Args:
        turn: the turn.
        before: the change that is left; None where there is none.
        case: the one that is begun.
    """
    if asked_by(turn) not in (None, ORDER, ITEMS):
        # What another change has asked is no longer waited for: this message answers none of it.
        turn.drop_now()
    ways = (before.goal, case.goal) if before else ("", "")
    if before is None or not before.number or ways not in _WAYS_OUT or _names_another(turn, before):
        return case
    items = before.items if before.items and (case.goal == "return" or len(before.items) == 1) else None
    known = {one.code for one in turn.services.rulebook.rules.returns.reasons}
    return replace(case, number=before.number, items=items, reason=before.reason if before.reason in known else None)


def narrows(turn: Turn) -> bool:
    """Tell whether a message leaves only a part of what was proposed: "oh, only the balls, I want to keep the rest"."""
    case = Case.of(turn)
    if case is None or not (case.number and case.items) or turn.from_button or asks_something(turn.text):
        return False
    lines = case_order(turn, case).lines
    kept = {line.sku for line in kept_lines(turn, lines)}
    wanted = lines_said(turn, joined_clauses(parts_of(turn, case.goal).wanted), lines) or []
    only = bool(wanted) and {line.sku for line in wanted} < set(case.items) and says_any(turn, "desk.only_that")
    return only or bool(kept & set(case.items))


def _names_another(turn: Turn, before: Case) -> bool:
    """Tell whether a message names an order, or goods, that the change which was open is not about."""
    if turn.entity("order_number") not in (None, before.number) or turn.entity("ordered"):
        return True
    if not any(map(turn.entity, GOODS)):
        return False
    lines = [line for line in case_order(turn, before).lines if line.sku in (before.items or {})]
    return not lines_said(turn, turn.text, lines)
