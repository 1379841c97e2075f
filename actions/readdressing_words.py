"""What a message says of an address that is asked for, or of the next order for it, whatever its intent was read as."""

from __future__ import annotations

import re

from actions import desk
from actions.desk_address import said_address
from actions.desk_case import Case, asked_by
from actions.desk_choice import ORDER
from actions.desk_words import says_any
from actions.order_addresses import READDRESSED, address_of, same_address
from actions.pending import is_idle
from actions.readdressing import ADDRESS, next_to_readdress
from actions.turn import Turn
from actions.which_order import holding, newest_orders, numbers_said
from shop.text import ascii_digits

_FIELDS = frozenset({"street", "city", "postcode", "country"})
_STOPS = frozenset({"cancel", "deny", "goodbye", "talk_to_person"})
_CODE = re.compile(r"(?<![\d.])\d{4,6}(?![\d.])")
# What speaks of one more order is taken for these.
_MISREAD = frozenset(
    {"change_address", "nlu_fallback", "inform", "affirm", "compare_products", "reorder", "track_order"}
)


def take_address_answer(turn: Turn) -> bool:
    """Take an address, or what the address is the same as, where it was asked for; tell whether it was one."""
    case, asked = Case.of(turn), asked_by(turn)
    if case is None or case.goal != ADDRESS.name or turn.from_button or turn.intent[0] in _STOPS:
        return False
    if asked == ORDER:
        names_several = bool(numbers_said(turn)) or says_any(turn, "desk.both_orders")
        return names_several and desk.take_answer(turn, turn.pending)
    if asked not in _FIELDS:
        return False
    is_address = said_address(turn, ADDRESS.name) is not None or same_address(turn) is not None
    is_code = asked == "postcode" and _CODE.search(ascii_digits(turn.text)) is not None
    return (is_address or is_code) and desk.take_answer(turn, turn.pending)


def take_other_order(turn: Turn) -> bool:
    """Change the address of one more order to the same one, where that is said; tell whether it was."""
    number = turn.slot(READDRESSED)
    if not number or turn.from_button or not is_idle(turn) or turn.intent[0] not in _MISREAD:
        return False
    if numbers_said(turn) or not says_any(turn, "desk.other_order") or said_address(turn, ADDRESS.name):
        return False
    with_address = _done(turn, number)
    another = next_to_readdress(turn, with_address) if with_address else None
    if another is None:
        return False
    desk.go_on(turn, another)
    return True


def _done(turn: Turn, number: str) -> Case | None:
    """Give the change that was made last, and the orders next that a message names by what is in them."""
    orders = {order.number: order for order in newest_orders(turn)}
    if number not in orders:
        return None
    named = [one.number for one in holding(turn, list(orders.values())) if one.number != number]
    return Case(ADDRESS.name, number, address=address_of(orders[number]), more=tuple(named) if len(named) == 1 else ())
