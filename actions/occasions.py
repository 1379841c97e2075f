"""What a room, a hobby or a sort of people is about: the kinds of goods that are recommended for it."""

from __future__ import annotations

from dataclasses import replace

from actions.turn import Turn
from shop.search import SearchQuery


def for_occasion(turn: Turn, query: SearchQuery) -> SearchQuery:
    """Let a recommendation look for what an occasion is about, where a message names nothing else that the shop has.

    Colours that a word for several stands for, as "warm colours", are looked for where they leave anything.
    """
    occasion = turn.services.advice.occasion(turn.text, turn.services.vocabulary.categories())
    if occasion and (occasion.always or not finds(turn, query)):
        kinds = occasion.kinds.get(turn.language or "", occasion.kinds.get("en", ""))
        query = replace(query, text=kinds, filters=replace(query.filters, categories=occasion.categories))
    colours = turn.services.advice.colours_in(turn.text)
    if not colours or query.filters.colours:
        return query
    coloured = replace(query, filters=replace(query.filters, colours=colours))
    return coloured if _has_hits(turn, coloured) else query


def names_occasion(turn: Turn) -> bool:
    """Tell whether a message that was not understood tells for whom or what something is sought."""
    occasion = turn.services.advice.occasion(turn.text, turn.services.vocabulary.categories())
    return occasion is not None and not turn.form


def say_taste_unknown(turn: Turn) -> None:
    """Say of a taste, such as "cosy", that no data holds it."""
    taste = turn.services.advice.taste(turn.text)
    if taste:
        turn.say("utter_taste_not_stated", taste=taste)


def finds(turn: Turn, query: SearchQuery) -> bool:
    """Tell whether a search names goods that the shop has."""
    return bool(query.text or query.filters.categories) and _has_hits(turn, query)


def _has_hits(turn: Turn, query: SearchQuery) -> bool:
    return bool(turn.services.search.search(replace(query, limit=1)).hits)
