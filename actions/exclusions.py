"""What a search is not to show: added to it, lifted from it, and dropped where the shopper asks for it after all.

Values are in the catalogue's words, in small letters, as those of standing wishes are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from actions.desk_words import says_any
from actions.dislikes import disliked
from actions.said_goods import plain_words, said_kinds, stems_of
from actions.turn import Turn
from shop.search import Filters, SearchQuery
from shop.search_text import stem, words

_MOST = 20
_FREE_OF = re.compile(r"\b([a-z]{3,})-free\b")
_CLAUSES = re.compile(r"[^.;!?。；！？，]+[.;!?。；！？，]?")
_STATES = re.compile(r"\b(?:is|are|was|were|comes in)\b|'s\b|\bonly\b|只有|都是|就是|全是|是")
_ASKS = re.compile(
    r"\b(?:want|need|show|which|any|prefer|like|rather|looking|instead|do you)\b|[要想哪]|有没有|吗|呢|来"
)
# "She's got loads of cactuses already so not one of those".
_ENOUGH = re.compile(
    r"\b([a-z]{3,})(?: already| enough)?,? so (?:not|none|no more)(?: (?:one|any))? of (?:those|them|these)\b"
)
_FREE_ANYWAY = frozenset({"hands", "duty", "tax", "toll", "care", "maintenance", "stress", "risk", "feel"})
_WANTED = ("colour", "brand", "category", "option_value", "product_query")


def said_exclusions(turn: Turn, text: str = "") -> list[str]:
    """Read what the message excludes.

    A kind of goods that is turned down for another is only not looked for any more: "no cable, plants please".

    Args:
        turn: the turn.
        text: what the running search looks for; other kinds of goods need not be excluded from it.
    """
    named = [] if says_any(turn, "search.asks_for") else turn.entities("exclude")
    said = [*(plain_words(turn, value) for value in named), *_free_of(turn), *disliked(turn), *_had_enough(turn)]
    meant = [turn.services.glossary.translated(value).casefold() for value in said if value]
    if said_kinds(turn) or turn.entities("category"):
        return [value for value in meant if not turn.services.search.sells(value) and _bears_on(turn, value)]
    looked_for = stems_of(turn, text)
    return [
        value
        for value in meant
        if not text or stems_of(turn, value) & looked_for or not turn.services.search.sells(value)
    ]


def _bears_on(turn: Turn, value: str) -> bool:
    """Tell whether what is turned down can be of other goods: "no headset, a monitor then" leaves nothing out."""
    called = {word for meant in turn.services.glossary.terms.values() for word in meant.split()}
    is_goods = not (called.isdisjoint(value.split()[-1:]) or turn.services.advice.materials_in(value))
    return not is_goods or bool(turn.services.search.search(SearchQuery(value, limit=1)).total)


def said_colours(turn: Turn) -> list[str]:
    """Read the colours that the message wishes for; nothing that is "pink-free", or hated, is wished for in pink."""
    unwanted = {*_free_of(turn), *disliked(turn), *_only_stated(turn)}
    return [colour for colour in turn.entities("colour") if colour.casefold() not in unwanted]


def _only_stated(turn: Turn) -> list[str]:
    """Give the colours that a message only says something to have, where others are asked for: "Black only, hm"."""
    clauses = list(_CLAUSES.finditer(turn.text.casefold()))
    stated = [found for found in clauses if _STATES.search(found[0]) and not _ASKS.search(found[0])]
    placed = [(value.casefold(), start) for value, start, _ in turn.placed("colour")]
    told = [value for value, start in placed if any(one.start() <= start < one.end() for one in stated)]
    return told if len(told) < len(placed) and any(_ASKS.search(one[0]) for one in clauses) else []


def _free_of(turn: Turn) -> list[str]:
    return [value for value in _FREE_OF.findall(turn.text.casefold()) if value not in _FREE_ANYWAY]


def _had_enough(turn: Turn) -> list[str]:
    """Give the goods that a message turns down as somebody has them already."""
    return [] if turn.from_button else _ENOUGH.findall(turn.text.casefold())


def excluding(turn: Turn, query: SearchQuery, values: Sequence[str]) -> SearchQuery:
    """Add exclusions to a search; what it asked for of the same name is no longer asked for."""
    if not values:
        return query
    filters, gone = query.filters, set(values)
    wanted = replace(
        filters,
        categories=_without(filters.categories, gone),
        brands=_without(filters.brands, gone),
        colours=_without(filters.colours, gone),
        option_values=_without(filters.option_values, gone),
        options={name: value for name, value in filters.options.items() if value.casefold() not in gone},
        exclude=tuple(dict.fromkeys((*filters.exclude, *values)))[:_MOST],
    )
    return replace(query, text=_text_without(turn, query.text, values), filters=wanted, offset=0)


def lifting(query: SearchQuery, values: Collection[str]) -> SearchQuery:
    """Take exclusions away."""
    kept = _without(query.filters.exclude, {value.casefold() for value in values})
    return replace(query, filters=replace(query.filters, exclude=kept), offset=0)


def unless_wanted(turn: Turn, filters: Filters) -> Filters:
    """Drop exclusions of what the message asks for: "show me the red ones", after "nothing red"."""
    said = {stemmed for name in _WANTED for value in turn.entities(name) for stemmed in _stems(turn, value)}
    kept = tuple(value for value in filters.exclude if not {*_stems(turn, value)} <= said)
    return replace(filters, exclude=kept)


def _without(values: Iterable[str], gone: Collection[str]) -> tuple[str, ...]:
    return tuple(value for value in values if value.casefold() not in gone)


def _text_without(turn: Turn, text: str, values: Sequence[str]) -> str:
    """Cut excluded words out of the words that are searched for."""
    spoken = text.split()
    for value in values:
        for place in _places(turn, spoken, _stems(turn, value)):
            spoken[place] = ""
        spoken = [word for word in spoken if word]
    return " ".join(spoken)


def _places(turn: Turn, spoken: Sequence[str], phrase: Sequence[str]) -> Iterator[int]:
    """Give the places of the words that make up a phrase, side by side."""
    stems = [_stems(turn, word) for word in spoken]
    for first in range(len(spoken)):
        for last in range(first + 1, len(spoken) + 1):
            if phrase and [one for each in stems[first:last] for one in each] == list(phrase):
                yield from range(first, last)


def _stems(turn: Turn, text: str) -> list[str]:
    return [stem(word) for word in words(turn.services.glossary.translated(text))]
