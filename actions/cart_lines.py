"""The lines of a cart: how they read, and which one a message means."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from actions.cards import button, named_button, variant_title
from actions.code_lines import held_lines
from actions.goods_said import Goods, goods_said
from actions.option_values import value_in
from actions.pending import WHICH
from actions.references import Candidate, Mention, Verdict, resolve
from actions.spoken import Piece, whole
from actions.turn import Button, Turn
from shop.carts import CartLineView, CartView, view_cart
from shop.errors import EmptyCart

# What is said of a line before the assistant has to ask which one is meant.
_RECALLED = ("quantity", "option_value", "colour")


def filled_cart(turn: Turn) -> CartView:
    """Fetch the cart; raise EmptyCart where there is nothing in it."""
    with turn.reading() as session:
        cart = view_cart(session, turn.shopper, turn.terms)
    if cart.is_empty:
        raise EmptyCart
    return cart


def pick_line(turn: Turn, goal: str, among: Collection[str] | None = None) -> CartLineView | None:
    """Find the line of the cart that is meant; None when the shopper had to be asked or told instead.

    Args:
        turn: the turn.
        goal: what is to be done with it; remembered where the shopper is asked.
        among: the SKUs that the shopper was offered; all lines without it.
    """
    lines = [line for line in filled_cart(turn).lines if among is None or line.sku in among]
    mention = Mention.of(turn)
    if mention.skus:
        named = [line for line in lines if line.sku.lower() == mention.skus[0].lower()]
    elif mention.products:
        named = _with_options(turn, [line for line in lines if line.product_slug in mention.products])
    else:
        described = _described(turn, lines) if among is None and not mention.ordinals else []
        if not described:
            return _pointed_line(turn, goal, lines, mention)
        named = described
    return only_line(turn, goal, named)


def lines_of(turn: Turn, lines: Sequence[CartLineView], goods: Goods) -> list[CartLineView]:
    """Find the lines that one thing of a message means: by its product, and by as many of its options as fit."""
    slugs = {product.slug for product in goods.products}
    return _best_by_options(turn, [line for line in lines if line.product_slug in slugs], goods.piece)


def _described(turn: Turn, lines: Sequence[CartLineView]) -> list[CartLineView]:
    """Find the lines that a message describes by name or by options, whatever "it" or "that" stands beside them."""
    if turn.from_button:
        return []
    goods = [one for one in goods_said(turn) if one.called]
    slugs = {product.slug for one in goods for product in one.products}
    named = [line for line in lines if line.product_slug in slugs]
    return _best_by_options(turn, named or lines, whole(turn), must_fit=not named)


def _best_by_options(
    turn: Turn, lines: Sequence[CartLineView], piece: Piece, *, must_fit: bool = False
) -> list[CartLineView]:
    """Leave the lines with most of the options that a piece names; with `must_fit` none where it names none of them."""
    said = {value.casefold() for value in piece.values(turn, "option_value", "colour")}
    hits = {line.sku: _option_hits(lines, line, said, piece.text) for line in lines}
    most = max(hits.values(), default=0)
    return [] if must_fit and not most else [line for line in lines if hits[line.sku] == most]


def _option_hits(lines: Sequence[CartLineView], line: CartLineView, said: Collection[str], text: str) -> int:
    values = {
        name: list(dict.fromkeys(one.options[name] for one in lines if name in one.options)) for name in line.options
    }
    return sum(
        value.casefold() in said or value_in(values[name], text) == value for name, value in line.options.items()
    )


def cart_lines(turn: Turn, lines: Sequence[CartLineView]) -> list[str]:
    """Write the lines of a cart or summary, and until when told prices hold, once."""
    written = [_cart_line(turn, place, line) for place, line in enumerate(lines, start=1)]
    return [*written, *held_lines(turn, lines)]


def _cart_line(turn: Turn, place: int, line: CartLineView) -> str:
    """Write one line; where the shop has fewer than are in it, that is said too."""
    labels = turn.labels
    key = "cart.line" if line.quantity <= line.stock else "cart.line_short"
    return labels.text(
        key,
        place=place,
        name=variant_title(line.name, line.options),
        quantity=line.quantity,
        price=labels.money(line.unit_price),
        total=labels.money(line.total),
        stock=line.stock,
    )


def _pointed_line(turn: Turn, goal: str, lines: Sequence[CartLineView], mention: Mention) -> CartLineView | None:
    candidates = [_candidate_of(line) for line in lines]
    focus = next((one for one in candidates if one.sku == turn.slot("focus_sku")), None)
    found = resolve(mention, candidates, focus)
    if found.verdict is Verdict.NO_SUCH_PLACE:
        turn.say("utter_no_such_place", count=len(candidates))
        return None
    skus = {one.sku for one in found.candidates}
    return only_line(turn, goal, [line for line in lines if line.sku in skus])


def _candidate_of(line: CartLineView) -> Candidate:
    options = frozenset(value.casefold() for value in line.options.values())
    return Candidate(line.sku, line.product_slug, line.name, line.unit_price.amount, options)


def _with_options(turn: Turn, lines: Sequence[CartLineView]) -> list[CartLineView]:
    said = {value.casefold() for kind in ("option_value", "colour") for value in turn.entities(kind)}
    return [line for line in lines if said <= {value.casefold() for value in line.options.values()}] or list(lines)


def only_line(turn: Turn, goal: str, lines: Sequence[CartLineView]) -> CartLineView | None:
    """Give the one line that is meant; None where the shopper had to be asked which, or told that there is none."""
    if len(lines) == 1:
        return lines[0]
    if not lines:
        turn.say("utter_not_in_cart")
        return None
    titles = [variant_title(line.name, line.options) for line in lines]
    said = {name: turn.entities(name) for name in _RECALLED if turn.entities(name)}
    skus = [line.sku for line in lines]
    turn.ask_later(WHICH, goal=goal, skus=skus, products=[line.product_slug for line in lines], said=said)
    turn.say(
        "utter_ask_which",
        names=turn.labels.one_of(titles),
        buttons=[named_button(title, "inform", sku=sku) for title, sku in zip(titles, skus, strict=True)],
    )
    return None


def subtotal_text(turn: Turn, cart: CartView) -> str:
    """Write what the lines come to, after coupons."""
    return turn.labels.money(cart.total) if cart.total is not None else ""


def cart_buttons(turn: Turn) -> list[Button]:
    """Offer what comes after a change of the cart."""
    return [button(turn.labels, "view_cart", "view_cart"), button(turn.labels, "check_out", "check_out")]
