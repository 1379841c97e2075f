"""More pieces of what was just ordered: a placed order is not enlarged, but more can be bought."""

from __future__ import annotations

from actions.adding import offer_variant
from actions.cards import variant_title
from actions.orders import found_order
from actions.turn import Turn
from shop.carts import view_cart


def asks_more_of_order(turn: Turn) -> bool:
    """Say that a placed order is not enlarged, and offer the rest anew; tell whether that was asked.

    With nothing in the cart, "make it two" can only be said of the order that was placed.
    """
    number, wanted = turn.slot("focus_order"), turn.number("quantity")
    if turn.from_button or not number or turn.entities("product"):
        return False
    with turn.reading() as session:
        has_cart = not view_cart(session, turn.shopper).is_empty
    order = None if has_cart else found_order(turn, number)
    if order is None or order.state not in ("waiting_for_payment", "paid"):
        return False
    turn.say("utter_order_not_enlarged", number=order.number)
    only = order.lines[0] if len(order.lines) == 1 else None
    if only and wanted is not None and wanted > only.quantity:
        offer_variant(turn, only.sku, variant_title(only.name, only.options), wanted - only.quantity)
    return True
