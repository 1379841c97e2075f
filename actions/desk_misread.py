"""What reads as a request to the desk and is none: another reason, a look at an order, a wish for the same again."""

from __future__ import annotations

from actions.desk_case import Case
from actions.desk_words import says_any
from actions.orders import track
from actions.turn import Turn
from actions.which_order import named_orders

_OPTIONS = ("option_value", "size", "colour", "sku")


def says_why_else(turn: Turn, goal: str) -> bool:
    """Tell whether a message only gives another reason for what is to go back: "it is not faulty, it doesn't fit"."""
    case = Case.of(turn)
    other = turn.entity("reason")
    if case is None or case.goal != "return" or goal not in ("swap", "problem", "complaint"):
        return False
    names_another = turn.entity("order_number") not in (None, case.number)
    return bool(other) and not names_another and not any(map(turn.entity, _OPTIONS))


def only_looks(turn: Turn) -> bool:
    """Show the order that a message asks for, where it wants none cancelled; tell whether it was that."""
    if turn.from_button or not says_any(turn, "desk.finding"):
        return False
    number = turn.entity("order_number")
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
