"""How well messages are understood: held-out cases, and the figures over them."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

Named = tuple[str, str]


@dataclass(frozen=True)
class Case:
    """A message with what it means; no entities where nobody said what it names."""

    text: str
    intent: str
    entities: tuple[Named, ...] | None


@dataclass(frozen=True)
class Outcome:
    """What the model made of a case."""

    case: Case
    intent: str
    confidence: float
    entities: tuple[Named, ...]

    @property
    def is_right(self) -> bool:
        """Tell whether the intent is the expected one."""
        return self.intent == self.case.intent

    @property
    def named(self) -> tuple[tuple[Named, ...], tuple[Named, ...]]:
        """Give the entities that were expected and those that were found; none of either where nobody said."""
        return ((), ()) if self.case.entities is None else (_judged(self.case.entities), _judged(self.entities))


def _judged(entities: tuple[Named, ...]) -> tuple[Named, ...]:
    """Leave out which kind of option is meant where a value of it is named, which tells it: "in size 42"."""
    is_told = any(name == "option_value" for name, _ in entities)
    return tuple(one for one in entities if not (is_told and one[0] == "option_name"))


@dataclass(frozen=True)
class Score:
    """Precision, recall and their harmonic mean, with how many were expected."""

    precision: float
    recall: float
    f1: float
    expected: int


def held_out_parser(module: str, description: str | None) -> argparse.ArgumentParser:
    """Make the command line of what asks a trained model for held-out messages."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    parser.add_argument(
        "--model", default="models", help="a trained model, or the folder of the latest (default: models)"
    )
    parser.add_argument("--data", type=Path, default=Path("tests/data/nlu_en.yml"), help="held-out messages")
    parser.add_argument("--split", default="test", help="which part of them (default: test)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    return parser


def write_figures(figures: object, path: Path | None) -> None:
    """Write figures as JSON, where a file was named."""
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def load_cases(path: Path, split: str) -> list[Case]:
    """Read one split of a file of held-out messages.

    Raises:
        ValueError: the file has no such split, or a case is neither [text, {entity: value or values}] nor, where nobody
            said what is named, a text alone.
    """
    found = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    if split not in found:
        raise ValueError(f"{path} has no split {split!r}, only {sorted(found)}")
    return [_case(intent, entry) for intent, entries in found[split].items() for entry in entries]


def _case(intent: str, entry: Any) -> Case:
    if isinstance(entry, str):
        return Case(entry, intent, None)
    if not (isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str) and isinstance(entry[1], dict)):
        raise ValueError(f"{intent}: {entry!r} is not [text, {{entity: value}}]")
    text, entities = entry
    each = [(name, value if isinstance(value, list) else [value]) for name, value in entities.items()]
    return Case(text, intent, tuple((name, str(value)) for name, values in each for value in values))


def score_intents(outcomes: Sequence[Outcome]) -> dict[str, Score]:
    """Score each intent that was expected or given."""
    names = sorted({name for one in outcomes for name in (one.case.intent, one.intent)})
    return {name: _score_intent(outcomes, name) for name in names}


def _score_intent(outcomes: Sequence[Outcome], name: str) -> Score:
    right = sum(one.is_right for one in outcomes if one.intent == name)
    given = sum(one.intent == name for one in outcomes)
    return _score(right, given, sum(one.case.intent == name for one in outcomes))


def score_entities(outcomes: Sequence[Outcome], entity: str | None = None) -> Score:
    """Score entities, all or of one name; a wrong value is wrong, and so is one too many."""
    right = given = expected = 0
    for one in outcomes:
        wanted, found = (Counter(pair for pair in named if entity in (None, pair[0])) for named in one.named)
        right += sum((wanted & found).values())
        given += sum(found.values())
        expected += sum(wanted.values())
    return _score(right, given, expected)


def _score(right: int, given: int, expected: int) -> Score:
    precision, recall = right / given if given else 1.0, right / expected if expected else 1.0
    both = precision + recall
    return Score(precision, recall, 2 * precision * recall / both if both else 0.0, expected)


def accuracy(outcomes: Sequence[Outcome]) -> float:
    """Give the share of messages with the expected intent; a fallback is a miss."""
    return sum(one.is_right for one in outcomes) / len(outcomes)


def macro_f1(outcomes: Sequence[Outcome]) -> float:
    """Give the mean F1 over the expected intents."""
    scores = [score.f1 for score in score_intents(outcomes).values() if score.expected]
    return sum(scores) / len(scores)


def confusion(outcomes: Sequence[Outcome]) -> list[tuple[str, str, int]]:
    """Give (expected, given, how often) of every pair that differs, most frequent first."""
    pairs = Counter((one.case.intent, one.intent) for one in outcomes if not one.is_right)
    return [(wanted, given, count) for (wanted, given), count in pairs.most_common()]


def entity_names(outcomes: Sequence[Outcome]) -> list[str]:
    """Give every entity that was expected or found."""
    return sorted({name for one in outcomes for named in one.named for name, _ in named})
