"""A parcel that is marked as delivered and is not there: it is reported at once, as a whole and without a photo."""

from __future__ import annotations

from actions import desk
from actions.desk_case import Case
from actions.desk_lines import named_lines
from actions.desk_words import says_any
from actions.orders import found_order
from actions.pending import CASE, CASE_YES
from actions.ticket_parts import with_words
from actions.tickets import PROBLEM
from actions.turn import Turn, clean_words
from actions.which_order import named_orders, newest_orders, numbers_said
from shop.orders import OrderView
from shop.tickets import MISSING

# What says so is taken for these; a message of any other intent speaks of something else.
_INTENTS = frozenset(
    {"nlu_fallback", "deny", "track_order", "report_problem", "complain", "inform", "out_of_scope", "list_orders", ""}
)
_DELIVERED = "delivered"


def take_missing(turn: Turn) -> bool:
    """Begin to report a delivered parcel that is not there, where a message says so; tell whether it does."""
    if turn.from_button or turn.photo_url or turn.form or turn.pending.get("kind") in (CASE, CASE_YES):
        return False
    if turn.intent[0] not in _INTENTS or not says_any(turn, "ticket.not_there"):
        return False
    order = _order(turn)
    if order is None or order.state != _DELIVERED:
        return False
    lines = [] if says_any(turn, "ticket.whole_parcel") else named_lines(turn, order.lines) or []
    items = {line.sku: line.quantity for line in lines or order.lines}
    case = Case(PROBLEM.name, order.number, items=items, reason=MISSING, words=clean_words(turn.text))
    turn.say("utter_sorry_not_there", number=order.number)
    desk.go_on(turn, with_words(turn, case, turn.text))
    return True


def _order(turn: Turn) -> OrderView | None:
    """Find the order that is named, that was just spoken of, or the only one that was delivered."""
    named = numbers_said(turn)
    if named:
        return found_order(turn, named[0])
    if turn.slot("focus_order"):
        return found_order(turn, turn.slot("focus_order"))
    held = named_orders(turn)
    if held:
        return held[0] if len(held) == 1 else None
    delivered = [order for order in newest_orders(turn) if order.state == _DELIVERED]
    says_so = says_any(turn, "ticket.marked_delivered")
    return delivered[0] if says_so and len(delivered) == 1 else None
