"""What a message says that the shopper dislikes, where the language model saw a mere word: "I can't stand pink"."""

from __future__ import annotations

from actions.advice_words import clauses
from actions.turn import Turn
from shop.search_text import stem, words


def disliked(turn: Turn) -> list[str]:
    """Name the colours and materials that a message says are disliked, in the catalogue's words."""
    if turn.from_button:
        return []
    advice = turn.services.advice
    parts = (advice.after("dislike", part) for part in clauses(turn.text))
    found = [value for part in parts if part for value in (*_colours(turn, part), *advice.materials_in(part))]
    return list(dict.fromkeys(found))


def _colours(turn: Turn, text: str) -> list[str]:
    said = {stem(word) for word in words(turn.services.glossary.translated(text))}
    return [colour.casefold() for colour in turn.services.vocabulary.colours() if stem(colour.casefold()) in said]
