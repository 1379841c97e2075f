"""Several orders for one change: "both of them", "first 1003, then 1004"; they come one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.desk_address import beside_address
from actions.desk_case import FREE_TEXT, Case, Step, asked_by
from actions.desk_choice import ORDER, Orders
from actions.desk_words import holds_any
from actions.turn import Turn
from actions.which_order import newest_orders, numbers_in

_TWO = 2


def several_step(step: Step, orders: Orders) -> Step:
    """Let the step that asks for an order take several of those for which it can be done."""
    return replace(step, read=lambda turn, case: _read(turn, step.read(turn, case), orders))


def _read(turn: Turn, case: Case, orders: Orders) -> Case:
    if turn.from_button or case.more or asked_by(turn) not in (None, ORDER) or asked_by(turn) in FREE_TEXT:
        return case
    text = beside_address(turn, case)
    fitting = [order.number for order in newest_orders(turn) if orders.fits(turn, order)]
    named = [number for number in numbers_in(text) if number in fitting]
    # "Both" are not three: which two are meant is asked.
    is_unclear = holds_any(turn, text, "desk.two_orders") and len(fitting) > _TWO
    meant = _meant(named, fitting, says_all=holds_any(turn, text, "desk.both_orders") and not is_unclear)
    return replace(case.of_order(meant[0]), more=tuple(meant[1:])) if len(meant) > 1 else case


def _meant(named: Sequence[str], fitting: Sequence[str], *, says_all: bool) -> list[str]:
    """Order what is named first; the others of all come after it."""
    return list(dict.fromkeys([*named, *(fitting if says_all else ())]))
