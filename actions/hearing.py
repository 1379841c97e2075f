"""What is heard of a text of which stretches are set aside."""

from __future__ import annotations

from collections.abc import Iterable


def blanked(text: str, stretches: Iterable[tuple[int, int]]) -> str:
    """Put spaces in the place of stretches of a text, so that each other letter keeps its place."""
    for start, end in stretches:
        text = text[:start] + " " * (min(end, len(text)) - start) + text[end:]
    return text


def words_left(words: str, text: str, heard: str) -> str:
    """Leave out of some words those that a text has, and what is heard of it has not."""
    said, left = text.casefold(), heard.casefold()
    return " ".join(word for word in words.split() if word.casefold() in left or word.casefold() not in said)
