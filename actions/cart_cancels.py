"""What "cancel" is said of where there are a cart and orders."""

from __future__ import annotations

from actions import desk
from actions.desk_choice import names_bought
from actions.desk_words import says_any
from actions.references import Mention
from actions.turn import Turn
from actions.which_order import named_orders, newest_orders
from shop import carts

_OPEN = frozenset({"waiting_for_payment", "paid"})


def cancels_order(turn: Turn) -> bool:
    """Take "cancel the camera" as meant of an order that holds one, where the cart holds none; tell whether it was."""
    with turn.reading() as session:
        cart = carts.view_cart(session, turn.shopper, turn.terms)
    # "Take it off" speaks of an order only where there is nothing else to take it from.
    takes_out = not cart.lines and (says_any(turn, "desk.taking_out") or _names_open_goods(turn))
    if not (says_any(turn, "desk.cancelling") or takes_out):
        return False
    products = Mention.of(turn).products
    if cart.lines and not products and _open_orders(turn):
        # With a cart and an order that can be cancelled, "cancel" is said of the order, which is shown first.
        desk.begin(turn, "cancel")
        return True
    in_cart = any(not products or line.product_slug in products for line in cart.lines)
    if in_cart or not names_bought(turn):
        return False
    desk.begin(turn, "cancel")
    return True


def _names_open_goods(turn: Turn) -> bool:
    """Tell whether a message names what is in an order that can be cancelled: "can I get rid of the mouse"."""
    return any(order.state in _OPEN for order in named_orders(turn))


def _open_orders(turn: Turn) -> bool:
    """Tell whether "cancel" may be said of an order: one can be cancelled, and nothing is to leave the cart."""
    is_open = any(order.state in _OPEN for order in newest_orders(turn))
    return is_open and says_any(turn, "desk.cancelling") and not says_any(turn, "desk.out_of_cart")
