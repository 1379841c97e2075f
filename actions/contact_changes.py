"""Where the cart is to go: what a message puts right of it, and whether an address is meant of it or of an order."""

from __future__ import annotations

from collections.abc import Mapping

from actions.cards import button
from actions.checkout_contact import SLOTS, remember_fields
from actions.desk_case import Case, close
from actions.desk_consent import asks_something
from actions.desk_words import says_any
from actions.pending import CONFIRM_ORDER, UNREAD, USE_ADDRESS
from actions.turn import Turn
from shop.address_fragments import in_same_district
from shop.address_text import find_address
from shop.carts import view_cart
from shop.contact_text import COMPANY, find_company, find_corrections

_ORDERING = frozenset({CONFIRM_ORDER, USE_ADDRESS})
_ADDRESS = "change_address"
# As what a street that is said once more may be read.
_AS_STREET = UNREAD | {_ADDRESS, "check_out", "deny", "affirm", "resume_case", "go_back"}
_PLACE = ("ship_street", "ship_city", "ship_postcode", "ship_country")


def corrected(turn: Turn, known: Mapping[str, str]) -> dict[str, str]:
    """Give the fields that a message puts right of a contact, by the names of its fields.

    Args:
        turn: the turn.
        known: the contact as it is, by slots.
    """
    street = known.get("ship_street", "")
    # "Go on, and the street is 14 Mill Lane": nothing is ordered before the second part of it is heard.
    text = turn.whole_text
    fields = dict(find_corrections(text, {field: known.get(slot, "") for slot, field in SLOTS.items()}))
    if company := find_company(text):
        fields[COMPANY] = company
    found = find_address(text)
    is_asked = text.rstrip().endswith(("?", "？", "吗"))
    if found and not found.has_more and "street" not in fields and turn.intent[0] in _AS_STREET and not is_asked:
        fields["street"] = in_same_district(found.fields["street"], street)
    return fields


def amend_entered(turn: Turn) -> bool:
    """Put right what was entered in a check-out that waits with no question open; tell whether a message does.

    It is said of the cart as long as no order is named.
    """
    from actions.checkout import show_summary  # A check-out asks here what a message puts right.

    known = {slot: turn.slot(slot) for slot in SLOTS if turn.slot(slot)}
    if turn.from_button or turn.pending or len(known) < len(SLOTS) or turn.intent[0] != _ADDRESS:
        return False
    fields = {} if names_order(turn) or not _has_cart(turn) else corrected(turn, known)
    if not fields:
        return False
    remember_fields(turn, fields)
    show_summary(turn)
    return True


def asks_address_anew(turn: Turn) -> bool:
    """Ask in a check-out for the address once more, where it is to be another one and is not said; tell whether so."""
    wants = turn.intent[0] == _ADDRESS or says_any(turn, "checkout.changes_address")
    if turn.from_button or turn.was_answered or not wants or names_order(turn):
        return False
    if not turn.slot("ship_street"):
        turn.say("utter_address_comes")
    else:
        turn.remember(**dict.fromkeys(_PLACE))
        turn.say("utter_address_anew")
    return True


def take_for_cart(turn: Turn) -> bool:
    """Say that the address of a cart is given at its check-out; tell whether that address was meant.

    With a cart and an order there are two addresses to speak of: who asks for another one, and names no order, hears
    of both. Who says that the cart was meant leaves the order as it is.
    """
    if turn.from_button or turn.photo_url or turn.form or turn.pending.get("kind") in _ORDERING:
        return False
    case = Case.of(turn)
    is_open = case is not None and case.goal == "address"
    means_cart = says_any(turn, "checkout.of_cart") and not asks_something(turn.text)
    asks = turn.intent[0] == _ADDRESS and says_any(turn, "checkout.another_place") and asks_something(turn.text)
    if not ((is_open and means_cart) or (not is_open and asks and not names_order(turn))):
        return False
    if find_address(turn.text) or not _has_cart(turn):
        return False
    if is_open:
        close(turn)
        turn.drop_now()
    turn.say("utter_address_at_check_out", buttons=[button(turn.labels, "check_out", "check_out")])
    return True


def names_order(turn: Turn) -> bool:
    """Tell whether a message speaks of an order that was placed."""
    return bool(turn.entities("order_number") or turn.entities("ordered")) or says_any(turn, "desk.of_a_purchase")


def _has_cart(turn: Turn) -> bool:
    with turn.reading() as session:
        return not view_cart(session, turn.shopper).is_empty
