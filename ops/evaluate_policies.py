"""Measure how well questions find their policy passage, and which threshold does best.

`python -m ops.evaluate_policies` prints, for each part of `data/evaluation/policies.csv`, how many questions get the
right passage or, where no passage answers, none. `--language zh` asks in Chinese, with the encoder for several
languages. `--calibrate` takes the threshold from the validation part first. The
`fresh` part was written when passages had no ways in which they are asked for yet, to measure what those bring.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from shop.embedding import SentenceTransformerEmbedder, TextEmbedder
from shop.onnx_embedding import OnnxEmbedder
from shop.policies import MULTILINGUAL_THRESHOLD, THRESHOLD, Passage, PolicyIndex, load_passages

PARTS = ("validation", "test", "fresh")
POLICIES, QUESTIONS = Path("data/policies"), Path("data/evaluation")
ROUNDING = 1e-9


@dataclass(frozen=True)
class LabelledQuestion:
    """A question with the sources of the passages that answer it: none where no passage does."""

    part: str
    text: str
    right: frozenset[str]


@dataclass(frozen=True)
class Score:
    """How a set of questions went.

    Attributes:
        questions: how many there were.
        accuracy: share that got a right passage, or none where none is right.
        answered_right: share of the answers given that were right.
        refused_right: share of the questions without an answer that got none.
    """

    questions: int
    accuracy: float
    answered_right: float
    refused_right: float


Asked = tuple[LabelledQuestion, Passage, float]


def read_questions(path: Path) -> list[LabelledQuestion]:
    """Read the labelled questions."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        LabelledQuestion(row["part"], row["question"], frozenset(filter(None, row["right"].split("|")))) for row in rows
    ]


def measure(asked: Sequence[Asked], threshold: float) -> Score:
    """Apply a threshold and count."""
    answers = [(item, passage if passage.text and score >= threshold else None) for item, passage, score in asked]
    answered = [(item, passage.source in item.right) for item, passage in answers if passage]
    refused = [item for item, passage in answers if not passage]
    right = sum(good for _, good in answered)
    rightly_refused = sum(not item.right for item in refused)
    return Score(
        questions=len(asked),
        accuracy=(right + rightly_refused) / max(1, len(asked)),
        answered_right=right / max(1, len(answered)),
        refused_right=rightly_refused / max(1, sum(not item.right for item, _, _ in asked)),
    )


def calibrate(asked: Sequence[Asked]) -> float:
    """Find the threshold that gives the fewest wrong answers at no more than one question less than the best accuracy.

    To say that one does not know costs less than to quote what does not answer. Of equals it is the middle one, as it
    is the least chancy.
    """
    scores = {float(choice): measure(asked, float(choice)) for choice in np.arange(0.2, 0.7, 0.005).round(3)}
    enough = max(score.accuracy for score in scores.values()) - 1 / max(1, len(asked)) - ROUNDING
    near = {choice: score.answered_right for choice, score in scores.items() if score.accuracy >= enough}
    best = [choice for choice, answered_right in near.items() if answered_right == max(near.values())]
    return best[len(best) // 2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    options = _parser().parse_args(arguments)
    embedder, index, questions, usual = _asked_for(options)
    asked = []
    for question in read_questions(questions):
        if found := index.closest(question.text):
            asked.append((question, *found))
    by_part = {part: [item for item in asked if item[0].part == part] for part in PARTS}
    threshold = calibrate(by_part["validation"]) if options.calibrate else usual
    scores = {part: measure(questions, threshold) for part, questions in by_part.items() if questions}
    _print(threshold, scores)
    if options.json:
        scored = {part: asdict(score) for part, score in scores.items()}
        content = {"model": embedder.model_name, "threshold": threshold, **scored}
        options.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return 0


def _asked_for(options: argparse.Namespace) -> tuple[TextEmbedder, PolicyIndex, Path, float]:
    """Give the encoder, the index, the questions and the threshold of a language, as the action server has them."""
    policies, language = options.policies, options.language
    if language == "en":
        english = SentenceTransformerEmbedder(options.model, options.threads)
        index = PolicyIndex(load_passages(policies), english)
        return english, index, options.questions or QUESTIONS / "policies.csv", THRESHOLD
    embedder = OnnxEmbedder(options.encoder, options.threads)
    index = PolicyIndex(load_passages(policies / language), embedder, centred=True)
    return embedder, index, options.questions or QUESTIONS / f"policies_{language}.csv", MULTILINGUAL_THRESHOLD


def _print(threshold: float, scores: dict[str, Score]) -> None:
    table = Table(title=f"policy questions, threshold {threshold}")
    for column in ("part", "questions", "accuracy", "answers that are right", "no answer where there is none"):
        table.add_column(column)
    for part, score in scores.items():
        shares = (score.accuracy, score.answered_right, score.refused_right)
        table.add_row(part, str(score.questions), *(f"{share:.3f}" for share in shares))
    Console().print(table)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ops.evaluate_policies", description="Measure policy answers.")
    parser.add_argument("--language", choices=("en", "zh"), default="en")
    parser.add_argument("--policies", type=Path, default=POLICIES)
    parser.add_argument("--questions", type=Path, help="labelled ones (default: those of the language)")
    parser.add_argument("--encoder", type=Path, default=Path("artifacts/encoder_multilingual"), help="for Chinese")
    parser.add_argument("--model", default="", help="a sentence-transformers folder or name; empty: all-MiniLM-L6-v2")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--calibrate", action="store_true", help="take the threshold from the validation part")
    parser.add_argument("--json", type=Path)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
