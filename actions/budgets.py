"""What an amount limits: "about 60" for a present is the most it may cost, and so is "1500 for everything"."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final

from actions.desk_words import says_any
from actions.turn import Turn
from shop.search import Filters, SearchQuery

_BAND: Final = Decimal("1.5")
"""The language model reads "about" as from 0.8 to 1.2 times an amount."""
_OF_BAND: Final = Decimal("0.8")


def limits_everything(turn: Turn) -> bool:
    """Tell whether the amount that a message names is for all goods together."""
    return bool(turn.entities("price_max")) and not turn.from_button and says_any(turn, "search.for_all")


def for_everything(turn: Turn, filters: Filters) -> Filters:
    """Take an amount for all goods together as the most that each may cost."""
    if not limits_everything(turn) or filters.price_max is None:
        return filters
    most = filters.price_min / _OF_BAND if filters.price_min and _is_about(filters) else filters.price_max
    return replace(filters, price_min=None, price_max=most.quantize(Decimal(1)))


def with_room_below(query: SearchQuery) -> SearchQuery:
    """Let a recommendation "around 60" hold what costs less: a small present is one, too."""
    filters = query.filters
    return replace(query, filters=replace(filters, price_min=None)) if _is_about(filters) else query


def _is_about(filters: Filters) -> bool:
    low, high = filters.price_min, filters.price_max
    return bool(low and high) and abs((high or 0) - (low or 0) * _BAND) <= 1
