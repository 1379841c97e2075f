"""What a message that was not understood names of what is in sight: "And the 1TB?", "the ball then"."""

from __future__ import annotations

from collections.abc import Sequence

from actions.catalogue import show_details, tell_option
from actions.naming import candidate_of
from actions.options import option_having
from actions.references import Mention, resolve
from actions.targets import Target, ask_which, focused_product, shown_products
from actions.turn import Turn
from shop.catalogue import ProductView


def tell_in_sight(turn: Turn) -> bool:
    """Tell of what is in sight and is named by a message, or ask which of several it is; tell whether there is any."""
    if turn.from_button or turn.pending or turn.entities("product"):
        return False
    with turn.reading() as session:
        focus, called = focused_product(turn, session), _in_words(turn, shown_products(turn, session))
    if focus and not turn.entities("product_query") and _has_value(turn, focus):
        tell_option(turn, Target(focus))
    elif len(called) == 1:
        show_details(turn, Target(called[0]))
    elif called:
        ask_which(turn, "show_details", called)
    else:
        return False
    return True


def _in_words(turn: Turn, shown: Sequence[ProductView]) -> list[ProductView]:
    """Find those of a list whose names have all words that a message says of goods."""
    words = Mention.of(turn).words
    found = resolve(Mention(words=words), [candidate_of(one, one.variants[0].sku) for one in shown]).candidates
    return [one for one in shown if words and one.slug in {each.slug for each in found}]


def _has_value(turn: Turn, product: ProductView) -> bool:
    return any(option_having(product, value) for value in turn.entities("option_value"))
