"""What is asked of a sum that was told before: "the amount once more?", "so 339 in all, right?"."""

from __future__ import annotations

from typing import Final

from actions.cart_view import show_cart
from actions.orders import found_order, show_order
from actions.references import Mention
from actions.spoken import says
from actions.turn import Turn
from shop.carts import view_cart

_INTENTS: Final = frozenset({"view_cart", "ask_price", "change_quantity", "compare_products", "nlu_fallback", ""})


def take_sum_question(turn: Turn) -> bool:
    """Tell what the cart comes to, or the order just placed where the cart is empty; tell whether that is asked."""
    if turn.from_button or turn.form or turn.pending or turn.intent[0] not in _INTENTS or not _asks_sum(turn):
        return False
    with turn.reading() as session:
        is_empty = view_cart(session, turn.shopper, turn.terms).is_empty
    if not is_empty:
        show_cart(turn)
        return True
    number = turn.slot("focus_order")
    order = found_order(turn, number) if number else None
    if order is not None:
        show_order(turn, order)
    return order is not None


def _asks_sum(turn: Turn) -> bool:
    """Tell whether a message asks for a sum and names no goods whose price it could be."""
    mention = Mention.of(turn)
    names = mention.products or mention.skus or mention.ordinals or turn.entities("product_query")
    return not names and (says(turn, "sum_again") or says(turn, "sum_confirmed"))
