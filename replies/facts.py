"""What a reply may speak of: dialogue acts, languages, and facts as typed fields."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from replies.errors import InvalidExample

NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
MOST_FACTS = 32
MOST_PASSAGE = 600
"""Characters of a policy passage that are read."""


class Act(StrEnum):
    """What a reply does."""

    ANSWER_POLICY = "answer_policy"
    JUDGE_SUITABILITY = "judge_suitability"
    COMPARE_FOR = "compare_for"
    EXPLAIN_PICK = "explain_pick"
    APOLOGISE = "apologise"
    SMALL_TALK = "small_talk"
    ASK_MORE = "ask_more"
    SAY_UNKNOWN = "say_unknown"
    SOOTHE = "soothe"


class Language(StrEnum):
    """The languages that replies are written in."""

    EN = "en"
    ZH = "zh"


class Kind(StrEnum):
    """What a fact is; the first five are only ever written by their placeholder."""

    NAME = "name"
    MONEY = "money"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"
    TRUTH = "truth"
    CHOICE = "choice"
    PASSAGE = "passage"


HIDDEN = frozenset({Kind.NAME, Kind.MONEY, Kind.NUMBER, Kind.DATE, Kind.TEXT})
"""Kinds whose value the model never sees and never writes."""

TRUTHS = ("yes", "no", "unknown")


@dataclass(frozen=True)
class Fact:
    """One thing that is so.

    Attributes:
        name: what it is, as `price` or `product.1`.
        kind: how it is spoken of.
        value: what is said in words: of a truth "yes", "no" or "unknown", of a choice and a passage their text. Empty
            for kinds that are written by their placeholder.
    """

    name: str
    kind: Kind
    value: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be spoken of."""
        if not NAME.fullmatch(self.name):
            raise InvalidExample("fact", self.name, "a name is small letters, digits, _ and .")
        object.__setattr__(self, "kind", _kind(self.kind))
        if self.kind in HIDDEN and self.value:
            raise InvalidExample(self.name, self.value, f"a {self.kind} never shows its value to the model")
        if self.kind is Kind.TRUTH and self.value not in TRUTHS:
            raise InvalidExample(self.name, self.value, f"a truth is one of {', '.join(TRUTHS)}")

    @property
    def placeholder(self) -> str | None:
        """The text that stands for its value in a reply; None for what is said in words."""
        return f"{{{self.name}}}" if self.kind in HIDDEN else None


def allowed_names(facts: Iterable[Fact]) -> frozenset[str]:
    """Give the names that may stand in braces."""
    return frozenset(fact.name for fact in facts if fact.kind in HIDDEN)


def placeholders_of(reply: str) -> tuple[str, ...]:
    """Give the names in braces of a reply, in order."""
    return tuple(PLACEHOLDER.findall(reply))


def require_facts(facts: tuple[Fact, ...], where: str) -> None:
    """Refuse facts that cannot be told apart, or are too many to be read.

    Raises:
        InvalidExample: two have one name, or there are more than `MOST_FACTS`.
    """
    names = [fact.name for fact in facts]
    if len(set(names)) < len(names):
        raise InvalidExample(where, sorted(names), "two facts have one name")
    if len(names) > MOST_FACTS:
        raise InvalidExample(where, len(names), f"at most {MOST_FACTS} facts")


def _kind(value: str) -> Kind:
    try:
        return Kind(value)
    except ValueError as error:
        raise InvalidExample("kind", value, f"one of {', '.join(Kind)}") from error
