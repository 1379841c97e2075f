"""What an amount limits: one turned down limits nothing, and "1500 for everything" is the most that each may cost."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Final

from actions.desk_words import label_pattern, says_any
from actions.turn import Turn
from shop.search import Filters, SearchQuery
from shop.text import ascii_digits

_BAND: Final = (Decimal("0.8"), Decimal("1.2"))
"""The language model reads "about" an amount as from 0.8 to 1.2 times of it."""
_AMOUNT: Final = r"(?<![a-z0-9.-])\d{2,6}(?:\.\d{1,2})?(?![\d-])"
_BETWEEN: Final = r"[^\d,，。.;；!?！？]{0,12}?"
_PRICES: Final = ("price_min", "price_max")


def amount_said(turn: Turn, name: str) -> str | None:
    """Give the price of a kind that a message names, but none that it turns down: "900 is too much, 600 at most"."""
    placed = turn.placed(name)
    kept = [value for value, _, end in placed if not _is_turned_down(turn, end)]
    return next(iter(kept), None) if placed else turn.entity(name)


def names_price(turn: Turn) -> bool:
    """Tell whether a message names a price that what is looked for may have."""
    return any(amount_said(turn, name) for name in _PRICES)


def total_said(turn: Turn) -> Decimal | None:
    """Read what may be spent on all goods together: "I've got 1500 in total", "总预算1500"."""
    if turn.from_button or not says_any(turn, "search.for_all"):
        return None
    said, whole = ascii_digits(turn.text.casefold()).replace("’", "'"), label_pattern(turn, "search.for_all").pattern
    said = re.sub(r"(?<=\d),(?=\d{3})", "", said)
    found = re.search(rf"{whole}{_BETWEEN}({_AMOUNT})|({_AMOUNT}){_BETWEEN}{whole}", said)
    return Decimal(found[1] or found[2]) if found else None


def limits_everything(turn: Turn) -> bool:
    """Tell whether the amount that a message names is for all goods together."""
    named = bool(turn.entities("price_max")) and not turn.from_button and says_any(turn, "search.for_all")
    return named or total_said(turn) is not None


def for_everything(turn: Turn, filters: Filters) -> Filters:
    """Take an amount for all goods together as the most that each may cost."""
    if not limits_everything(turn):
        return filters
    if not turn.entities("price_max"):
        return replace(filters, price_min=None, price_max=total_said(turn))
    most = filters.price_near or filters.price_max
    return replace(filters, price_min=None, price_max=most, price_near=None)


def near_amount(turn: Turn, filters: Filters) -> Filters:
    """Let what is nearest to an amount come first, where a message says that it need not be that very one."""
    if not names_price(turn):
        return filters
    low, high = filters.price_min, filters.price_max
    if not (low and high and says_any(turn, "search.about")):
        return replace(filters, price_near=None)
    return replace(filters, price_near=((low + high) / 2).quantize(Decimal(1)))


def is_about(filters: Filters) -> bool:
    """Tell whether prices are to be near an amount: "around 60"."""
    near, bounds = filters.price_near, (filters.price_min, filters.price_max)
    if near is None or None in bounds:
        return False
    return all(abs((bound or 0) - near * factor) <= 1 for bound, factor in zip(bounds, _BAND, strict=True))


def with_any_price(query: SearchQuery) -> SearchQuery:
    """Look for the same at any price; where it is to be near an amount, the nearest still come first."""
    return replace(query, filters=replace(query.filters, price_min=None, price_max=None))


def _is_turned_down(turn: Turn, end: int) -> bool:
    """Tell whether an amount that ends somewhere is called too much: "900块太贵咯"."""
    closing = label_pattern(turn, "search.too_dear").pattern
    return re.match(rf"[^,，。.;!?！？]{{0,12}}?{closing}", turn.text[end:].casefold()) is not None
