"""In which colours the things in a cart come, where a message asks that of them: a cart itself lists only versions."""

from __future__ import annotations

from actions.asked_besides import asks_colour
from actions.catalogue_text import colour_names
from actions.desk_consent import asks_something
from actions.naming import in_catalogue_words, stems
from actions.turn import Turn
from shop.carts import view_cart
from shop.catalogue import ProductView, get_products
from shop.search_facts import COLOUR_NAMES


def tell_cart_colours(turn: Turn) -> bool:
    """Say of each thing in the cart what is known of its colour; tell whether that was asked and none has a choice."""
    if turn.from_button or not asks_something(turn.text):
        return False
    with turn.reading() as session:
        lines = view_cart(session, turn.shopper, turn.terms).lines
        products = get_products(session, list(dict.fromkeys(line.product_slug for line in lines)))
    coloured = [one for one in products if one.colours and not set(one.option_names) & set(COLOUR_NAMES)]
    said = stems(in_catalogue_words(turn, turn.text.casefold()))
    if not asks_colour(turn):
        coloured = [one for one in coloured if stems(" ".join(one.colours)) & said]
    for product in coloured:
        _tell(turn, product)
    return bool(coloured)


def _tell(turn: Turn, product: ProductView) -> None:
    colours = turn.labels.all_of(colour_names(turn, product.colours))
    if len(product.colours) == 1 or not product.option_names:
        turn.say("utter_comes_in_colours", name=product.name, colours=colours)
        return
    options = turn.labels.all_of(turn.labels.option(name) for name in product.option_names)
    turn.say("utter_cart_colour_open", name=product.name, colours=colours, options=options)
