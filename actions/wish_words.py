"""Reads what a message does to wishes: states one, gives one up, or names a thing in passing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from actions.advice_words import clauses
from actions.turn import Turn
from actions.wishes import EXCLUDE, Wish, stated

_STILL: Final = re.compile(r"\bstill\b|还是|依然|照样|仍")


@dataclass(frozen=True)
class SaidWishes:
    """What a message does to wishes.

    Attributes:
        stated: wishes that hold from now on.
        given_up: wishes that hold no longer, or were never meant.
        limited: whether one is given up for some sort of goods only.
    """

    stated: Sequence[Wish]
    given_up: Sequence[Wish] = ()
    limited: bool = False


def said_wishes(turn: Turn) -> SaidWishes:
    """Read them; what a button says is stated."""
    found = stated(turn)
    if turn.from_button:
        return SaidWishes(found)
    ways = {wish: _way(turn, wish) for wish in found}
    given_up = [wish for wish, way in ways.items() if way == "given_up"]
    limited = bool(given_up) and turn.services.advice.says("limited", turn.text)
    return SaidWishes([wish for wish, way in ways.items() if way == "stated"], given_up, limited)


def still_holds(turn: Turn, value: str) -> bool:
    """Tell whether a message says of a thing, beside another that it gives up, that it is still unwanted."""
    return _STILL.search(_clause_of(turn, value)) is not None


def _way(turn: Turn, wish: Wish) -> str:
    """Tell whether a thing that was read as unwanted is so: "leather is fine", "I wear shoes in 42"."""
    clause = _clause_of(turn, wish.value) if wish.kind == EXCLUDE else ""
    advice = turn.services.advice
    if not clause:
        return "stated"
    if advice.says("denial", clause) or (advice.says("acceptance", clause) and not _STILL.search(clause)):
        return "given_up"
    return "named" if advice.says("wanted", clause) and not advice.says("negation", clause) else "stated"


def _clause_of(turn: Turn, value: str) -> str:
    """Give the part of the message that names a thing."""
    names = {turn.services.glossary.translated(value).casefold(), turn.labels.said(value).casefold()}
    parts = [part.casefold() for part in clauses(turn.text)]
    named = (
        part for part in parts if any(name in part or name in turn.services.glossary.translated(part) for name in names)
    )
    return next(named, "")
