"""The same example with its products the other way round, or with other names for the values of its passage.

Which product is the cheaper one, and which number is the one that was asked for, is then to be read and not to be known
by heart.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from replies.examples import Example
from replies.facts import PLACEHOLDER, Fact
from replies.passages import NAMES

OTHER: Final = {"1": "2", "2": "1"}
_PRODUCT: Final = re.compile(r"(?<=\.)[12](?=$|\})")


def varied(example: Example, share: float, chance: random.Random) -> Example:
    """Vary an example, if it is one of the share that is drawn."""
    if chance.random() >= share:
        return example
    if example.act == "compare_for":
        return swapped(example)
    return renamed(example, new_names(example, chance))


def swapped(example: Example) -> Example:
    """Let the two products of an example change places."""
    facts = tuple(
        replace(fact, name=_other(fact.name), value=_other(fact.value) if fact.kind == "choice" else fact.value)
        for fact in example.facts
    )
    reply = PLACEHOLDER.sub(lambda match: _other(match[0]), example.reply)
    return replace(example, facts=facts, asked=tuple(map(_other, example.asked)), reply=reply)


def renamed(example: Example, names: Mapping[str, str]) -> Example:
    """Call placeholders by other names, wherever they stand."""

    def of(name: str) -> str:
        return names.get(name, name)

    def text(value: str) -> str:
        return PLACEHOLDER.sub(lambda match: f"{{{of(match[1])}}}", value)

    facts = tuple(Fact(of(fact.name), fact.kind, text(fact.value)) for fact in example.facts)
    return replace(example, facts=facts, asked=tuple(map(of, example.asked)), reply=text(example.reply))


def new_names(example: Example, chance: random.Random, taken: frozenset[str] = frozenset()) -> dict[str, str]:
    """Draw a name that no other fact has for each number and amount of an example that answers from a passage.

    Args:
        example: whose names are to change; nothing does where it has no passage, or more values than there are names.
        chance: what is drawn.
        taken: names that may not be drawn.
    """
    if not any(fact.kind == "passage" for fact in example.facts):
        return {}
    drawn: dict[str, str] = {}
    for kind in ("money", "number"):
        own = list(dict.fromkeys(fact.name for fact in example.facts if fact.kind == kind))
        free = [name for name in NAMES[kind] if name not in taken]
        if len(own) > len(free):
            return {}
        drawn |= dict(zip(own, chance.sample(free, len(own)), strict=True))
    return drawn


def _other(text: str) -> str:
    return _PRODUCT.sub(lambda match: OTHER[match[0]], text)
