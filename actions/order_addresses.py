"""Where orders go: their addresses as they stand, and the address to which one was changed in this conversation."""

from __future__ import annotations

from collections.abc import Mapping

from actions.desk_address import said_address
from actions.desk_case import SLOT
from actions.desk_consent import asks_something
from actions.desk_words import says_any
from actions.orders import found_order, told_of
from actions.pending import is_idle
from actions.turn import Turn
from actions.which_order import newest_orders, numbers_said
from shop.address_text import find_address
from shop.orders import OrderView

READDRESSED = "readdressed"
"""The slot of the order whose address was changed last; the address itself stands with the order."""

_CLOSED = frozenset({"delivered", "cancelled"})
# A message of any other intent asks for something else to be done.
_INTENTS = frozenset({"track_order", "change_address", "list_orders", "nlu_fallback", "ask_policy", "inform", ""})


def address_of(order: OrderView) -> Mapping[str, str]:
    """Give the address of an order by its fields, without the name on it."""
    return {
        "street": order.ship_street,
        "city": order.ship_city,
        "postcode": order.ship_postcode,
        "country": order.ship_country,
    }


def same_address(turn: Turn) -> Mapping[str, str] | None:
    """Give the address that was changed to last, where a message says that it is meant, and names no other one."""
    number = turn.slot(READDRESSED)
    if not number or turn.from_button or not says_any(turn, "desk.same_address"):
        return None
    found = said_address(turn, (turn.slot(SLOT) or {}).get("goal", ""))
    order = None if found and found.has_more else found_order(turn, number)
    if order is None or (found and found.fields["street"].casefold() not in order.ship_street.casefold()):
        # "To my new address, 5 Oak Street" is another one.
        return None
    return address_of(order)


def take_address_question(turn: Turn) -> bool:
    """Say where orders go, where that is asked and nothing is to be changed; tell whether it was."""
    if turn.from_button or turn.photo_url or turn.form or not is_idle(turn) or turn.intent[0] not in _INTENTS:
        return False
    asks = says_any(turn, "desk.asks_address") and asks_something(turn.text)
    if not asks or says_any(turn, "desk.wants_address") or find_address(turn.text):
        return False
    orders = _meant(turn)
    if not orders:
        return False
    turn.remember(focus_order=orders[0].number if len(orders) == 1 else None)
    turn.say("utter_order_addresses", told=told_of(turn, orders), lines="\n".join(_line(turn, one) for one in orders))
    return True


def _meant(turn: Turn) -> list[OrderView]:
    """Give the orders that are named, else all that have not arrived, the one spoken of, or the newest."""
    named = [order for number in numbers_said(turn) if (order := found_order(turn, number))]
    if named:
        return named
    focus = turn.slot("focus_order")
    if focus and not says_any(turn, "desk.both_orders"):
        order = found_order(turn, focus)
        return [order] if order else []
    orders = newest_orders(turn)
    return [one for one in orders if one.state not in _CLOSED] or orders[:1]


def _line(turn: Turn, order: OrderView) -> str:
    labels = turn.labels
    address = labels.address(name=order.ship_name, **address_of(order))
    state = labels.text(f"order.states.{order.state}")
    return labels.text("order.address", number=order.number, state=state, address=address)
