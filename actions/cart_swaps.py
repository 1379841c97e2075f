"""Another version of what lies in the cart: "make that a 42", "swap one of the mint chairs for a pearl one"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from actions.adding import Replaced, add_each, complete
from actions.cards import variant_title
from actions.cart_lines import lines_of, only_line
from actions.cart_sums import tell_sum
from actions.cart_wanted import line_meant
from actions.desk_choice import names_bought
from actions.desk_lines import words_hit
from actions.desk_words import says_any
from actions.goods_said import Goods, goods_in, goods_said
from actions.option_values import ranked, step_from, value_in, without_name
from actions.options import option_having, options_like, wanted_options
from actions.pending import CASE, CASE_YES
from actions.references import THIS as POINTING
from actions.spoken import NO_PIECE, Piece, numbers_in, pattern, pieces_of, says, wanted_number, whole
from actions.targets import focused_product, shown_products
from actions.turn import Turn, clean_words
from actions.which_order import GOODS, newest_orders
from shop.carts import CartLineView, view_cart
from shop.catalogue import ProductView, get_products_by_sku

SWAP_IN_CART = "swap_in_cart"
"""The goal of the question which line is meant."""
_VALUES = ("option_value", "colour", "size")
_SENTENCE_END = re.compile(r"[.!?。！？]\s*")


@dataclass(frozen=True)
class _Sides:
    """What of a message says what goes, and what says what comes instead."""

    old: Piece
    new: Piece
    besides: Piece = NO_PIECE
    """What is to be added besides: "make it a 42, and add a rope"."""

    @classmethod
    def of(cls, turn: Turn) -> _Sides:
        """Cut a message in two at "for", "换成" or "instead of"; without one, all of it says what comes."""
        text = turn.text
        turned = re.search(pattern(turn, "instead_of"), text, re.IGNORECASE)
        if turned:
            return cls(
                Piece(text[turned.end() :], turned.end(), len(text)), Piece(text[: turned.start()], 0, turned.start())
            )
        verb = re.search(pattern(turn, "swap"), text, re.IGNORECASE)
        mark = re.compile(pattern(turn, "swap_mark"), re.IGNORECASE).search(text, verb.start()) if verb else None
        if mark is None:
            return cls(Piece("", 0, 0), whole(turn))
        end = _where_more_is_added(turn, mark.end())
        new = Piece(text[mark.end() : end], mark.end(), end)
        return cls(Piece(text[: mark.start()], 0, mark.start()), new, Piece(text[end:], end, len(text)))


@dataclass(frozen=True)
class _Swap:
    """A line that is to become something else, and what of its product is named for it."""

    line: CartLineView
    product: ProductView
    values: Mapping[str, str]
    unknown: str | None = None


def _where_more_is_added(turn: Turn, start: int) -> int:
    """Find where a message goes on to something that is to be added; its end, where it does not."""
    later = [one for one in pieces_of(turn) if one.start > start and says(turn, "adds", one.joint + one.text)]
    return later[0].start if later else len(turn.text)


def lies_in_cart(turn: Turn) -> bool:
    """Tell whether the thing that was last spoken of lies in the cart."""
    with turn.reading() as session:
        lines = view_cart(session, turn.shopper).lines
    return any(line.sku == turn.slot("focus_sku") for line in lines)


def means_cart(turn: Turn) -> bool:
    """Tell whether a change of what was bought can only be one of the cart, or is plainly said to be."""
    if turn.from_button or (turn.pending.get("kind") in (CASE, CASE_YES) and newest_orders(turn)):
        return not turn.from_button and says(turn, "cart")
    with turn.reading() as session:
        if view_cart(session, turn.shopper).is_empty:
            return False
    if says(turn, "cart") or not newest_orders(turn):
        return True
    return not turn.entities("order_number") and (lies_in_cart(turn) or _talks_of_cart(turn))


def _talks_of_cart(turn: Turn) -> bool:
    """Tell whether the cart is in the talk: no order was looked at, and nothing that was bought is spoken of."""
    if turn.slot("focus_order") or turn.entities("ordered") or turn.entities("reason"):
        return False
    if says_any(turn, "desk.of_a_purchase") or says_any(turn, "desk.sending_back"):
        return False
    with turn.reading() as session:
        lines = view_cart(session, turn.shopper).lines
    text = turn.text.casefold()
    # What is called by a name of something bought, and by none in the cart, is not in the cart.
    return not _calls_bought(turn) or any(word in text for line in lines for word in line.name.casefold().split())


def _calls_bought(turn: Turn) -> bool:
    """Tell whether a message calls something bought by more than an option, which may be the one wanted: "换42码"."""
    if not names_bought(turn):
        return False
    lines = [line for order in newest_orders(turn) for line in order.lines]
    return any(map(turn.entity, GOODS)) or bool(words_hit(turn, lines))


def amends_cart(turn: Turn) -> bool:
    """Change what was just put into the cart, where a message with no word of it says how: "make that 16GB"."""
    return not turn.from_button and says(turn, "amends") and lies_in_cart(turn) and swap_in_cart(turn, asks=False)


def swap_said(turn: Turn) -> bool:
    """Change a line for the version that is named after "swap" or "换成"; tell whether one is."""
    return not turn.from_button and says(turn, "swap") and swap_in_cart(turn, asks=False)


def swaps_for_named(turn: Turn) -> bool:
    """Change a line that is named for another thing that is named, or say that there is none; tell whether both are."""
    sides = _Sides.of(turn) if not turn.from_button and says(turn, "swap") else None
    if sides is None or not sides.old.text or not sides.new.text:
        return False
    old, new = goods_in(turn, sides.old), goods_in(turn, sides.new)
    with turn.reading() as session:
        lines = view_cart(session, turn.shopper, turn.terms).lines
    meant = line_meant(turn, lines_of(turn, lines, old)) if old else []
    if new is None or len(meant) != 1 or meant[0].product_slug in {product.slug for product in new.products}:
        return False
    if new.product is None:
        _tell_no_such(turn, meant[0], new)
        return True
    line, number = meant[0], wanted_number(turn, sides.new)
    pieces = min(wanted_number(turn, sides.old) or line.quantity, line.quantity)
    chosen = wanted_options(turn, new.product, sides.new)
    complete(turn, new.product, dict(chosen.values), number or pieces, instead=Replaced(line.sku, pieces))
    more = [one for one in goods_said(turn) if sides.besides.holds(one.clause.start, one.clause.end)]
    if sides.besides.text and more and not turn.has_asked:
        add_each(turn, [replace(one, piece=one.clause) for one in more])
    return True


def swaps_instead(turn: Turn) -> bool:
    """Take a thing in place of one that lies in the cart: "a bonsai instead of it", "those instead of the padded ones".

    "It" is what the message has just named, else what was last spoken of.
    """
    if turn.from_button or not re.search(pattern(turn, "instead_of"), turn.text, re.IGNORECASE):
        return False
    if says(turn, "still_asks") or says(turn, "looks"):
        return False
    sides = _Sides.of(turn)
    begin = max((found.end() for found in _SENTENCE_END.finditer(sides.new.text)), default=0)
    coming = Piece(sides.new.text[begin:], begin, sides.new.end)
    with turn.reading() as session:
        lines = view_cart(session, turn.shopper, turn.terms).lines
        focus = focused_product(turn, session)
    meant = line_meant(turn, _going_lines(turn, lines, sides.old, begin))
    new = goods_in(turn, coming)
    product = new.product if new else focus if set(coming.values(turn, "reference")) & POINTING else None
    if len(meant) != 1 or product is None or product.slug == meant[0].product_slug:
        return False
    line = meant[0]
    number = wanted_number(turn, coming) or wanted_number(turn, sides.old)
    chosen = wanted_options(turn, product, coming)
    complete(turn, product, dict(chosen.values), number or line.quantity, instead=Replaced(line.sku, line.quantity))
    return True


def _going_lines(turn: Turn, lines: Sequence[CartLineView], old: Piece, begin: int) -> list[CartLineView]:
    """Find what goes: what is named after "instead of", else what the message named before, else what is in talk."""
    named = goods_in(turn, old)
    if named:
        return lines_of(turn, lines, named)
    before = [one for one in goods_said(turn) if one.called and one.clause.end <= begin]
    told = [line for one in before for line in lines_of(turn, lines, one)]
    return told or [line for line in lines if line.sku == turn.slot("focus_sku")]


def swaps_before_sum(turn: Turn) -> bool:
    """Change a line for what is named instead, and say the sum that is asked for; tell whether a message does both."""
    if turn.from_button or not says(turn, "swap") or not says(turn, "total"):
        return False
    if not swaps_for_named(turn) and not swap_in_cart(turn, asks=False):
        return False
    tell_sum(turn)
    return True


def swap_in_cart(turn: Turn, *, asks: bool = True) -> bool:
    """Change a line of the cart for another version, or another product; tell whether the message is about that.

    Args:
        turn: the turn.
        asks: whether to ask which line or version is meant, where the message leaves it open.
    """
    sides = _Sides.of(turn)
    with turn.reading() as session:
        lines = view_cart(session, turn.shopper, turn.terms).lines
        found = get_products_by_sku(session, [line.sku for line in lines])
    products = {product.slug: product for product in found}
    goods = goods_said(turn)
    more = [one for one in goods if sides.besides.text and sides.besides.holds(one.clause.start, one.clause.end)]
    goods = [one for one in goods if one not in more]
    old = [one for one in goods if one.product and sides.old.holds(one.piece.start, one.piece.end)]
    new = next((one for one in goods if one.product and one.called and one not in old and sides.old.text), None)
    if new and new.product and new.product.slug not in products:
        return _swap_for_other(turn, lines, new, asks=asks)
    named = {one.product.slug for one in goods if one.product and one.called}
    if not named:
        named = {product.slug for one in goods if one.called for product in one.products} & products.keys()
    if named and not named & products.keys():
        only = next((one for one in goods if one.product and one.called), None)
        return only is not None and says(turn, "swap_for") and _swap_for_other(turn, lines, only, asks=asks)
    swaps = [
        _read(turn, sides, line, products[line.product_slug])
        for line in lines
        if line.product_slug in products and (not named or line.product_slug in named)
    ]
    other = None if named or any(one and (one.values or one.unknown) for one in swaps) else _other_shown(turn, lines)
    if other:
        return _swap_for_other(turn, lines, other, asks=asks)
    is_swapped = _choose(turn, sides, [one for one in swaps if one], asks=asks)
    if is_swapped and more and not turn.has_asked:
        add_each(turn, [replace(one, piece=one.clause) for one in more])
    return is_swapped


def swap_line(turn: Turn, line: CartLineView) -> None:
    """Change a line that was asked about for the version that was said before."""
    with turn.reading() as session:
        product = get_products_by_sku(session, [line.sku])[0]
    values = {}
    # What was said before the question is wanted: "the 40" answers it.
    wanted = [*turn.recalled("option_value"), *turn.recalled("colour")]
    for word in wanted or (*turn.entities("option_value"), *turn.entities("colour")):
        name = option_having(product, word)
        if name and line.options.get(name, "").casefold() != word.casefold():
            values[name] = word
    _do(turn, _Sides(Piece("", 0, 0), whole(turn)), _Swap(line, product, values))


def _swap_for_other(turn: Turn, lines: Sequence[CartLineView], new: Goods, *, asks: bool) -> bool:
    """Take another product in place of the line that is named or was last spoken of."""
    meant = line_meant(turn, [line for line in lines if _is_named(turn, line)] or list(lines))
    line = meant[0] if len(meant) == 1 else only_line(turn, SWAP_IN_CART, meant) if asks else None
    if line and new.product:
        complete(turn, new.product, {}, line.quantity, instead=Replaced(line.sku, line.quantity))
    return asks or line is not None


def _other_shown(turn: Turn, lines: Sequence[CartLineView]) -> Goods | None:
    """Give the other one of two things shown, of which the first was taken: "swap it for the other one"."""
    with turn.reading() as session:
        shown = shown_products(turn, session)
    lying = {line.product_slug for line in lines}
    others = [product for product in shown if product.slug not in lying]
    points = says(turn, "swap") and says(turn, "other_one")
    return Goods(whole(turn), (others[0],)) if points and len(others) == 1 and len(shown) == len(others) + 1 else None


def _tell_no_such(turn: Turn, line: CartLineView, new: Goods) -> None:
    """Say that what is to come instead is not in the shop, or may be several things; nothing leaves the cart."""
    called = clean_words(re.sub(r"[.,;!?，。！？].*|^(?:an?|the|some)\s+", "", new.piece.text, flags=re.DOTALL))
    old = variant_title(line.name, line.options)
    if new.products:
        turn.say(
            "utter_swap_unclear", called=called, names=turn.labels.one_of(one.name for one in new.products), old=old
        )
    else:
        turn.say("utter_swap_unknown", called=called, old=old)


def _is_named(turn: Turn, line: CartLineView) -> bool:
    return any(one.product and one.product.slug == line.product_slug for one in goods_said(turn))


def _read(turn: Turn, sides: _Sides, line: CartLineView, product: ProductView) -> _Swap | None:
    """Read what is to become of a line; None where another one is meant."""
    own = {name: value.casefold() for name, value in line.options.items()}
    going, _ = _values(turn, sides.old, product)
    if any(own.get(name) != value.casefold() for name, value in going.items()):
        return None
    coming, unknown = _values(turn, sides.new, product, frozenset(own.values()))
    wanted = {name: value for name, value in coming.items() if own.get(name) != value.casefold()}
    if coming and not wanted and not unknown:
        # It is what is wanted already.
        return None
    wanted = wanted or step_from(turn, product, line.options) or ranked(turn, product, {}, sides.new.text)
    return _Swap(line, product, wanted, unknown)


def _values(
    turn: Turn, side: Piece, product: ProductView, own: frozenset[str] = frozenset()
) -> tuple[dict[str, str], str | None]:
    """Find the product's values in a part of a message, and one that it does not come in.

    Beside others, the line's own only say which line is meant: "I need it in 43, not 42".
    """
    found: dict[str, str] = {}
    unknown = None
    said = side.values(turn, *_VALUES)
    for word in [one for one in said if one.casefold() not in own] or said:
        name = option_having(product, word)
        if name:
            found[name] = next(one for one in product.option_values(name) if one.casefold() == word.casefold())
        elif options_like(product, word):
            unknown = word
    text = without_name(side.text, product)
    for name in product.option_names:
        values = product.option_values(name)
        value = value_in(values, text) or value_in(values, _without_numbers(text, own))
        if name not in found and value:
            found[name] = value
    return found, unknown


def _without_numbers(text: str, values: Iterable[str]) -> str:
    """Take the numbers of some values out of a text: "120G is too little, the 240" wants the other one."""
    numbers = [number for value in values for number in re.findall(r"\d{2,}", value)]
    return re.sub(rf"(?<!\d)(?:{'|'.join(numbers)})(?!\d)", " ", text) if numbers else text


def _choose(turn: Turn, sides: _Sides, swaps: Sequence[_Swap], *, asks: bool) -> bool:
    """Do the swap that is meant; where several are possible, ask which line it is about."""
    telling = [one for one in swaps if one.values or one.unknown]
    if not telling and not asks:
        return False
    meant = line_meant(turn, [one.line for one in telling or swaps])
    chosen = [one for one in telling or swaps if one.line in meant]
    if len(chosen) == 1:
        _do(turn, sides, chosen[0])
        return True
    if not asks or not chosen:
        return False
    values = [value for one in chosen for value in one.values.values()]
    turn.recall({"option_value": list(dict.fromkeys(values))})
    only_line(turn, SWAP_IN_CART, meant)
    return True


def _do(turn: Turn, sides: _Sides, swap: _Swap) -> None:
    line, product = swap.line, swap.product
    old = variant_title(line.name, line.options)
    if not swap.values and (swap.unknown or not product.option_names):
        values = [value for name in product.option_names for value in product.option_values(name)]
        response = "utter_swap_no_such_value" if swap.unknown else "utter_swap_one_version"
        turn.say(response, name=product.name, value=swap.unknown, values=turn.labels.all_of(values), old=old)
        return
    taken = re.findall(r"\d{2,}", " ".join((*swap.values.values(), *line.options.values())))
    numbers = [one for one in numbers_in(turn) if str(one.value) not in taken]
    going = next((one.value for one in numbers if sides.old.holds(one.start, one.end)), line.quantity)
    coming = next((one.value for one in numbers if sides.new.holds(one.start, one.end)), None)
    pieces = min(going, line.quantity)
    kept = {name: value for name, value in line.options.items() if swap.values and name not in swap.values}
    instead = Replaced(line.sku, pieces)
    complete(turn, product, {**kept, **swap.values}, coming or pieces, instead=instead)
