"""What a room, a hobby or a sort of people is about: the kinds of goods that are recommended for it."""

from __future__ import annotations

from dataclasses import replace

from actions.desk_words import says_any
from actions.said_goods import kinds_of
from actions.turn import Turn, clean_words
from shop.search import SearchQuery


def for_occasion(turn: Turn, query: SearchQuery) -> SearchQuery:
    """Let a recommendation look for what an occasion is about, where a message names nothing else that the shop has.

    Colours that a word for several stands for, as "warm colours", are looked for where they leave anything.
    """
    occasion = turn.services.advice.occasion(turn.text, turn.services.vocabulary.categories())
    if occasion and (occasion.always or not finds(turn, query)):
        _say_lacking(turn, query)
        kinds = occasion.kinds.get(turn.language or "", occasion.kinds.get("en", ""))
        query = replace(query, text=kinds, filters=replace(query.filters, categories=occasion.categories))
    colours = turn.services.advice.colours_in(turn.text)
    if not colours or query.filters.colours:
        return query
    coloured = replace(query, filters=replace(query.filters, colours=colours))
    return coloured if _has_hits(turn, coloured) else query


def _say_lacking(turn: Turn, query: SearchQuery) -> None:
    """Say that the shop lacks goods that are asked for by name, before what the occasion is about is shown."""
    kinds = [kind for kind in kinds_of(query.text) if not finds(turn, replace(query, text=kind))]
    if kinds and not turn.from_button and says_any(turn, "search.asks_goods"):
        quoted = (turn.labels.text("criteria.words", words=clean_words(kind)) for kind in kinds)
        turn.say("utter_kinds_missing", kinds=turn.labels.one_of(quoted))


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
    kinds = kinds_of(query.text) or [""]
    named = bool(query.text or query.filters.categories)
    return named and any(_has_hits(turn, replace(query, text=kind)) for kind in kinds)


def _has_hits(turn: Turn, query: SearchQuery) -> bool:
    return bool(turn.services.search.search(replace(query, limit=1)).hits)
