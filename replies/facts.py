"""A fact that a reply may state: what it is called, of which kind, and what is known of its value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

from replies.errors import InvalidFact

Kind = Literal["name", "money", "number", "date", "text", "truth", "choice", "passage"]
Language = Literal["en", "zh"]
Act = Literal[
    "answer_policy",
    "judge_suitability",
    "compare_for",
    "explain_pick",
    "apologise",
    "small_talk",
    "ask_more",
    "say_unknown",
    "soothe",
]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
ACTS: Final[tuple[Act, ...]] = get_args(Act)
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
PLACED: Final = frozenset({"name", "money", "number", "date", "text"})
"""Kinds whose value a reply never says in words: only `{name}` stands for it, and code fills it in."""
TRUTHS: Final = ("yes", "no", "unknown")
NAME: Final = re.compile(r"[a-z][a-z_]*(\.[1-9])?")
PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Fact:
    """One typed field of what is known.

    `waterproof.2` is of the second product of those compared; without a number it is of the only one. The value of a
    placed kind is known only where a reply is filled, and holds its unit ("30 days", "1.2 kg", "4.90 USD").
    """

    name: str
    kind: Kind
    value: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no fact.

        Raises:
            InvalidFact: Naming the field that is wrong.
        """
        if not NAME.fullmatch(self.name):
            raise InvalidFact("name", self.name)
        if self.kind not in KINDS:
            raise InvalidFact("kind", self.kind)
        if self.kind == "truth" and self.value not in TRUTHS:
            raise InvalidFact("value", self.value)
        if self.kind in ("choice", "passage") and not self.value:
            raise InvalidFact("value", self.value)

    @property
    def attribute(self) -> str:
        """Give the name without the number of the product."""
        return self.name.partition(".")[0]

    @property
    def of(self) -> str:
        """Give the number of the product, or nothing."""
        return self.name.partition(".")[2]


def shown(fact: Fact) -> Fact:
    """Give a fact as a model sees it: without its value where only a placeholder says it."""
    return replace(fact, value="") if fact.kind in PLACED else fact


def placeholders(text: str) -> list[str]:
    """Give the names that stand in braces, in the order of the text."""
    return PLACEHOLDER.findall(text)


def disputed(facts: Iterable[Fact]) -> frozenset[str]:
    """Give the names that stand there twice and do not say the same: nothing may be stated of them."""
    seen: dict[str, Fact] = {}
    twice: set[str] = set()
    for fact in facts:
        before = seen.setdefault(fact.name, fact)
        if before is not fact and (before.value != fact.value or not fact.value):
            twice.add(fact.name)
    return frozenset(twice)
