"""What the cart comes to after a change, where the message that asks for the change asks for that, too."""

from __future__ import annotations

from actions.cart_totals import tell_left
from actions.cart_view import SHOWN, show_cart
from actions.spoken import says
from actions.turn import Turn


def tell_sum(turn: Turn) -> None:
    """Say what is left of an amount, or show the cart, as far as a message asks and was not told so already."""
    if turn.from_button or turn.has_asked or tell_left(turn, of_goods=True):
        return
    is_shown = any(message["response"] in SHOWN for message in turn.messages)
    if says(turn, "total") and not is_shown:
        show_cart(turn)
