"""Others that fit, where a question describes something that the thing spoken of is not: "is there one in white?"."""

from __future__ import annotations

from dataclasses import replace

from actions.found import run_search
from actions.options import option_having
from actions.queries import EVERYTHING, refined
from actions.references import Mention
from actions.search import refine, start_search
from actions.spoken import says
from actions.targets import focused_product
from actions.turn import Turn
from shop.catalogue import ProductView


def look_for_fitting(turn: Turn) -> bool:
    """Search for what fits a description that points at nothing in sight; tell whether a message asks for such."""
    mention = Mention.of(turn)
    describes = mention.facets or mention.options
    if turn.from_button or not describes or not says(turn, "is_there"):
        return False
    if replace(mention, facets=(), options=()).says_something:
        return False
    with turn.reading() as session:
        focus = focused_product(turn, session)
    if focus is None:
        (refine if turn.slot("search_state") else start_search)(turn)
        return True
    if _may_be(turn, focus):
        return False
    query = refined(turn, EVERYTHING)
    run_search(turn, replace(query, text="", filters=replace(query.filters, categories=focus.categories[-1:])))
    return True


def _may_be(turn: Turn, product: ProductView) -> bool:
    """Tell whether a thing can be what is described: it has one of the colours, each option, and costs no more."""
    colours = {colour.casefold() for colour in turn.entities("colour")}
    has_colour = not colours or any(
        colour in {one.casefold() for one in product.colours} or option_having(product, colour) for colour in colours
    )
    limits = turn.entities("price_max") or turn.entities("price_min")
    return has_colour and all(option_having(product, value) for value in turn.entities("option_value")) and not limits
