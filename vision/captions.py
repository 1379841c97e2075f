"""What is said of a product in the texts that its pictures are compared with, in training and in the gallery alike."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vision.catalogue import Item

COLOUR_NAMES = ("colour", "color")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_LONGEST = 200
"""Characters of a description: text towers read some 60 to 77 tokens and cut what is longer."""


def captions(item: Item) -> tuple[str, ...]:
    """Give the texts of a product, the plainest first; none is empty and none comes twice.

    They are its title; title and class; a sentence with its colours and other facts; the first sentence of its
    description. What the shop does not know is left out, so a product may have no text at all.
    """
    title = item.title.strip()
    return tuple(dict.fromkeys(text for text in _texts(item, title) if text))


def _texts(item: Item, title: str) -> Iterator[str]:
    yield title
    kind = item.category[-1].strip() if item.category else ""
    if kind:
        yield f"{title}, {kind}" if title else kind
    if item.facts:
        yield _with_facts(item, title or kind)
    yield first_sentence(item.description)


def _with_facts(item: Item, named: str) -> str:
    """Say colours before the name and everything else after it: "a photo of a red and blue Runner, brand Acme"."""
    colours = [value for name in COLOUR_NAMES for value in item.facts.get(name, ())]
    others = [f"{name} {' and '.join(values)}" for name, values in item.facts.items() if name not in COLOUR_NAMES]
    subject = " ".join(part for part in (" and ".join(colours), named) if part)
    return ", ".join([f"a photo of {subject}", *others])


def first_sentence(description: str) -> str:
    """Give the first sentence of a text, on one line, cut at a word where it is very long."""
    sentence = _SENTENCE_END.split(" ".join(description.split()), maxsplit=1)[0]
    if len(sentence) <= _LONGEST:
        return sentence
    return sentence[:_LONGEST].rsplit(" ", 1)[0]
