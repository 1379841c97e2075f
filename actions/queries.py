"""Searches that live on over turns: made from words, refined by more words, kept in a slot."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from statistics import median_high, median_low
from typing import Any

from actions.adjustments import EXCLUDE, Step, keep, steps_of
from actions.budgets import amount_said, for_everything, is_about, near_amount
from actions.exclusions import excluding, said_colours, said_exclusions, unless_wanted
from actions.labels import Labels
from actions.said_goods import joined_kinds, kinds_of
from actions.turn import Turn, clean_words
from actions.wished import freed, names_other_goods, wished_text
from shop.search import Filters, SearchQuery, Sort

PAGE = 5
EVERYTHING = SearchQuery(text="", filters=Filters(), sort=Sort.RELEVANCE, offset=0, limit=PAGE)
_CENT = Decimal("0.01")
_SIZE = re.compile(r"\d+(?:[.,]\d+)?|\b(?:x{0,4}[sl]|m)\b")
_HIGHEST_PRICE = Decimal(10**12)


def to_state(query: SearchQuery) -> dict[str, Any]:
    """Write a query as JSON values, for a slot."""
    filters = query.filters
    return {
        "text": query.text,
        "sort": str(query.sort),
        "offset": query.offset,
        "filters": {
            "price_min": None if filters.price_min is None else str(filters.price_min),
            "price_max": None if filters.price_max is None else str(filters.price_max),
            "categories": list(filters.categories),
            "brands": list(filters.brands),
            "colours": list(filters.colours),
            "options": dict(filters.options),
            "option_values": list(filters.option_values),
            "in_stock": filters.in_stock,
            "exclude": list(filters.exclude),
            "price_near": None if filters.price_near is None else str(filters.price_near),
        },
    }


def from_state(state: Mapping[str, Any]) -> SearchQuery:
    """Read a query back from a slot."""
    filters = state["filters"]
    return SearchQuery(
        text=state["text"],
        filters=Filters(
            price_min=None if filters["price_min"] is None else Decimal(filters["price_min"]),
            price_max=None if filters["price_max"] is None else Decimal(filters["price_max"]),
            categories=tuple(filters["categories"]),
            brands=tuple(filters["brands"]),
            colours=tuple(filters["colours"]),
            options=dict(filters["options"]),
            option_values=tuple(filters["option_values"]),
            in_stock=filters["in_stock"],
            # A search that was kept before there were exclusions has none.
            exclude=tuple(filters.get("exclude", ())),
            price_near=Decimal(filters["price_near"]) if filters.get("price_near") else None,
        ),
        sort=Sort(state["sort"]),
        offset=state["offset"],
        limit=PAGE,
    )


def new_query(turn: Turn, names: Sequence[str] = ()) -> SearchQuery:
    """Make a search from what was said.

    Args:
        turn: the turn.
        names: names of products that were named. Where no other words were said they are searched for as words, so
            that what is like them shows too.
    """
    query = refined(turn, EVERYTHING)
    return query if query.text else replace(query, text=joined_kinds(names))


def refined(turn: Turn, query: SearchQuery) -> SearchQuery:
    """Add what was said to a search: a new value takes the place of an old one of the same kind, the rest stays.

    Goods of another kind begin anew: what the ones before were to be like, but for their price, is not asked of them.
    """
    if names_other_goods(turn, query.text):
        old = query.filters
        query = replace(query, filters=Filters(price_min=old.price_min, price_max=old.price_max, in_stock=old.in_stock))
    kept = replace(query, filters=unless_wanted(turn, query.filters))
    query = excluding(turn, kept, said_exclusions(turn, query.text))
    filters = query.filters
    filters = replace(
        filters,
        price_min=price(turn, "price_min") if amount_said(turn, "price_min") else filters.price_min,
        price_max=price(turn, "price_max") if amount_said(turn, "price_max") else filters.price_max,
        categories=tuple(turn.entities("category")) or filters.categories,
        brands=tuple(turn.entities("brand")) or filters.brands,
        colours=tuple(said_colours(turn)) or filters.colours,
        in_stock=filters.in_stock or turn.entity("in_stock") == "true",
    )
    filters = near_amount(turn, _with_options(turn, filters))
    filters = freed(turn, for_everything(turn, filters))
    text = wished_text(turn, query.text)
    return replace(query, text=text, filters=filters, sort=sort_said(turn) or query.sort, offset=0)


def price(turn: Turn, name: str) -> Decimal | None:
    """Read a price bound; None where it is none that a price can have."""
    try:
        value = Decimal(amount_said(turn, name) or "")
    except InvalidOperation:
        return None
    if not value.is_finite() or not 0 <= value <= _HIGHEST_PRICE:
        return None
    if value == value.quantize(_CENT):
        return value
    # "About 20.04" is worked out to parts of a cent; nobody says such a bound.
    return value.quantize(Decimal(1), ROUND_FLOOR if name == "price_min" else ROUND_CEILING)


def sort_said(turn: Turn) -> Sort | None:
    """Read in which order the shopper wants to see things."""
    # "By price, descending" names an order twice, and the second word settles it.
    said = turn.entities("sort")[-1:]
    return next((sort for sort in Sort if sort in said), None)


def moved_price(query: SearchQuery, direction: str, pivot: Decimal) -> SearchQuery:
    """Understand "cheaper" and "dearer": less, or more, than a price of `price_pivot`."""
    if direction == "lower":
        filters = replace(query.filters, price_min=None, price_max=max(pivot - _CENT, Decimal(0)), price_near=None)
    else:
        filters = replace(query.filters, price_min=pivot + _CENT, price_max=None, price_near=None)
    return replace(query, filters=filters, offset=0)


def price_pivot(direction: str, prices: Sequence[Decimal], focus: Decimal | None) -> Decimal:
    """Give the price than which "cheaper" and "dearer" are.

    It is that of the thing last spoken of; where none was, that of the middle one of those shown: half of what the
    shopper has just seen then falls away, and some remain. Of two middle ones it is the one that leaves more.

    Args:
        direction: "lower" or "higher".
        prices: what the things shown cost.
        focus: what the thing last spoken of costs.
    """
    if focus is not None:
        return focus
    return median_high(prices) if direction == "lower" else median_low(prices)


def relaxations(query: SearchQuery) -> Iterator[tuple[str, SearchQuery]]:
    """Give the search without each of its filters in turn, with the label that names the filter."""
    filters = query.filters
    if filters.price_min is not None or filters.price_max is not None:
        free = replace(filters, price_min=None, price_max=None, price_near=None)
        yield "filters.price", replace(query, filters=free, offset=0)
    if filters.colours:
        yield "filters.colours", replace(query, filters=replace(filters, colours=()), offset=0)
    if filters.brands:
        yield "filters.brands", replace(query, filters=replace(filters, brands=()), offset=0)
    if filters.categories:
        yield "filters.categories", replace(query, filters=replace(filters, categories=()), offset=0)
    if filters.options or filters.option_values:
        yield "filters.options", replace(query, filters=replace(filters, options={}, option_values=()), offset=0)
    if filters.in_stock:
        yield "filters.in_stock", replace(query, filters=replace(filters, in_stock=False), offset=0)
    if filters.exclude:
        yield "filters.exclude", replace(query, filters=replace(filters, exclude=()), offset=0)


def criteria_text(labels: Labels, query: SearchQuery, materials: Collection[str] = ()) -> str:
    """Say in one line what is being looked for.

    Args:
        labels: the language.
        query: what is looked for.
        materials: what a thing may be of although its texts do not say so.
    """
    filters = query.filters
    parts = [labels.text("criteria.words", words=clean_words(labels.said(kind))) for kind in kinds_of(query.text)]
    parts += [*map(labels.value, filters.categories), *filters.brands, *map(labels.value, filters.colours)]
    parts += map(labels.value, [*filters.options.values(), *filters.option_values])
    parts += _prices_text(labels, filters)
    if filters.in_stock:
        parts.append(labels.text("criteria.in_stock"))
    without = {value: exclusion_text(labels, value) for value in filters.exclude}
    parts += [
        labels.text("wishes.as_stated", wish=text) if value in materials else text for value, text in without.items()
    ]
    return labels.text("criteria.separator").join(parts)


def _prices_text(labels: Labels, filters: Filters) -> Iterator[str]:
    if is_about(filters):
        yield labels.text("criteria.price_about", price=labels.number(filters.price_near))
        return
    if filters.price_min is not None:
        yield labels.text("criteria.price_min", price=labels.number(filters.price_min))
    if filters.price_max is not None:
        yield labels.text("criteria.price_max", price=labels.number(filters.price_max))


def exclusion_text(labels: Labels, value: str) -> str:
    """Say what is left out."""
    return labels.text("criteria.exclude", value=clean_words(labels.value(value)))


def remember_query(turn: Turn, query: SearchQuery) -> None:
    """Keep a search as the running one; what it excludes can be taken back like anything else that was told."""
    turn.remember(search_state=to_state(query))
    before = steps_of(turn)
    kept = [step for step in before if step.kind != EXCLUDE or step.value in query.filters.exclude]
    told = {step.value for step in kept if step.kind == EXCLUDE}
    steps = [*kept, *(Step(EXCLUDE, value) for value in query.filters.exclude if value not in told)]
    if steps != before:
        keep(turn, steps)


def _with_options(turn: Turn, filters: Filters) -> Filters:
    """Add the option values that were said; each takes the place of those before it that say the same sort of thing."""
    said = turn.entities("option_value")
    if not said:
        return filters
    hint = (turn.entity("option_name") or "").casefold()
    options = {value: _option_of(turn, value, hint) for value in said}
    kinds = {_kind(value) for value in said}
    kept = {name: value for name, value in filters.options.items() if name.casefold() != hint}
    return replace(
        filters,
        options={**{name: value for name, value in kept.items() if _kind(value) not in kinds}, **_named(options)},
        option_values=(
            *(value for value in filters.option_values if _kind(value) not in kinds),
            *(value for value, name in options.items() if name is None),
        ),
    )


def _named(options: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for value, name in options.items() if name is not None}


def _option_of(turn: Turn, value: str, hint: str) -> str | None:
    """Name the option that a value belongs to: the only one that has it, or the one that was said with it."""
    names = turn.services.vocabulary.options_having(value)
    meant = [name for name in names if name.casefold() == hint] or names
    return meant[0] if len(meant) == 1 else None


def _kind(value: str) -> str:
    """Give what is left of a value without its number or letter size: "Size 42" and "Size M" are of one kind."""
    return _SIZE.sub("#", value.casefold())
