"""What begins a check-out, or goes on with it, though it was read as something else: an address with a full cart."""

from __future__ import annotations

from actions.checkout import begin_check_out, show_summary
from actions.checkout_contact import SLOTS, entered
from actions.checkout_filling import is_spoken_of
from actions.desk_case import Case
from actions.desk_words import says_any
from actions.pending import CASE, CONFIRM_ORDER
from actions.turn import Turn
from actions.which_order import newest_orders
from shop.address_text import find_address
from shop.carts import view_cart
from shop.contact_text import find_delivery

_ASKS = ("?", "？", "吗")
# What looks like an address in a message of these is none: "the 2025 range of trail shoes".
_NO_ADDRESS = frozenset({"ask_new", "use_code", "ask_deals", "compare_products", "show_details", "ask_option"})


def take_for_check_out(turn: Turn) -> bool:
    """Begin the check-out of a full cart with an address, or by "place the order"; tell whether a message was that."""
    if turn.from_button or turn.photo_url or turn.form or turn.was_answered or _waits_for_other(turn):
        return False
    begins = says_any(turn, "checkout.begins")
    places = says_any(turn, "checkout.place_words") and not says_any(turn, "checkout.not_placing")
    # An address without a word of ordering is that of an order only where something is chosen.
    if not (_names_address(turn, begins) or (places and entered(turn))) or not is_spoken_of(turn):
        return False
    turn.drop_now()
    begin_check_out(turn)
    return True


def resume_check_out(turn: Turn) -> bool:
    """Go on with a check-out that waits, at its question or its summary; tell whether one waits."""
    if turn.pending.get("kind") == CONFIRM_ORDER:
        show_summary(turn)
        return True
    _, offered = turn.last_answer
    is_offered = any(one.get("payload", "").startswith("/check_out") for one in offered)
    if not (is_offered or any(turn.slot(slot) for slot in SLOTS)) or not _has_cart(turn):
        return False
    begin_check_out(turn)
    return True


def tell_not_ordered(turn: Turn) -> bool:
    """Say to who has a cart and no order that nothing is ordered yet; tell whether that was asked."""
    if turn.from_button or turn.form or not says_any(turn, "checkout.asks_placed"):
        return False
    if turn.intent[0] == "track_refund":
        return False
    if turn.slot("focus_order") or newest_orders(turn) or not _has_cart(turn):
        return False
    turn.say("utter_nothing_placed")
    return True


def _names_address(turn: Turn, begins: bool) -> bool:
    """Tell whether a message names an address that is of no order; a question only asks about the place."""
    found = find_address(turn.text)
    is_whole = bool(find_delivery(turn.text))
    if turn.intent[0] in _NO_ADDRESS or turn.entity("order_number"):
        return False
    if not (is_whole or (found and found.has_more)) or (turn.text.rstrip().endswith(_ASKS) and not begins):
        return False
    return begins or not newest_orders(turn)


def _waits_for_other(turn: Turn) -> bool:
    """Tell whether another question may be answered by an address."""
    case = Case.of(turn)
    is_open = case is not None and case.is_begun
    return is_open or (turn.pending.get("kind") == CASE and not says_any(turn, "checkout.begins"))


def _has_cart(turn: Turn) -> bool:
    with turn.reading() as session:
        return bool(view_cart(session, turn.shopper, turn.terms).lines)
