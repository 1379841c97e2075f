"""Public sets of messages with their intents, read from a folder that the caller names."""

from __future__ import annotations

import csv
import gzip
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from assistant.nlu.families import families_of

# What a message means for which a set has no intent.
STRANGE = "out of scope"
_HELD_OUT = 0.2


class UnreadableSet(Exception):
    """A data set is missing, or not of the form that is read."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be read: {reason}; DATASETS names the folder of the data sets")
        self.path, self.reason = path, reason


@dataclass(frozen=True)
class Example:
    """A message and its intent, or STRANGE."""

    text: str
    intent: str


@dataclass(frozen=True)
class PublicSet:
    """A set with its own parts.

    Attributes:
        validation: empty where the set has none; a part of `train` serves then.
    """

    name: str
    train: tuple[Example, ...]
    validation: tuple[Example, ...]
    test: tuple[Example, ...]

    def cut(self, count: int, seed: int) -> PublicSet:
        """Keep `count` training examples of each intent, drawn with a fixed seed."""
        drawn = random.Random(seed)  # noqa: S311 -- which examples are drawn is no secret
        groups = _by_intent(self.train)
        kept = [one for name in sorted(groups) for one in drawn.sample(groups[name], min(count, len(groups[name])))]
        return replace(self, name=f"{self.name}, {count} an intent", train=tuple(kept))

    def with_validation(self, strangers: Sequence[Example], seed: int) -> PublicSet:
        """Give a set that has validation messages: its own, or up to a fifth of each intent that `train` then lacks.

        What is held out are whole families of paraphrases: a random row has its like left in `train`, is told easily,
        and would set a threshold that real messages do not reach.

        Args:
            strangers: messages out of every set's scope, for a set that has no validation messages of its own.
            seed: of the draw.
        """
        if self.validation:
            return self
        drawn = random.Random(seed)  # noqa: S311
        train: list[Example] = []
        held: list[Example] = []
        for _, group in sorted(_by_intent(self.train).items()):
            kept, taken = _part_by_family(group, drawn)
            train += kept
            held += taken
        return replace(self, train=tuple(train), validation=(*held, *strangers))


def _part_by_family(group: Sequence[Example], drawn: random.Random) -> tuple[list[Example], list[Example]]:
    """Take whole families of an intent out, in random order, as long as they make up a fifth of it at most."""
    families = families_of([one.text for one in group])
    taken = np.zeros(len(group), bool)
    for family in drawn.sample(range(families.max() + 1), families.max() + 1):
        together = taken | (families == family)
        # Of an intent with one example, that one is learnt from.
        if together.sum() <= min(round(len(group) * _HELD_OUT), len(group) - 1):
            taken = together
    pairs = list(zip(group, taken, strict=True))
    return [one for one, is_taken in pairs if not is_taken], [one for one, is_taken in pairs if is_taken]


def read_sets(folder: Path) -> list[PublicSet]:
    """Read HINT3's Curekart, CLINC150 and Banking77.

    Raises:
        UnreadableSet: one is missing, or lacks a column.
    """
    return [_curekart(folder / "hint3_curekart"), _clinc(folder / "clinc150"), _banking(folder / "banking77")]


def strangers_in(sets: Sequence[PublicSet]) -> tuple[Example, ...]:
    """List the validation messages that are out of scope."""
    return tuple(one for data in sets for one in data.validation if one.intent == STRANGE)


def _curekart(folder: Path) -> PublicSet:
    train, test = (_rows(folder / f"curekart_{part}.csv.gz", "sentence", "label") for part in ("train", "test"))
    named = [Example(one.text, STRANGE if one.intent == "NO_NODES_DETECTED" else one.intent) for one in test]
    return PublicSet("hint3_curekart", tuple(train), (), tuple(named))


def _clinc(folder: Path) -> PublicSet:
    path = folder / "clinc150_full.csv.gz"
    parts: dict[str, list[Example]] = defaultdict(list)
    for split, one in zip(_column(path, "split"), _rows(path, "text", "intent"), strict=True):
        parts[split].append(Example(one.text, STRANGE if one.intent == "oos" else one.intent))
    validation, test = (tuple(parts[part] + parts[f"oos_{part}"]) for part in ("val", "test"))
    return PublicSet("clinc150", tuple(parts["train"]), validation, test)


def _banking(folder: Path) -> PublicSet:
    train, test = (_rows(folder / f"banking77_{part}.csv.gz", "text", "category") for part in ("train", "test"))
    return PublicSet("banking77", tuple(train), (), tuple(test))


def _rows(path: Path, text: str, intent: str) -> list[Example]:
    return [Example(*pair) for pair in zip(_column(path, text), _column(path, intent), strict=True)]


def _column(path: Path, name: str) -> list[str]:
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            return [row[name] for row in csv.DictReader(file)]
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise UnreadableSet(path, str(error)) from error
    except KeyError as error:
        raise UnreadableSet(path, f"it has no column {name}") from error


def _by_intent(examples: Iterable[Example]) -> dict[str, list[Example]]:
    groups: dict[str, list[Example]] = defaultdict(list)
    for one in examples:
        groups[one.intent].append(one)
    return groups


def intents_of(examples: Sequence[Example]) -> list[str]:
    """List the intents that can be learnt, sorted."""
    return sorted({one.intent for one in examples if one.intent != STRANGE})
