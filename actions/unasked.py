"""What a message names and does not ask about: what it refuses, and what the thing asked about only goes with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from actions.references import Mention
from actions.spoken import says
from actions.turn import Turn

_CLAUSE = re.compile(r"[^,.;!?，。；！？\n]+[,.;!?，。；！？\n]*")


def set_aside_unasked(turn: Turn) -> None:
    """Hear only of what a question is about: "a bedside table is no good. How much is the chair?" is about the chair.

    A message that asks about nothing else is left as it is.
    """
    if not turn.from_button:
        set_aside_refused(turn)
        _set_aside_companions(turn)


def set_aside_refused(turn: Turn) -> None:
    """Leave out the clauses that say of something that it is not wanted or not meant, where another one asks."""
    clauses = [found.span() for found in _CLAUSE.finditer(turn.text)]
    refused = [span for span in clauses if _refuses(turn, turn.text[slice(*span)])]
    if refused and len(refused) < len(clauses):
        turn.set_aside(*refused)
        # What is refused is no part of the question either.
        turn.text = turn.heard


def asks_whether_included(turn: Turn) -> bool:
    """Tell whether goods are only named ahead of the question whether they come with something spoken of."""
    if turn.from_button or turn.whole_text == turn.text or not turn.slot("focus_sku"):
        return False
    goods = " ".join(turn.entities("product_query")).casefold()
    return bool(goods) and any(
        goods in turn.whole_text[slice(*span)].casefold() for span in _companions(turn.whole_text, turn)
    )


def _set_aside_companions(turn: Turn) -> None:
    """Set aside what something is used with or comes with: "does it work with my laptop?" asks about no laptop."""
    for start, end in _companions(turn.text, turn):
        rest = turn.text[:start] + " " * (end - start) + turn.text[end:]
        if _names_another(turn, rest):
            turn.set_aside((start, end))


def _companions(text: str, turn: Turn) -> Iterator[tuple[int, int]]:
    for labels in turn.services.languages.values():
        for found in re.finditer(labels.text("said.companion"), text, re.IGNORECASE):
            yield found.span(next(place for place, words in enumerate(found.groups(), 1) if words is not None))


def _names_another(turn: Turn, rest: str) -> bool:
    """Tell whether something is asked about besides: what the rest of a message names, or what was spoken of."""
    if turn.slot("focus_sku"):
        return True
    kinds = ("product", "sku", "product_query", "option_value", "ordinal", "reference")
    return any(rest[start:end].strip() for _, start, end in turn.placed(*kinds)) and Mention.of(turn).says_something


def _refuses(turn: Turn, clause: str) -> bool:
    return says(turn, "refused", clause) and not says(turn, "still_asks", clause)
