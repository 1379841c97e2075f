"""Examples to learn from: one JSON line each, in one file for each language and act."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from replies.errors import InvalidExample, NothingToLearn
from replies.facts import Act, Fact, Kind, Language, allowed_names, placeholders_of, require_facts

TRAIN, VALIDATION, TEST = "train", "validation", "test"


@dataclass(frozen=True)
class Situation:
    """What a reply is asked for: everything that the model reads.

    Attributes:
        act: what the reply is to do.
        language: the language of the reply.
        facts: all that may be said.
        asked: names of the facts that the shopper asked for.
        turns: the shopper's last messages, the newest last.
    """

    act: Act
    language: Language
    facts: tuple[Fact, ...] = ()
    asked: tuple[str, ...] = ()
    turns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Turn plain values into their types, and refuse what cannot be."""
        try:
            object.__setattr__(self, "act", Act(self.act))
            object.__setattr__(self, "language", Language(self.language))
        except ValueError as error:
            raise InvalidExample("situation", f"{self.act}, {self.language}", "unknown act or language") from error
        for name in ("facts", "asked", "turns"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        require_facts(self.facts, "facts")


@dataclass(frozen=True)
class Example:
    """A situation and the reply that a person would want; `family` is shared by paraphrases of one situation."""

    family: str
    situation: Situation
    reply: str

    def __post_init__(self) -> None:
        """Refuse a reply that the model could not be allowed to write."""
        unknown = set(placeholders_of(self.reply)) - allowed_names(self.situation.facts)
        if unknown:
            raise InvalidExample(self.family, sorted(unknown), "the reply has placeholders without a fact")
        if not self.reply.strip():
            raise InvalidExample(self.family, self.reply, "the reply is empty")

    @property
    def split(self) -> str:
        """The part of the data to which its whole family belongs: 80, 10 and 10 of a hundred."""
        bucket = int(hashlib.sha256(self.family.encode()).hexdigest()[:8], 16) % 10
        return TEST if bucket == 0 else VALIDATION if bucket == 1 else TRAIN


def example_of(found: Mapping[str, Any], where: str = "example") -> Example:
    """Read one example from its JSON value.

    Raises:
        InvalidExample: a field is missing, unknown or of another form.
    """
    try:
        facts = tuple(fact_of(fact) for fact in found["facts"])
        situation = Situation(found["act"], found["language"], facts, found["asked"], found["turns"])
        return Example(str(found["family"]), situation, str(found["reply"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise InvalidExample(where, dict(found) if isinstance(found, Mapping) else found, f"{error!r}") from error


def fact_of(found: Mapping[str, Any]) -> Fact:
    """Read one fact from its JSON value."""
    return Fact(str(found["name"]), Kind(found["kind"]), str(found.get("value", "")))


def read_examples(folder: Path) -> list[Example]:
    """Read every `LANGUAGE/ACT.jsonl` of a folder, in the order of their names.

    Raises:
        NothingToLearn: there is none.
        InvalidExample: a line cannot be used; the message names it.
    """
    files = sorted(folder.glob("*/*.jsonl"))
    examples = [example for file in files for example in _of_file(file)]
    if not examples:
        raise NothingToLearn(f"{folder} has no examples: LANGUAGE/ACT.jsonl, one JSON value a line")
    return examples


def split_of(examples: Sequence[Example], split: str) -> list[Example]:
    """Give the examples of one part of the data."""
    return [example for example in examples if example.split == split]


def _of_file(file: Path) -> Iterator[Example]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        where = f"{file}:{number}"
        try:
            found = json.loads(line)
        except ValueError as error:
            raise InvalidExample(where, line[:80], "no JSON value") from error
        try:
            yield example_of(found, where)
        except (InvalidExample, ValueError) as error:
            raise InvalidExample(where, line[:80], str(error)) from error
