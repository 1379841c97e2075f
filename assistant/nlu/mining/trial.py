"""Trains a model with and one without new examples, and compares what they make of the validation messages."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from assistant.nlu.evaluate import parse_all
from assistant.nlu.evaluation import Case, Outcome, accuracy, load_cases, macro_f1
from assistant.nlu.mining.errors import MiningError
from assistant.nlu.mining.nlu_files import add_examples
from assistant.nlu.training import train_apart
from assistant.nlu.training_text import TrainingExample

SPLIT = "validation"
# Sums of thousands of shares are not equal to the last digit.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Change:
    """A message of which the two models make something else."""

    text: str
    expected: str
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """The figures of one language, before and after."""

    messages: int
    accuracy: tuple[float, float]
    macro_f1: tuple[float, float]
    broken: tuple[Change, ...]
    mended: tuple[Change, ...]

    @property
    def is_worse(self) -> bool:
        """Tell whether one of the figures fell."""
        return any(after < before - _ROUNDING for before, after in (self.accuracy, self.macro_f1))


def try_examples(
    examples: Sequence[TrainingExample], config: Path, data: Path, held_out: Mapping[str, Path]
) -> dict[str, Comparison]:
    """Train both models in a folder that is deleted afterwards, and compare them for each language.

    Args:
        examples: to be added.
        config: Rasa's configuration.
        data: the folder of the training text, which is left as it is.
        held_out: the file of held-out messages of each language; only the split `validation` is asked.
    """
    cases = {language: load_cases(path, SPLIT) for language, path in held_out.items()}
    with tempfile.TemporaryDirectory() as name:
        folders = {state: Path(name) / state for state in ("before", "after")}
        for folder in folders.values():
            shutil.copytree(data, folder / "data")
        add_examples(folders["after"] / "data", examples)
        bar = tqdm(folders.items(), desc="training and asking", unit=" models", file=sys.stderr)
        outcomes = {state: _outcomes(config, folder, cases) for state, folder in bar}
    return {language: compare(outcomes["before"][language], outcomes["after"][language]) for language in cases}


def _outcomes(config: Path, folder: Path, cases: Mapping[str, Sequence[Case]]) -> dict[str, list[Outcome]]:
    with redirect_stdout(sys.stderr):  # where Rasa says how far it is
        model = train_apart(config, folder / "data", folder)
    if not model:
        raise MiningError("Rasa trained no model; it says why above")
    found, _ = asyncio.run(parse_all(model, [case for own in cases.values() for case in own]))
    by_language = iter(found)
    return {language: [next(by_language) for _ in own] for language, own in cases.items()}


def compare(before: Sequence[Outcome], after: Sequence[Outcome]) -> Comparison:
    """Compare what two models make of the same messages."""
    pairs = list(zip(before, after, strict=True))
    return Comparison(
        messages=len(pairs),
        accuracy=(accuracy(before), accuracy(after)),
        macro_f1=(macro_f1(before), macro_f1(after)),
        broken=tuple(_change(*pair) for pair in pairs if pair[0].is_right and not pair[1].is_right),
        mended=tuple(_change(*pair) for pair in pairs if pair[1].is_right and not pair[0].is_right),
    )


def _change(before: Outcome, after: Outcome) -> Change:
    return Change(before.case.text, before.case.intent, before.intent, after.intent)


def report(comparisons: Mapping[str, Comparison]) -> str:
    """Write the figures for people."""
    lines = [f"{'validation':<12}{'messages':>9}{'intents':>10}{'after':>8}{'macro F1':>11}{'after':>8}"]
    for language, one in comparisons.items():
        accuracies, scores = one.accuracy, one.macro_f1
        lines.append(
            f"{language:<12}{one.messages:>9}{accuracies[0]:>10.1%}{accuracies[1]:>8.1%}{scores[0]:>11.3f}{scores[1]:>8.3f}"
        )
    for title, changes in (
        ("right before, wrong now", [change for one in comparisons.values() for change in one.broken]),
        ("wrong before, right now", [change for one in comparisons.values() for change in one.mended]),
    ):
        lines += ["", f"{title}: {len(changes)}"]
        lines += [f"  {one.text!r}: {one.before} -> {one.after} (meant: {one.expected})" for one in changes]
    return "\n".join(lines) + "\n"


def figures(comparisons: Mapping[str, Comparison]) -> dict[str, Any]:
    """Give the figures as an object for JSON."""
    return {language: {**asdict(one), "is_worse": one.is_worse} for language, one in comparisons.items()}
