"""What a message that was not understood names of what is in sight: "And the 1TB?", "the ball then"."""

from __future__ import annotations

from actions.catalogue import show_details, tell_option
from actions.options import option_having
from actions.targets import Target, ask_which, focused_product, shown_in_words
from actions.turn import Turn
from shop.catalogue import ProductView


def tell_in_sight(turn: Turn) -> bool:
    """Tell of what is in sight and is named by a message, or ask which of several it is; tell whether there is any."""
    if turn.from_button or turn.pending or turn.entities("product"):
        return False
    with turn.reading() as session:
        focus, called = focused_product(turn, session), shown_in_words(turn, session)
    if focus and not turn.entities("product_query") and _has_value(turn, focus):
        tell_option(turn, Target(focus))
    elif len(called) == 1:
        show_details(turn, Target(called[0]))
    elif called:
        ask_which(turn, "show_details", called)
    else:
        return False
    return True


def _has_value(turn: Turn, product: ProductView) -> bool:
    return any(option_having(product, value) for value in turn.entities("option_value"))
