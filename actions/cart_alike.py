"""What a few words say of lines of the cart together: "both 46 then", "4 of each colour", "one more of the 42"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.cart_counts import LineCount, quantity_after, write_counts
from actions.goods_said import goods_said
from actions.message_parts import text_before
from actions.option_values import value_in
from actions.pending import CASE, CASE_YES
from actions.spoken import says, wanted_number, whole
from actions.turn import Turn
from shop.carts import CartLineView, view_cart
from shop.catalogue import ProductView, get_products_by_sku, select_variants

_BOTH = 2


def changes_alike(turn: Turn) -> bool:
    """Change lines of the cart as a message says of all of them, or of the one with an option; tell whether it did."""
    if turn.from_button or turn.photo_url or turn.form or turn.pending.get("kind") in (CASE, CASE_YES):
        return False
    if any(says(turn, name) for name in ("still_asks", "out")):
        return False
    return makes_alike(turn) or sets_each(turn) or adds_of_option(turn)


def makes_alike(turn: Turn) -> bool:
    """Make all pieces of a product one version: "make both of them 27s", "两双都要46"; tell whether that was said."""
    if not says(turn, "alike") or says(turn, "adds"):
        return False
    lines, products = _cart(turn)
    read = (_made(turn, product, lines) for product in products)
    found = [one for one in read if one]
    focused = [one for one in found if turn.slot("focus_sku") in one[1]]
    meant = focused or found
    if len(meant) != 1:
        return False
    made, own = meant[0]
    write_counts(turn, [made], [sku for sku in own if sku != made.sku])
    turn.focus(made.sku, exactly=True)
    return True


def _made(turn: Turn, product: ProductView, lines: Sequence[CartLineView]) -> tuple[LineCount, list[str]] | None:
    """Find the version that all pieces of a product are to be, and the SKUs that they have now."""
    named = {found.slug for one in goods_said(turn) if one.called for found in one.products}
    own = [line for line in lines if line.product_slug == product.slug]
    pieces = sum(line.quantity for line in own)
    if (named and product.slug not in named) or (says(turn, "both") and _BOTH not in (pieces, len(own))):
        return None
    read = {name: value_in(product.option_values(name), _text(turn)) for name in product.option_names}
    values = {name: value for name, value in read.items() if value}
    kept = {name: {line.options.get(name) for line in own} for name in product.option_names if name not in values}
    if not values or any(len(each) > 1 for each in kept.values()):
        return None
    fitting = select_variants(product, {**own[0].options, **values})
    skus = [line.sku for line in own]
    return (LineCount(fitting[0].sku, pieces), skus) if len(fitting) == 1 and skus != [fitting[0].sku] else None


def sets_each(turn: Turn) -> bool:
    """Set the versions of a product in the cart to one number: "4 of each colour"; tell whether that was said."""
    quantity, of_versions = wanted_number(turn), says(turn, "each_version")
    if quantity is None or not (of_versions or says(turn, "each")) or any(one.called for one in goods_said(turn)):
        return False
    lines, _ = _cart(turn)
    by_product: dict[str, list[CartLineView]] = {}
    for line in lines:
        by_product.setdefault(line.product_slug, []).append(line)
    several = [own for own in by_product.values() if len(own) > 1]
    if len(several) != 1 or not (of_versions or len(by_product) == 1):
        return False
    write_counts(turn, [LineCount(line.sku, quantity) for line in several[0]])
    return True


def adds_of_option(turn: Turn) -> bool:
    """Count on the one line whose option is named: "he wears 42, so one more of these"; tell whether that was said."""
    number = wanted_number(turn)
    if number is None or not says(turn, "more") or any(one.called for one in goods_said(turn)):
        return False
    lines, products = _cart(turn)
    fitting = [
        line
        for line in lines
        for product in products
        if product.slug == line.product_slug and _has_option(turn, product, line)
    ]
    told = quantity_after(turn, fitting[0], whole(turn)) if len(fitting) == 1 else None
    if told is None or str(number) in re.findall(r"\d{2,}", " ".join(fitting[0].options.values())):
        return False
    write_counts(turn, [LineCount(fitting[0].sku, told)])
    turn.focus(fitting[0].sku, exactly=True)
    return True


def _has_option(turn: Turn, product: ProductView, line: CartLineView) -> bool:
    return any(value_in(product.option_values(name), _text(turn)) == value for name, value in line.options.items())


def _text(turn: Turn) -> str:
    """Give the message, in which "27s" are those of 27, with what the part before this one tells."""
    return re.sub(r"(\d)s\b", r"\1", f"{text_before(turn)} {turn.text}")


def _cart(turn: Turn) -> tuple[Sequence[CartLineView], Sequence[ProductView]]:
    with turn.reading() as session:
        lines = view_cart(session, turn.shopper, turn.terms).lines
        found = get_products_by_sku(session, [line.sku for line in lines])
    return lines, list({product.slug: product for product in found}.values())
