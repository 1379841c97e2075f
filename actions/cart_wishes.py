"""What of a message is to be put into the cart: not what it only looks for, describes, or does not want."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.adding import add_each
from actions.cart_totals import tell_left
from actions.cart_view import show_cart
from actions.found import run_search
from actions.goods_said import Goods, goods_said
from actions.options import wanted_options
from actions.spoken import Piece, numbers_in, says
from actions.turn import Turn
from shop.carts import view_cart
from shop.search import SearchQuery

# "Two chairs in pearl, not mint" takes back a version, and not the chairs.
_OPTIONS = ("option_value", "colour", "size")
_SENTENCE_END = re.compile(r"[.,;!?。，；！？]")


def wanted_goods(turn: Turn) -> list[Goods]:
    """Find what is to be added, each once."""
    named = goods_said(turn)
    goods = [one for one in named if not says(turn, "unwanted", one.piece.text) and not _looks(turn, one)]
    return _without_described(turn, _distinct(turn, [one for one in goods if not _is_taken_back(turn, one, named)]))


def takes_named(turn: Turn) -> bool:
    """Add what a message says to take, where no sure intent says so: "I'll take the blue one then"."""
    if turn.from_button or not says(turn, "takes"):
        return False
    goods = [one for one in wanted_goods(turn) if one.called]
    if not goods or not all(one.product for one in goods):
        return False
    add_each(turn, goods)
    look_for(turn, looked_for(turn))
    return True


def takes_each(turn: Turn) -> bool:
    """Add one of each thing that is named, and show what that comes to; tell whether it was asked for."""
    if not says(turn, "each") or not takes_named(turn):
        return False
    if not turn.has_asked and not tell_left(turn):
        show_cart(turn)
    return True


def looked_for(turn: Turn) -> list[Goods]:
    """Find what a message only wants to see or asks about: "and what tables do you have?"."""
    return [one for one in goods_said(turn) if _looks(turn, one)]


def look_for(turn: Turn, goods: Sequence[Goods]) -> None:
    """Search for what a message wants to see besides what it puts in."""
    words = next((one.called for one in goods if one.called and not says(turn, "unwanted", one.clause.text)), "")
    if words and not turn.has_asked:
        run_search(turn, SearchQuery(text=words))


def apart(turn: Turn, goods: Sequence[Goods], slug: str) -> Piece | None:
    """Give what of a message speaks of one of several things it points at; the number of another is not its own."""
    own = next((one.piece for one in goods if one.product and one.product.slug == slug), None)
    if own or not goods:
        return own
    first = min(one.piece.start for one in goods)
    last = max(one.piece.end for one in goods)
    return Piece(turn.text[:first], 0, first) if first else Piece(turn.text[last:], last, len(turn.text))


def only_asks(turn: Turn) -> bool:
    """Tell a question, and words of delivery or of what one has to do, from the wish to have something in the cart."""
    if turn.from_button or turn.photo_order:
        return False
    return (says(turn, "asking") and not says(turn, "adding")) or says(turn, "not_goods")


def takes_all_back(turn: Turn) -> bool:
    """Tell whether all that a message names is told away before it ends: "add a trowel… no wait, no trowel"."""
    named = [one for one in goods_said(turn) if one.called]
    back = [one for one in named if _is_taken_back(turn, one, named)]
    return bool(back) and all(one in back or says(turn, "unwanted", one.piece.text) for one in named)


def _is_taken_back(turn: Turn, one: Goods, named: Sequence[Goods]) -> bool:
    """Tell whether a thing is told away behind its wish: "a trowel too … no, scratch that, no trowel"."""
    later = [other for other in named if other.piece.start > one.piece.start and other.called]
    same = [other for other in later if other.products == one.products and not other.piece.values(turn, *_OPTIONS)]
    return bool(one.products) and any(says(turn, "unwanted", other.piece.text) for other in same)


def _looks(turn: Turn, one: Goods) -> bool:
    """Tell whether a thing is only asked for; what follows may want it: "have you got a rope? add one"."""
    said = turn.text[one.clause.start : max(one.clause.end, one.piece.end)]
    if says(turn, "adds", one.clause.joint + said):
        return False
    # "You have also | a tablet?" is cut at "also".
    sentence = _SENTENCE_END.split(turn.text[: one.clause.start])[-1] + one.clause.text
    asks = says(turn, "looks", sentence) and not says(turn, "adds", sentence)
    return asks or says(turn, "looks", one.clause.text)


def _distinct(turn: Turn, goods: Sequence[Goods]) -> list[Goods]:
    """Leave out what is said once more of the same thing: "the ball isn't in there, add a ball"."""
    kept: list[Goods] = []
    for one in goods:
        twin = next((other for other in kept if _same(turn, one, other)), None)
        if twin and says(turn, "more", one.piece.joint + one.piece.text):
            twin = None
        # Where each says a number, the later one says it again: "a pair of balls then. Put two of the balls in".
        if twin and counts(turn, twin) and not counts(turn, one):
            continue
        kept = [other for other in kept if other is not twin] + [one]
    return kept


def _same(turn: Turn, one: Goods, other: Goods) -> bool:
    if one.product is None or other.product is None or one.product.slug != other.product.slug:
        return False
    return wanted_options(turn, one.product, one.piece) == wanted_options(turn, other.product, other.piece)


def counts(turn: Turn, one: Goods) -> bool:
    """Tell whether a message says how many pieces of a thing are wanted."""
    return any(one.piece.holds(number.start, number.end) for number in numbers_in(turn))


def _without_described(turn: Turn, goods: list[Goods]) -> list[Goods]:
    """Leave out what lies in the cart and is only described beside what is added: "the shoes have to be blue"."""
    if len(goods) < 2:
        return goods
    with turn.reading() as session:
        lying = {line.product_slug for line in view_cart(session, turn.shopper).lines}
    return [
        one
        for one in goods
        if not one.product
        or one.product.slug not in lying
        or counts(turn, one)
        or says(turn, "adds", one.piece.joint + one.piece.text)
    ]
