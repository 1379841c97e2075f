"""Changes of the cart in the middle of a check-out: they are made, and the check-out goes on with it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.asides import is_typed
from actions.base import ShopAction, say_error
from actions.cart_counts import LineCount, write_counts
from actions.cart_keeping import ask_remove, keeps_only, take_out
from actions.cart_lines import lines_of
from actions.cart_removal import takes_out
from actions.goods_said import Goods, goods_said
from actions.pending import CHECK_OUT
from actions.spoken import numbers_in, says, wanted_number
from actions.turn import Turn
from shop.carts import CartLineView, view_cart
from shop.catalogue import get_products_by_sku
from shop.errors import ShopError
from shop.search import SearchQuery

# As what a message may be read that names what is ordered: these change nothing of a cart by themselves.
_UNSURE = frozenset(
    {"affirm", "deny", "inform", "nlu_fallback", "check_out", "cancel", "cancel_order", "out_of_scope", "go_back", ""}
)


def changes_in_form(turn: Turn, slot: str) -> bool:
    """Change the cart while an address is asked for; tell whether a message asks for that.

    The question is asked again behind it. Where the change itself asks something, the check-out waits for the answer.

    Args:
        turn: the turn.
        slot: what was asked for.
    """
    if not is_typed(turn) or turn.photo_url or "@" in turn.text:
        return False
    try:
        if not (amends_goods(turn) or _performs(turn)):
            return False
    except ShopError as error:
        say_error(turn, error)
    turn.remember(**{slot: None})
    if turn.has_asked:
        turn.remember(requested_slot=None, pending={**turn.pending, "waiting": {"kind": CHECK_OUT}})
    elif not _lines(turn):
        turn.remember(requested_slot=None)
    return True


def amends_goods(turn: Turn) -> bool:
    """Make the cart what a message of no sure intent says is wanted; tell whether that is something else than it is.

    "Yes, three stools" of two, "only the monitor" of a monitor and a mouse: what is said is not ordered otherwise.
    """
    if turn.from_button or turn.intent[0] not in _UNSURE:
        return False
    lines = _lines(turn)
    goods = [one for one in goods_said(turn) if one.called] if lines else []
    return bool(goods) and (_keeps_named(turn, lines, goods) or takes_out(turn) or _counts(turn, lines, goods))


def _performs(turn: Turn) -> bool:
    """Do what the cart's own actions do, where a message is surely one for them."""
    from actions.cart import ActionAddToCart, ActionChangeQuantity, ActionRemoveFromCart  # The cart leads to orders.

    actions: dict[str, type[ShopAction]] = {
        "add_to_cart": ActionAddToCart,
        "change_quantity": ActionChangeQuantity,
        "remove_from_cart": ActionRemoveFromCart,
    }
    action = actions.get(turn.intent[0])
    if action is None:
        return False
    action(turn.services).perform(turn)
    return bool(turn.messages)


def _keeps_named(turn: Turn, lines: Sequence[CartLineView], goods: Sequence[Goods]) -> bool:
    """Leave only what is said to be all that is wanted; what was not named goes unasked where it is one line."""
    if says(turn, "keeps") and _left_out(turn, lines, goods):
        return keeps_only(turn)
    going = _left_out(turn, lines, goods) if says(turn, "nothing_but") else []
    if not going:
        return False
    if len(going) > 1:
        ask_remove(turn, going)
    else:
        take_out(turn, [line.sku for line in going])
    return True


def _left_out(turn: Turn, lines: Sequence[CartLineView], goods: Sequence[Goods]) -> list[CartLineView]:
    """List the lines that are not among the goods which a message wants; none where it wants none of the cart."""
    wanted = [
        one for one in goods if not any(says(turn, name, one.clause.text) for name in ("out", "goes", "unwanted"))
    ]
    only = [one for one in wanted if says(turn, "nothing_but", one.clause.text)] or wanted
    staying = [line for one in only for line in lines_of(turn, lines, one)]
    return [line for line in lines if line not in staying] if staying else []


def _counts(turn: Turn, lines: Sequence[CartLineView], goods: Sequence[Goods]) -> bool:
    """Set the numbers that are said of lines, where they are others than they were."""
    counted = []
    for one in goods:
        meant, number = _meant(turn, lines, one), wanted_number(turn, one.piece)
        if len(meant) == 1 and number and not _is_in_name(meant[0], number) and number != meant[0].quantity:
            counted.append(LineCount(meant[0].sku, number))
    if counted:
        write_counts(turn, counted)
    return bool(counted)


def says_other_number(turn: Turn) -> bool:
    """Tell whether a message names goods with a number of which nothing lies in the cart: a yes to that is no yes."""
    lines = _lines(turn)
    if turn.from_button or not any(one.called for one in goods_said(turn)):
        return False
    known = {line.quantity for line in lines}
    said = [one.value for one in numbers_in(turn) if not any(_is_in_name(line, one.value) for line in lines)]
    return any(value not in known for value in said)


def _meant(turn: Turn, lines: Sequence[CartLineView], one: Goods) -> Sequence[CartLineView]:
    """Find the lines that a thing means; where its words are in no name, what a search for them finds first."""
    if one.products:
        return lines_of(turn, lines, one)
    hits = turn.services.search.search(SearchQuery(text=one.called, limit=1)).hits
    with turn.reading() as session:
        slugs = {product.slug for product in get_products_by_sku(session, [hit.sku for hit in hits])}
    return [line for line in lines if line.product_slug in slugs]


def _is_in_name(line: CartLineView, number: int) -> bool:
    """Tell whether a number is part of what a thing is called: the 32 of a 32-inch monitor counts nothing."""
    title = " ".join([line.name, *line.options.values()])
    return str(number) in re.findall(r"\d+", title)


def _lines(turn: Turn) -> Sequence[CartLineView]:
    with turn.reading() as session:
        return view_cart(session, turn.shopper, turn.terms).lines
