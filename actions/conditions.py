"""What is said beside a search of its conditions: currency, a price to be near, and a colour that is no must."""

from __future__ import annotations

from dataclasses import replace

from actions.budgets import is_about, names_price, with_any_price
from actions.desk_words import label_pattern
from actions.turn import Turn
from actions.wished import prefers
from shop.catalogue import get_products_by_sku
from shop.search import SearchQuery

_TOLD = "told_currency"
_CURRENCIES = ("USD", "EUR", "GBP", "CNY", "JPY")


def say_currency(turn: Turn) -> None:
    """Say once in which currency prices are, where a limit is named in another."""
    if turn.slot(_TOLD) or turn.from_button or not names_price(turn):
        return
    own = _shop_currency(turn)
    if own and _names_another(turn, own):
        turn.remember(**{_TOLD: True})
        turn.say("utter_prices_in", currency=turn.labels.currency(own))


def as_preferred(turn: Turn, query: SearchQuery) -> SearchQuery:
    """Take a colour that is only preferred as a condition where something has it, and say what there is otherwise."""
    if not (query.filters.colours and prefers(turn)):
        return query
    search = turn.services.search.search
    free = replace(query, filters=replace(query.filters, colours=()))
    having, all_told = search(replace(query, limit=1)).total, search(replace(free, limit=1)).total
    colours = turn.labels.one_of(turn.labels.said(colour) for colour in query.filters.colours)
    if having and having < all_told:
        turn.say("utter_preferred_first", colours=colours, total=all_told - having)
    elif all_told and not having:
        turn.say("utter_preferred_missing", colours=colours)
    return query if having else free


def as_near(turn: Turn, query: SearchQuery, least: int = 1) -> SearchQuery:
    """Look for what is nearest to a price at any, where too little is near enough, and say so.

    Args:
        turn: the turn.
        query: what is looked for.
        least: how many things near the price are enough.
    """
    if not is_about(query.filters):
        return query
    search, free = turn.services.search.search, with_any_price(query)
    near, all_told = search(replace(query, limit=1)).total, search(replace(free, limit=1)).total
    if near >= min(least, all_told):
        return query
    price = turn.labels.number(query.filters.price_near)
    turn.say("utter_few_near_price" if near else "utter_none_near_price", price=price, total=near)
    return free


def _shop_currency(turn: Turn) -> str | None:
    hits = turn.services.search.search(SearchQuery(limit=1)).hits
    with turn.reading() as session:
        products = get_products_by_sku(session, [hit.sku for hit in hits])
    return products[0].price_min.currency.code if products else None


def _names_another(turn: Turn, own: str) -> bool:
    text = turn.text.casefold()
    if own in _CURRENCIES:
        text = label_pattern(turn, f"search.currencies.{own}").sub(" ", text)
    others = [code for code in _CURRENCIES if code != own]
    return any(label_pattern(turn, f"search.currencies.{code}").search(text) for code in others)
