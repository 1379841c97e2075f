"""The version that a question names without its product: that of the thing which was last spoken of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from actions.catalogue import tell_price
from actions.naming import in_catalogue_words
from actions.spoken import says
from actions.targets import Target, focused_product
from actions.turn import Turn
from actions.variant_comparison import compare, named_options
from shop.carts import view_cart
from shop.catalogue import ProductView, VariantView, select_variants
from shop.search_text import stem

_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_WORD: Final = re.compile(r"[^\W\d_]+")
_NO_NAMES: Final = ("product", "sku", "ordinal", "category", "brand", "order_number")


def answer_version(turn: Turn) -> bool:
    """Say what the named version of the thing in talk costs, or how much more it does; tell whether that is asked."""
    product = None if turn.from_button else _spoken_of(turn)
    if product is None:
        return False
    if says(turn, "superlative_only") and (extreme := _extreme(turn, product)):
        tell_price(turn, Target(product, extreme.sku))
        return True
    named = named_options(product, in_catalogue_words(turn, turn.text.casefold()))
    if len(named) != 1:
        return False
    if says(turn, "difference") and (held := _held(turn, product)):
        wanted = select_variants(product, {**held.options, **named[0]})
        if len(wanted) == 1 and wanted[0].sku != held.sku:
            compare(turn, product, held, wanted[0])
            return True
    fitting = select_variants(product, named[0])
    if len(fitting) == 1:
        tell_price(turn, Target(product, fitting[0].sku))
    return len(fitting) == 1


def _spoken_of(turn: Turn) -> ProductView | None:
    """Find the thing in talk, where it comes in versions and the message names no other."""
    if any(turn.entities(name) for name in _NO_NAMES):
        return None
    with turn.reading() as session:
        product = focused_product(turn, session)
    if product is None or len(product.variants) < 2:
        return None
    own = " ".join([product.name, *(value for name in product.option_names for value in product.option_values(name))])
    known = {stem(word) for word in _WORD.findall(own.casefold())}
    called = _WORD.findall(" ".join(turn.entities("product_query")).casefold())
    return product if all(stem(word) in known for word in called) else None


def _held(turn: Turn, product: ProductView) -> VariantView | None:
    """Give the one version of a product that lies in the cart."""
    with turn.reading() as session:
        held = {line.sku for line in view_cart(session, turn.shopper, turn.terms).lines}
    versions = [one for one in product.variants if one.sku in held]
    return versions[0] if len(versions) == 1 else None


def _extreme(turn: Turn, product: ProductView) -> VariantView | None:
    """Give the biggest or smallest version of a product whose versions differ in one number."""
    sized = {one.sku: size for one in product.variants if (size := _size(one.options)) is not None}
    if len(product.option_names) != 1 or len({*sized.values()}) != len(product.variants):
        return None
    pick = max if says(turn, "biggest") else min
    return pick(product.variants, key=lambda one: sized[one.sku])


def _size(options: Mapping[str, str]) -> float | None:
    numbers = _NUMBER.findall(" ".join(options.values()))
    return float(numbers[0]) if len(numbers) == 1 else None
