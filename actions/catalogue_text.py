"""How texts of the catalogue are shown to shoppers of another language: as they are, and no longer than is useful."""

from __future__ import annotations

from typing import Final

from actions.turn import Turn
from replies.topics import language_of

_LONGEST: Final = 240


def original(turn: Turn, text: str) -> str:
    """Give a text of the shop; one in another language than the conversation is said to be so."""
    language = language_of(text)
    if turn.language in (None, language) or not text:
        return text
    return turn.labels.text("details.original", text=text)


def in_short(turn: Turn, text: str) -> str:
    """Give a text of the shop; of one in another language only whole sentences from its beginning."""
    if turn.language in (None, language_of(text)):
        return text
    kept: list[str] = []
    for sentence in turn.services.topics.sentences(text):
        if kept and sum(map(len, kept)) + len(sentence) > _LONGEST:
            break
        kept.append(sentence)
    return original(turn, " ".join(kept))


def colour_names(turn: Turn, colours: tuple[str, ...] | list[str]) -> list[str]:
    """Say colours as shoppers do; one of a single sign is too short to stand alone."""
    said = [turn.labels.said(colour) for colour in colours]
    return [turn.labels.text("colours.short", colour=one) if len(one) == 1 else one for one in said]
