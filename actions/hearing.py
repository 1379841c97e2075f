"""What is heard of a text of which stretches are set aside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_LONGEST = 200


def blanked(text: str, stretches: Iterable[tuple[int, int]]) -> str:
    """Put spaces in the place of stretches of a text, so that each other letter keeps its place."""
    for start, end in stretches:
        text = text[:start] + " " * (min(end, len(text)) - start) + text[end:]
    return text


def words_left(words: str, text: str, heard: str) -> str:
    """Leave out of some words those that a text has, and what is heard of it has not."""
    said, left = text.casefold(), heard.casefold()
    return " ".join(word for word in words.split() if word.casefold() in left or word.casefold() not in said)


def strings_of(value: Any) -> list[str]:
    """Give the plain values of an entity or a slot, cut where they are too long to be one."""
    items = value if isinstance(value, list | tuple) else [value]
    plain = [str(item).strip() for item in items if isinstance(item, str | int | float) and not isinstance(item, bool)]
    return [item[:_LONGEST] for item in plain if item]
