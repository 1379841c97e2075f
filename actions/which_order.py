"""Which of a shopper's orders a message means: by what is in them, by their days, by "the latest"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.desk_lines import named_lines, words_hit
from actions.desk_words import says_any
from actions.turn import Turn
from shop.days import Days
from shop.orders import OrderView, list_orders
from shop.text import ascii_digits

LISTED = 5
"""So many are listed at most."""
GOODS = ("product", "product_query", "category")

# So many of the newest are looked at for what is named.
_LOOKED = 30
_SAYS_WHICH = (*GOODS, "sku", "brand", "colour", "option_value")
# "The 28th", "28号": an order has a day, and a house or a size may have such a number, too.
_DAY = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b|(?<!\d)(\d{1,2})[号號日]", re.IGNORECASE)
_ORDER_NUMBER = re.compile(r"(?<![A-Za-z0-9.#$€£-])\d{4,12}(?![\dA-Za-z]|\.\d)", re.ASCII)
_CLOSED = frozenset({"delivered", "cancelled"})


def numbers_in(text: str) -> list[str]:
    """List what can be numbers of orders in a text, in their order; a number with a sign before it is none."""
    return list(dict.fromkeys(_ORDER_NUMBER.findall(ascii_digits(text))))


def numbers_said(turn: Turn) -> list[str]:
    """List the numbers of the shopper's own orders that a message names, however they were read."""
    said = [] if turn.from_button else numbers_in(turn.text)
    own = {order.number for order in newest_orders(turn)} if said else set()
    return [number for number in said if number in own]


def days_said(turn: Turn) -> Days | None:
    """Read the days that are asked about; None where there are none that can be."""
    try:
        return Days.parse(turn.entity("ordered") or "")
    except ValueError:
        return None


def named_orders(turn: Turn, placed: Days | None = None) -> list[OrderView]:
    """Find the orders, of some days or of all, that hold what a message names: "where is my laptop?"."""
    # "Where is my order?" need not look into each of them.
    if turn.from_button or not (any(map(turn.entity, _SAYS_WHICH)) or says_any(turn, "desk.describing")):
        return []
    return holding(turn, newest_orders(turn, placed))[:LISTED]


def pointed_at(turn: Turn) -> OrderView | None:
    """Find the one order that words point at: "the latest", "the one of the 28th", "the one that hasn't come"."""
    if turn.from_button:
        return None
    day, is_newest = _DAY.search(ascii_digits(turn.text)), says_any(turn, "desk.newest")
    if not (day or is_newest or says_any(turn, "desk.not_come")):
        return None
    orders = newest_orders(turn)
    if day and (of_day := [one for one in orders if one.placed_at.day == int(day[1] or day[2])]):
        return of_day[0] if len(of_day) == 1 else None
    if is_newest:
        return next(iter(orders), None)
    still_open = [one for one in orders if one.state not in _CLOSED]
    return still_open[0] if len(still_open) == 1 and not any(map(turn.entity, GOODS)) else None


def newest_orders(turn: Turn, placed: Days | None = None) -> list[OrderView]:
    """Give the newest orders, of some days or of all, among which one that is meant is looked for."""
    with turn.reading() as session:
        return list_orders(session, turn.shopper, limit=_LOOKED, placed=placed)


def holding(turn: Turn, orders: Sequence[OrderView]) -> list[OrderView]:
    """Leave the orders that hold what a message names; of these, the ones that hold most of it."""
    hits = {order.number: words_hit(turn, order.lines) for order in orders}
    fitting = [order for order in orders if named_lines(turn, order.lines) or hits[order.number] > 1]
    fitting = [order for order in fitting if _has_option_said(turn, order)] or fitting
    most = max((hits[order.number] for order in fitting), default=0)
    return [order for order in fitting if hits[order.number] == most]


def _has_option_said(turn: Turn, order: OrderView) -> bool:
    """Tell whether a line of an order has the colour or size that a message names: "the mint one"."""
    said = {value.casefold() for kind in ("colour", "option_value") for value in turn.entities(kind)}
    return any(said & {value.casefold() for value in line.options.values()} for line in order.lines)


def listed_number(turn: Turn, numbers: Sequence[str]) -> str | None:
    """Find the one of some listed orders that a message means by its day, by what is in it, or as the newest."""
    if turn.from_button or not numbers:
        return None
    if named := [number for number in numbers_in(turn.text) if number in numbers]:
        return named[0]
    if says_any(turn, "desk.upper_one"):
        return numbers[0]
    if says_any(turn, "desk.lower_one"):
        return numbers[-1]
    pointed = pointed_at(turn)
    if pointed and pointed.number in numbers:
        return pointed.number
    listed = [one for one in newest_orders(turn, days_said(turn)) if one.number in numbers]
    meant = listed if days_said(turn) and len(listed) == 1 else holding(turn, listed)
    return meant[0].number if len(meant) == 1 else None
