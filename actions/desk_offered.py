"""A yes to what was only asked about: "can I still return one?", and, told that it can be, "yes, register it"."""

from __future__ import annotations

from dataclasses import replace

from actions import desk
from actions.desk_case import Case
from actions.desk_consent import asks_something, opens_with_yes
from actions.desk_lines import lines_said
from actions.desk_misread import taken_over
from actions.desk_orders import case_order
from actions.desk_words import begins_with, says_any
from actions.pending import CASE_OFFER
from actions.tickets import PROBLEM
from actions.turn import Pending, Turn, clean_words
from shop.errors import OrderNotFound

_GOALS = frozenset({"cancel", "return"})


def take_offered(turn: Turn) -> bool:
    """Begin what a yes asks for, where it seems to name new things and means bought ones; tell whether it does.

    A change that was put aside is gone on with in the same way.
    """
    goal = _goal(turn)
    agrees = begins_with(turn, "desk.agreeing") or opens_with_yes(turn)
    if goal is None or turn.from_button or turn.form or not agrees or asks_something(turn.text):
        return False
    pending = turn.pending
    turn.drop_now()
    if pending.get("kind") == CASE_OFFER:
        begin_offered(turn, pending)
    else:
        desk.begin(turn, goal)
    return True


def begin_offered(turn: Turn, pending: Pending) -> None:
    """Begin what was asked about, with the order and the things that were spoken of and why they were complained of."""
    before, goal = Case.of(turn), pending["goal"]
    if before is None or before.goal in (PROBLEM.name, goal):
        case = taken_over(turn, before, Case(goal, words=clean_words("" if turn.from_button else turn.text)))
        case = case if case.number else replace(case, number=pending["number"], items=pending["items"])
        case.keep(turn)
    desk.begin(turn, goal)


def _goal(turn: Turn) -> str | None:
    """Name the change that a yes can be said to: the one that was asked about, or the open one of things it names."""
    pending, case = turn.pending, Case.of(turn)
    if pending.get("kind") == CASE_OFFER:
        return None if says_any(turn, "desk.into_cart") else str(pending["goal"])
    if pending or case is None or case.goal not in _GOALS or not case.number:
        return None
    try:
        lines = case_order(turn, case).lines
    except OrderNotFound:
        return None
    return case.goal if lines_said(turn, turn.text, lines) and not says_any(turn, "desk.into_cart") else None
