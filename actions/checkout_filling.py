"""A check-out with an empty cart: what the talk is about is put in first, and what leaves a choice is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.adding import add_each, add_variant, complete
from actions.cart_wishes import wanted_goods
from actions.goods_said import goods_said
from actions.options import wanted_options
from actions.pending import ADD, CHECK_OUT, OPTION
from actions.queries import from_state
from actions.said_goods import kinds_of
from actions.spoken import NO_PIECE, Piece, says, wanted_number
from actions.targets import ask_which, focused_product, shown_products
from actions.turn import Pending, Turn
from shop.address_text import find_address
from shop.carts import view_cart
from shop.catalogue import ProductView, get_product, get_product_by_sku, get_products_by_sku, get_variant
from shop.search_text import stem, words

_SENTENCE = re.compile(r"[。.!！?？\n]")


def fill_cart(turn: Turn) -> bool:
    """Put what is spoken of into an empty cart; tell whether the check-out can begin, or be refused, now."""
    if not _is_empty(turn):
        return True
    if not _puts_in(turn):
        return True
    if turn.has_asked:
        turn.remember(pending={**turn.pending, "waiting": {"kind": CHECK_OUT}})
        return False
    return not _is_empty(turn)


def is_spoken_of(turn: Turn) -> bool:
    """Tell whether a check-out finds something to order: in the cart, or in what was shown or spoken of."""
    return not _is_empty(turn) or bool(turn.slot("focus_sku") or turn.slot("candidate_skus"))


def _puts_in(turn: Turn) -> bool:
    """Take what the message names, what was asked about, or what is spoken of; of several things ask which."""
    with turn.reading() as session:
        focus, shown = focused_product(turn, session), shown_products(turn, session)
    named = [one for one in wanted_goods(turn) if one.called and one.product]
    if named:
        add_each(turn, named)
    elif before := _named_before_aside(turn):
        # The numbers of an address behind it count nothing.
        head = _SENTENCE.split(turn.text)[0]
        complete(turn, before, {}, wanted_number(turn, Piece(head, 0, len(head))) or 1)
    elif turn.pending.get("kind") in (ADD, OPTION):
        _go_on(turn, turn.pending)
    elif focus or len(shown) == 1:
        _add(turn, focus or shown[0])
    elif _is_one_of_each(turn, shown):
        for product in shown:
            if not turn.has_asked:
                _add(turn, product)
    elif shown:
        ask_which(turn, "add_to_cart", shown)
    return bool(turn.messages)


def _named_before_aside(turn: Turn) -> ProductView | None:
    """Find the one thing that was spoken of before a question which the message drops, where it is named.

    After "have you got film for it?" with other cameras shown, "never mind, just the camera" means the first one.
    """
    if not says(turn, "drops_aside"):
        return None
    with turn.reading() as session:
        lists = [get_products_by_sku(session, skus) for skus in turn.slot("earlier_skus") or []]
    alone = [products[0] for products in lists if len(products) == 1]
    # What is written in traditional characters is named by the model in simplified ones.
    queried = [turn.services.glossary.translated(query) for query in turn.entities("product_query")]
    said = {stem(word) for one in (*queried, *(goods.called for goods in goods_said(turn))) for word in words(one)}
    return next((one for one in alone if said & {stem(word) for word in words(one.name)}), None)


def _go_on(turn: Turn, pending: Pending) -> None:
    """Put in what was offered, or ask again what is open of it."""
    if pending["kind"] == OPTION:
        with turn.reading() as session:
            product = get_product(session, pending["product"])
        complete(turn, product, dict(pending["chosen"]), pending["quantity"], later=pending.get("later", ()))
        return
    with turn.reading() as session:
        product, variant = get_product_by_sku(session, pending["sku"]), get_variant(session, pending["sku"])
    add_variant(turn, product, variant, pending["quantity"])


def _add(turn: Turn, product: ProductView) -> None:
    variant = next((one for one in product.variants if one.sku == turn.slot("chosen_sku")), None)
    if variant:
        add_variant(turn, product, variant, 1)
        return
    # The numbers of an address choose no size.
    piece = NO_PIECE if find_address(turn.text) else None
    complete(turn, product, dict(wanted_options(turn, product, piece).values), 1)


def _is_one_of_each(turn: Turn, shown: Sequence[ProductView]) -> bool:
    """Tell whether each of the things shown was named by the shopper: "a basketball and a skipping rope"."""
    state = turn.slot("search_state")
    return bool(state) and len(shown) > 1 and len(kinds_of(from_state(state).text)) == len(shown)


def _is_empty(turn: Turn) -> bool:
    with turn.reading() as session:
        return view_cart(session, turn.shopper, turn.terms).is_empty
