"""Several changes of the cart that one message asks for: so many of each, one thing out and another one in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.adding import Replaced, add_each, complete, quantity_said
from actions.cart_alike import changes_alike
from actions.cart_counts import LineCount, counts_each, quantity_after, write_counts
from actions.cart_keeping import keeps_only
from actions.cart_lines import lines_of
from actions.cart_swaps import swaps_for_named, swaps_instead
from actions.cart_wanted import states_sizes
from actions.goods_said import Goods, goods_said
from actions.options import wanted_options
from actions.references import THIS, Mention
from actions.spoken import says, wanted_number
from actions.turn import Turn
from shop import carts
from shop.carts import CartLineView, CartView
from shop.catalogue import ProductView, select_variants

_TAKING_OUT = frozenset({"remove_from_cart", "change_quantity"})


def change_several(turn: Turn) -> bool:
    """Do what a message changes of several things at once; tell whether it asks for that.

    "One of each", "make it three chairs and two shades", "take the 44 out and put a 42 in".
    """
    if turn.from_button:
        return False
    with turn.reading() as session:
        cart = carts.view_cart(session, turn.shopper, turn.terms)
    if cart.is_empty:
        return False
    if states_sizes(turn) or swaps_instead(turn) or swaps_for_named(turn) or changes_alike(turn):
        return True
    changes = (_each, _exchanges, _takes_out_of_several, _sets_totals, counts_each)
    return keeps_only(turn) or any(change(turn, cart) for change in changes)


def states_number(turn: Turn) -> bool:
    """Set a number that is said to be wanted of what was just put in: "why is there 2, I only want one"."""
    quantity = wanted_number(turn)
    if turn.from_button or quantity is None or not says(turn, "own_wish") or turn.entities("product_query"):
        return False
    with turn.reading() as session:
        lines = carts.view_cart(session, turn.shopper).lines
    meant = [line for line in lines if line.sku == turn.slot("focus_sku")] or list(lines)
    if len(meant) == 1:
        write_counts(turn, [LineCount(meant[0].sku, quantity)])
    return len(meant) == 1


def sets_number(turn: Turn, mention: Mention) -> bool:
    """Set a bare number of what was just put in or changed: "two", said of the keyboard that lies in the cart."""
    with turn.reading() as session:
        cart = carts.view_cart(session, turn.shopper, turn.terms)
    line = next((one for one in cart.lines if one.sku == turn.slot("chosen_sku")), None)
    quantity = wanted_number(turn) or turn.number("quantity")
    points = replace(mention, ordinals=(), references=tuple(set(mention.references) - THIS)).says_something
    if line is None or quantity is None or points or turn.from_button or set(mention.ordinals) - {quantity}:
        return False
    told = quantity_after(turn, line)
    write_counts(turn, [LineCount(line.sku, quantity if told is None else told)])
    turn.focus(line.sku, exactly=True)
    return True


def counts_cart(turn: Turn) -> bool:
    """Set the numbers that are said of what lies in the cart, and of nothing else: "no, one football and two ropes"."""
    goods = goods_said(turn)
    with turn.reading() as session:
        cart = carts.view_cart(session, turn.shopper, turn.terms)
    totals = [_total(turn, cart, one, one.product) for one in goods if one.product]
    counted = [one for one in totals if one]
    if turn.from_button or not counted or len(counted) < len(goods) or not _all_lie(cart, goods):
        return False
    write_counts(turn, counted)
    return True


def sets_said(turn: Turn, goods: Sequence[Goods]) -> bool:
    """Set the numbers that are said of things of which one lies in the cart already; tell whether one does.

    "There should be two tents and a bike" and "one mint one pearl", said of two mint ones, ask for no more of them.
    """
    with turn.reading() as session:
        cart = carts.view_cart(session, turn.shopper, turn.terms)
    counted = [one for one in (_total(turn, cart, each, each.product) for each in goods if each.product) if one]
    lying = {line.sku for line in cart.lines}
    if len(counted) < len(goods) or not any(one.sku in lying for one in counted):
        return False
    _set_listed(turn, cart, [one.product.slug for one in goods if one.product], counted)
    return True


def sets_totals(turn: Turn) -> bool:
    """Set how many of each there are to be, though a message reads like a question."""
    with turn.reading() as session:
        cart = carts.view_cart(session, turn.shopper, turn.terms)
    return not cart.is_empty and not turn.from_button and _sets_totals(turn, cart)


def _each(turn: Turn, cart: CartView) -> bool:
    """Set every line to one number: "only one of each"."""
    quantity = wanted_number(turn) or (1 if says(turn, "each") else None)
    if not says(turn, "each") or quantity is None or not _all_lie(cart, goods_said(turn)):
        return False
    write_counts(turn, [LineCount(line.sku, quantity) for line in cart.lines])
    return True


def _exchanges(turn: Turn, cart: CartView) -> bool:
    """Take something out and put something in; where what comes cannot be had, nothing goes."""
    goods = goods_said(turn)
    going = [one for one in goods if says(turn, "out", one.piece.text)]
    lines = [(one, line) for one in going for line in lines_of(turn, cart.lines, one)[:1]]
    same = {line.sku for _, line in lines}
    others = [one for one in goods if one not in going and one.product and _comes(turn, cart, one)]
    # "I was told not to get the clacky one. Remove the keyboard" speaks of one thing twice.
    coming = [one for one in others if not same & {line.sku for line in lines_of(turn, cart.lines, one)}]
    if not lines or not coming:
        return False
    first, line = lines[0]
    pieces = min(quantity_said(turn, first.piece, line.options.values()), line.quantity)
    product = coming[0].product
    if product and wanted_number(turn, first.piece) is None:
        pieces = line.quantity
    if product is None or len(lines) > 1 or len(coming) > 1:
        write_counts(turn, _left(turn, lines))
        add_each(turn, coming)
        return True
    chosen = wanted_options(turn, product, coming[0].piece)
    quantity = quantity_said(turn, coming[0].piece, chosen.values.values())
    complete(turn, product, dict(chosen.values), quantity, instead=Replaced(line.sku, pieces))
    return True


def _all_lie(cart: CartView, goods: Sequence[Goods]) -> bool:
    """Tell whether all that is called by name lies in the cart: not in "a mouse and a keyboard each"."""
    lying = {line.product_slug for line in cart.lines}
    return all(not one.called or bool({product.slug for product in one.products} & lying) for one in goods)


def _comes(turn: Turn, cart: CartView, goods: Goods) -> bool:
    """Tell whether a thing is to come in; what lies in the cart already comes only where that is said."""
    said = goods.piece.joint + goods.piece.text
    if says(turn, "unwanted", said) or says(turn, "keeps", said):
        return False
    lies = any(line.product_slug in {product.slug for product in goods.products} for line in cart.lines)
    if lies and says(turn, "only", said):
        # "Leave the pot out, I'll only take the orchid" adds no second orchid.
        return False
    return not lies or any(says(turn, name, said) for name in ("adds", "adding", "amends"))


def _takes_out_of_several(turn: Turn, cart: CartView) -> bool:
    """Take out what is said to go where other things are named, too, and set the numbers that are said of those."""
    goods = goods_said(turn)
    marks = ("out", "goes") if turn.intent[0] in _TAKING_OUT else ("out",)
    going = [one for one in goods if one.called and any(says(turn, mark, one.piece.text) for mark in marks)]
    others = [one for one in goods if one not in going]
    lines = [(one, line) for one in going for line in lines_of(turn, cart.lines, one)[:1]]
    if not lines or len(lines) < len(going) or not others or any(_comes(turn, cart, one) for one in others):
        return False
    counted = [_total(turn, cart, one, one.product) for one in others if one.product]
    write_counts(turn, [*_left(turn, lines), *(one for one in counted if one)])
    return True


def _left(turn: Turn, lines: Sequence[tuple[Goods, CartLineView]]) -> list[LineCount]:
    """Give what is left of lines of which so many pieces, or all, are taken out."""
    taken = [(line, wanted_number(turn, one.piece) or line.quantity) for one, line in lines]
    return [LineCount(line.sku, max(line.quantity - pieces, 0)) for line, pieces in taken]


def _sets_totals(turn: Turn, cart: CartView) -> bool:
    """Set how many of each there are to be: "make it three chairs and two shades", "one mint and one pearl"."""
    if not says(turn, "totals"):
        return False
    goods = goods_said(turn)
    lying = {line.product_slug for line in cart.lines}
    slugs = [one.product.slug for one in goods if one.product]
    if not lying & {*slugs} or len(slugs) < max(len(goods), 1 + says(turn, "swap")):
        return False
    totals = [_total(turn, cart, one, one.product) for one in goods if one.product]
    counted = [one for one in totals if one]
    if len(counted) < len(goods):
        return False
    _set_listed(turn, cart, slugs, counted)
    return True


def _set_listed(turn: Turn, cart: CartView, slugs: Sequence[str], counted: Sequence[LineCount]) -> None:
    """Set numbers; of a product whose versions are listed, the others go."""
    listed = {slug for slug in slugs if slugs.count(slug) > 1}
    named = {one.sku for one in counted}
    dropped = [line.sku for line in cart.lines if line.product_slug in listed and line.sku not in named]
    write_counts(turn, counted, dropped)


def _total(turn: Turn, cart: CartView, goods: Goods, product: ProductView) -> LineCount | None:
    """Read how many of which variant are wanted; None where that is not said."""
    quantity = wanted_number(turn, goods.piece)
    lying = [line.sku for line in cart.lines if line.product_slug == product.slug]
    values = wanted_options(turn, product, goods.piece).values
    fitting = [one.sku for one in select_variants(product, values)]
    skus = fitting if len(fitting) == 1 else [sku for sku in fitting if sku in lying]
    return LineCount(skus[0], quantity) if quantity is not None and len(skus) == 1 else None
