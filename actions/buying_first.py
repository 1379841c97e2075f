"""Puts in what a message takes before it asks for something else: "I'll take it. And what is your cheapest mouse?"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.adding import add, add_each
from actions.cart_sums import tell_sum
from actions.cart_wishes import wanted_goods
from actions.found import run_search
from actions.goods_said import Goods, goods_said
from actions.queries import new_query
from actions.references import THIS, Mention
from actions.said_goods import joined_kinds
from actions.spoken import Piece, numbers_in, pieces_of, says
from actions.targets import Target, focused_product, shown_products
from actions.turn import Turn
from shop.catalogue import ProductView

_BUYING = ("adds", "takes", "commits")


def puts_in_cart(turn: Turn) -> bool:
    """Put in all that a message says to put into the cart, whatever its intent was read as; tell whether it did."""
    if turn.from_button or not says(turn, "into_cart") or _supposes(turn):
        return False
    goods = [one for one in wanted_goods(turn) if one.called]
    if not goods or not all(one.product for one in goods):
        return False
    add_each(turn, goods)
    tell_sum(turn)
    return True


def buys_before_sum(turn: Turn) -> bool:
    """Put in what a message takes before it asks what that comes to; tell whether it took something."""
    asking = _asks_sum_at(turn)
    if turn.from_button or asking is None or _supposes(turn):
        return False
    before = Piece(turn.text[:asking], 0, asking)
    goods = [one for one in wanted_goods(turn) if one.clause.start < asking]
    if any(says(turn, name, before.text) for name in _BUYING) and any(one.called for one in goods):
        if not all(one.product for one in goods):
            return False
        add_each(turn, goods)
    elif not (pointed := _pointed(turn, before)):
        return False
    else:
        add(turn, Target(pointed), before)
    tell_sum(turn)
    return True


def buys_before_search(turn: Turn) -> bool:
    """Put in what a message takes, and then look for the other goods it names; tell whether it took something."""
    if turn.from_button or _supposes(turn):
        return False
    taken = [one for one in wanted_goods(turn) if one.called and one.product and _takes(turn, one)]
    pointed = None if taken else _pointed_first(turn)
    if pointed:
        add(turn, Target(pointed[0]), pointed[1])
    elif taken and not _lists_needs(turn) and _others(turn, [one.product for one in taken]):
        add_each(turn, taken)
    else:
        return False
    rest = _others(turn, [one.product for one in taken] or [pointed[0] if pointed else None])
    if rest and not turn.has_asked:
        run_search(turn, replace(new_query(turn, []), text=joined_kinds(rest)))
    return True


def _others(turn: Turn, taken: Sequence[ProductView | None]) -> list[str]:
    """List what a message calls besides what it takes, but for what it does not want."""
    others = [one for one in goods_said(turn) if one.called and not says(turn, "unwanted", one.clause.text)]
    return [one.called for one in others if not any(product in taken for product in one.products)]


def _takes(turn: Turn, one: Goods) -> bool:
    return any(says(turn, name, one.clause.joint + one.clause.text) for name in _BUYING)


def _supposes(turn: Turn) -> bool:
    return says(turn, "supposes")


def _lists_needs(turn: Turn) -> bool:
    """Tell whether a message only lists what is needed, one of each: "我要一个键盘，一个鼠标，一副耳机"."""
    one_each = all(number.value == 1 for number in numbers_in(turn))
    return one_each and says(turn, "lists_needs") and not says(turn, "takes")


def _asks_sum_at(turn: Turn) -> int | None:
    """Find where a message begins to ask for a sum, behind something else; None where it does not."""
    asked = ("total", "left_over", "left_of", "fits_budget")
    places = [piece.start for piece in pieces_of(turn) if any(says(turn, name, piece.text) for name in asked)]
    return next((place for place in places[:1] if place), None)


def _pointed(turn: Turn, before: Piece) -> ProductView | None:
    """Find what is at a place of the list that is taken, or the one thing that a bare number is about."""
    places = Mention.of(turn).ordinals
    if len(places) == 1 and any(says(turn, name, before.text) for name in _BUYING):
        with turn.reading() as session:
            shown = shown_products(turn, session)
        return shown[places[0] - 1] if 1 <= places[0] <= len(shown) else None
    bare = [piece for piece in pieces_of(turn) if before.holds(piece.start, piece.end) and _is_bare(turn, piece)]
    return _one_in_sight(turn) if bare else None


def _is_bare(turn: Turn, piece: Piece) -> bool:
    """Tell whether a piece is no more than a number of pieces: "五个", "two of them please"."""
    numbers = [one for one in numbers_in(turn) if piece.holds(one.start, one.end)]
    return len(numbers) == 1 and says(turn, "bare_number", piece.text)


def _pointed_first(turn: Turn) -> tuple[ProductView, Piece] | None:
    """Find what "I'll take it" means at the beginning of a message that goes on to other goods."""
    for piece in pieces_of(turn)[:2]:
        if says(turn, "takes_it", piece.text) and set(piece.values(turn, "reference")) <= THIS:
            product = _one_in_sight(turn)
            return (product, piece) if product else None
    return None


def _one_in_sight(turn: Turn) -> ProductView | None:
    with turn.reading() as session:
        focus = focused_product(turn, session)
        shown = shown_products(turn, session)
    return focus or (shown[0] if len(shown) == 1 else None)
