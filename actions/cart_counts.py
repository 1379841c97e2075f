"""How many pieces of a line there are to be, from what a message says: so many, so many more, or so many fewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from actions.cart_lines import lines_of
from actions.cart_view import show_cart
from actions.goods_said import Goods, goods_said
from actions.spoken import Piece, is_after, is_before, number_wanted, numbers_in, says, whole
from actions.turn import Turn
from shop import carts
from shop.carts import CartLineView, CartView


@dataclass(frozen=True)
class LineCount:
    """How many pieces of a variant are to lie in the cart; with none it leaves."""

    sku: str
    quantity: int


def quantity_after(turn: Turn, line: CartLineView, piece: Piece | None = None) -> int | None:
    """Give how many pieces of a line a message leaves in the cart; None where it says no number of more or fewer.

    "Three more" counts on from what lies there, as "再加三把" does; "make it three" and "变三把" do not.

    Args:
        turn: the turn.
        line: the line.
        piece: what of the message speaks of it; all of it without this.
    """
    said = piece or whole(turn)
    text = said.joint + said.text
    step = _step(turn, said)
    if step is not None:
        return max(line.quantity + step, 0)
    number = number_wanted(turn, piece)
    if number is None:
        return None
    if is_before(turn, "more_after", number):
        return line.quantity + number.value
    if is_after(turn, "sets_before", number) or is_before(turn, "enough", number):
        return number.value
    if says(turn, "more", text):
        return line.quantity + number.value
    return max(line.quantity - number.value, 0) if says(turn, "fewer", text) else None


def _step(turn: Turn, piece: Piece) -> int | None:
    """Give by how many a piece changes a line where it tells another number, too: "they pay for three, one less"."""
    numbers = [one for one in numbers_in(turn) if piece.holds(one.start, one.end)]
    for one in numbers if len(numbers) > 1 else ():
        if is_before(turn, "fewer_after", one) or is_after(turn, "fewer_before", one):
            return -one.value
        if is_before(turn, "more_after", one) or is_after(turn, "more_before", one):
            return one.value
    return None


def counts_each(turn: Turn, cart: CartView) -> bool:
    """Change each line that a message names by what it says of it: "three pots, and one more chair".

    It is done where more, fewer, or a sum is said of one of them, and a number of each.
    """
    goods = [one for one in goods_said(turn) if one.called]
    found = [_counted(turn, cart, one) for one in goods]
    counted = [one for one in found if one]
    if not counted or len(counted) < len(found) or not any(_says_how(turn, cart, one) for one in goods):
        return False
    write_counts(turn, counted)
    return True


def write_counts(turn: Turn, counts: Sequence[LineCount], dropped: Sequence[str] = ()) -> None:
    """Write how many of each there are to be, all or none, and show the cart; what is so already is not said changed.

    Args:
        turn: the turn.
        counts: how many of which variant.
        dropped: the SKUs of lines that leave.
    """
    with turn.writing() as session:
        before = {line.sku: line.quantity for line in carts.view_cart(session, turn.shopper).lines}
        for sku in [*dropped, *(one.sku for one in counts if not one.quantity and one.sku in before)]:
            carts.remove_from_cart(session, turn.shopper, sku, turn.terms)
        for one in counts:
            if one.quantity:
                write = carts.set_quantity if one.sku in before else carts.add_to_cart
                write(session, turn.shopper, one.sku, one.quantity, terms=turn.terms)
    is_so = not dropped and all(before.get(one.sku, 0) == one.quantity for one in counts)
    show_cart(turn, "utter_cart_is_so" if is_so else "utter_quantity_changed")


def _line_of(turn: Turn, cart: CartView, goods: Goods) -> CartLineView | None:
    lines = lines_of(turn, cart.lines, goods)
    return lines[0] if len(lines) == 1 else None


def _counted(turn: Turn, cart: CartView, goods: Goods) -> LineCount | None:
    line = _line_of(turn, cart, goods)
    if line is None:
        return None
    told = quantity_after(turn, line, goods.piece)
    number = number_wanted(turn, goods.piece)
    quantity = told if told is not None else number.value if number else None
    return None if quantity is None else LineCount(line.sku, quantity)


def _says_how(turn: Turn, cart: CartView, goods: Goods) -> bool:
    """Tell whether a message says of a line how its number is to change, and not only a number."""
    line = _line_of(turn, cart, goods)
    return line is not None and quantity_after(turn, line, goods.piece) is not None
