"""What is asked of an order in so many words: what it holds and comes to, and in how many parcels it comes."""

from __future__ import annotations

from actions.cards import button
from actions.desk_case import Case, close
from actions.desk_consent import asks_something
from actions.desk_words import says_any
from actions.orders import found_order, show_order
from actions.pending import CASE, CASE_YES
from actions.turn import Turn
from actions.which_order import named_orders, newest_orders, numbers_said, pointed_at
from shop.carts import view_cart
from shop.orders import OrderView

# What asks after an order is taken for these; what changes something is left to its intent.
_INTENTS = frozenset(
    {
        *("view_cart", "ask_stock", "ask_price", "ask_option", "nlu_fallback", "track_order", "list_orders"),
        *("inform", "out_of_scope", "show_details", "ask_goes_with", "search_products", "check_out", ""),
    }
)
_SWAP, _REORDER, _CART = "exchange_product", "reorder", "view_cart"


def take_order_question(turn: Turn) -> bool:
    """Answer what is asked of an order, whatever the intent was read as; tell whether that is all that is asked."""
    if turn.from_button or turn.photo_url or turn.form:
        return False
    if _asks_of_parcels(turn):
        return _tell_parcels(turn)
    order = _asked_order(turn) if _asks_contents(turn) else None
    if order is None:
        return False
    if turn.pending.get("kind") in (CASE, CASE_YES) and (case := Case.of(turn)) and case.goal == "swap":
        # Who says that nothing is to be swapped is not asked again for what.
        close(turn)
        turn.drop_now()
    show_order(turn, order)
    # The cart is told besides, where that is asked, too.
    return not (turn.intent[0] == _CART and says_any(turn, "desk.of_cart"))


def _asks_contents(turn: Turn) -> bool:
    """Tell whether a message asks what an order holds: it must speak of an order, and ask."""
    of_order = bool(numbers_said(turn)) or says_any(turn, "desk.in_the_order")
    if turn.intent[0] == _SWAP:
        asks = says_any(turn, "desk.only_asks_size")
        return asks and (of_order or says_any(turn, "desk.no_swap") or says_any(turn, "desk.not_come"))
    return turn.intent[0] in _INTENTS and of_order and says_any(turn, "desk.asks_contents")


def _asked_order(turn: Turn) -> OrderView | None:
    """Find the order: by its number, by words that point at one, the one spoken of, or the one that holds it."""
    if named := numbers_said(turn):
        return found_order(turn, named[0])
    if pointed := pointed_at(turn):
        return pointed
    if turn.slot("focus_order"):
        return found_order(turn, turn.slot("focus_order"))
    held = named_orders(turn)
    return held[0] if len(held) == 1 else None


def _asks_of_parcels(turn: Turn) -> bool:
    intents = _INTENTS | {_REORDER, "ask_policy"}
    return turn.intent[0] in intents and says_any(turn, "desk.parcels") and asks_something(turn.text)


def _tell_parcels(turn: Turn) -> bool:
    """Say that a new order goes on its own, or what is known of the parcels of one; nothing without any order."""
    order = _asked_order(turn) or next(iter(newest_orders(turn)), None)
    if order is None:
        return False
    with turn.reading() as session:
        has_cart = not view_cart(session, turn.shopper).is_empty
    case = Case.of(turn)
    if case is not None and case.goal == _REORDER:
        close(turn)
        turn.drop_now()
    if says_any(turn, "desk.with_that_order") and (has_cart or turn.intent[0] == _REORDER or turn.entities("product")):
        turn.say("utter_new_order_alone", number=order.number)
        return True
    turn.remember(focus_order=order.number)
    count = len(order.shipments)
    turn.say(
        "utter_parcels_so_far" if count else "utter_parcels_unknown",
        number=order.number,
        count=count,
        buttons=[button(turn.labels, "talk_to_person", "talk_to_person")],
    )
    return True
