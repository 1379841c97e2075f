"""Examples of replies: read from JSON lines, checked, and split by the situation they are of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from replies.errors import InvalidExample, InvalidFact
from replies.facts import ACTS, LANGUAGES, Act, Fact, Language

Row = TypeVar("Row")
Split = Literal["train", "validation", "test"]
KEYS: Final = frozenset({"family", "act", "language", "turns", "facts", "asked", "reply"})


@dataclass(frozen=True)
class Example:
    """What a shopper said, what is known, and how a person would answer it."""

    family: str
    act: Act
    language: Language
    turns: tuple[str, ...]
    facts: tuple[Fact, ...]
    asked: tuple[str, ...]
    reply: str

    @property
    def split(self) -> Split:
        """Give the part that the example's family is in: no family is in two."""
        return split_of(self.family)

    def as_json(self) -> str:
        """Give the example as one line."""
        facts = [{key: value for key, value in vars(fact).items() if value} for fact in self.facts]
        return json.dumps(
            {**vars(self), "turns": list(self.turns), "facts": facts, "asked": list(self.asked)}, ensure_ascii=False
        )


def split_of(family: str) -> Split:
    """Give the part of a family: 80 in 100 to train, 10 to validate, 10 to test."""
    place = int(hashlib.sha256(family.encode()).hexdigest(), 16) % 100
    return "train" if place < 80 else "validation" if place < 90 else "test"


def example_of(row: Mapping[str, Any]) -> Example:
    """Make an example of what a line holds.

    Raises:
        ValueError: Naming what is wrong.
    """
    if set(row) != KEYS:
        raise ValueError(f"keys are {sorted(row)}, not {sorted(KEYS)}")
    if row["act"] not in ACTS or row["language"] not in LANGUAGES:
        raise ValueError(f"no such act or language: {row['act']}, {row['language']}")
    texts = [row["family"], row["reply"], *row["turns"], *row["asked"]]
    if not row["turns"] or not all(isinstance(text, str) and text.strip() for text in texts):
        raise ValueError("family, turns, asked and reply are texts, and at least one turn was said")
    try:
        facts = tuple(Fact(**fact) for fact in row["facts"])
    except (InvalidFact, TypeError) as error:
        raise ValueError(str(error)) from error
    return Example(
        row["family"], row["act"], row["language"], tuple(row["turns"]), facts, tuple(row["asked"]), row["reply"]
    )


def read_rows(path: Path, make: Callable[[Any], Row]) -> Iterator[Row]:
    """Give what each JSON line of a file holds.

    Args:
        path: the file.
        make: makes it of the line's values.

    Raises:
        InvalidExample: With the line that is none.
    """
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            yield make(json.loads(line))
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise InvalidExample(path, number, str(error)) from error


def read_examples(path: Path) -> Iterator[Example]:
    """Give the examples of a file of JSON lines.

    Raises:
        InvalidExample: With the line that is none.
    """
    return read_rows(path, example_of)


def read_folder(folder: Path) -> list[Example]:
    """Give all examples below `folder/<language>/<act>.jsonl`, in a fixed order."""
    paths = (folder / language / f"{act}.jsonl" for language in LANGUAGES for act in ACTS)
    return [example for path in paths if path.exists() for example in read_examples(path)]


def write_examples(path: Path, examples: Iterable[Example]) -> None:
    """Write examples as JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(example.as_json() + "\n" for example in examples), encoding="utf-8")
