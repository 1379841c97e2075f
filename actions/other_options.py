"""Which other options of a thing may take its place: what is in stock, bigger or smaller, and what there is none of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from actions.desk_words import says_any
from actions.turn import Turn
from shop.catalogue import ProductView, VariantView
from shop.orders import OrderLineView
from shop.text import ascii_digits

_NUMBERS = re.compile(r"\d+")


def others_of(turn: Turn, product: ProductView, line: OrderLineView) -> list[VariantView]:
    """Give what is in stock in place of a line; only what is smaller or bigger where that is asked for."""
    others = [one for one in product.variants if one.sku != line.sku and one.stock > 0]
    bought = _number(line.options.values())
    if turn.from_button or bought is None:
        return others
    if says_any(turn, "desk.smaller"):
        return [one for one in others if (_number(one.options.values()) or bought) < bought]
    if says_any(turn, "desk.bigger"):
        return [one for one in others if (_number(one.options.values()) or bought) > bought]
    return others


def numbered_so(turn: Turn, others: Sequence[VariantView]) -> list[VariantView]:
    """Find the one of some options whose number a message has, however it is put: "no 45? then 44"."""
    said = numbers_said(turn)
    return [one for one in others if set(_NUMBERS.findall(" ".join(one.options.values()))) & said]


def numbers_said(turn: Turn) -> set[str]:
    """Give the numbers in a message."""
    return set() if turn.from_button else set(_NUMBERS.findall(ascii_digits(turn.text)))


def not_offered(turn: Turn, product: ProductView) -> str | None:
    """Give an option that a message names and the product does not come in; None where there is none."""
    offered = {value.casefold() for name in product.option_names for value in product.option_values(name)}
    return next((value for value in turn.entities("option_value") if value.casefold() not in offered), None)


def keeps_it(turn: Turn, line: OrderLineView) -> bool:
    """Tell whether a message, after all, wants what was bought and no other: "then not, 44 it is"."""
    if turn.from_button or not says_any(turn, "desk.not_changing"):
        return False
    bought = set(_NUMBERS.findall(" ".join(line.options.values())))
    # Another number may be the one that there was none of.
    return not numbers_said(turn) or bool(numbers_said(turn) & bought)


def _number(values: Iterable[str]) -> int | None:
    found = _NUMBERS.findall(" ".join(values))
    return int(found[0]) if len(found) == 1 else None
