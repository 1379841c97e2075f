"""Learn to tell the goods that a message speaks of, from the training examples in which they are marked.

python -m assistant.nlu.goods_training --data data/nlu --out artifacts/goods/tagger.crfsuite
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pycrfsuite

from assistant.nlu.artifacts import ArtifactError
from assistant.nlu.goods_features import Features
from assistant.nlu.goods_tagger import AVOIDED, INSIDE, NEEDED, OUTSIDE
from assistant.nlu.intents import UNSURE
from assistant.nlu.many_messages import shared_out
from assistant.nlu.marked_goods import MarkedExample, read_marked
from assistant.nlu.reader import FILES, MessageReader
from assistant.nlu.tokens import Token
from assistant.nlu.training_text import TrainingTextError
from assistant.nlu.words import WordListError

# Regularisation and steps, chosen on the examples of authors that were left out (`evaluate_goods`).
SETTINGS = {"c1": 0.1, "c2": 0.05, "max_iterations": 80, "feature.possible_transitions": True}

Sequenced = tuple[list[Features], list[str]]


def rules_files() -> Mapping[str, Any]:
    """Give the files of the reader as it is before anything was learnt."""
    return {**FILES, "tagger": None}


def rules_reader() -> MessageReader:
    """Load the reader as it is before anything was learnt.

    Raises:
        ArtifactError: a file that the set-up makes is missing or damaged.
    """
    return MessageReader.load(**rules_files())


def described(reader: MessageReader, example: MarkedExample, intent: str) -> Sequenced:
    """Describe the tokens of an example, read as one of an intent, and label each."""
    tokens, features, _ = reader.describe(example.text, intent)
    return features, [_label(example, token) for token in tokens]


def _label(example: MarkedExample, token: Token) -> str:
    marked = {INSIDE: example.marks, NEEDED: example.needs_of, AVOIDED: example.avoids}
    return next((label for label, is_marked in marked.items() if is_marked(token)), OUTSIDE)


def learn(sequences: Sequence[Sequenced], out: Path) -> None:
    """Train a tagger and write it."""
    trainer = pycrfsuite.Trainer(verbose=False, params=SETTINGS)
    for features, labels in sequences:
        trainer.append(features, labels)
    out.parent.mkdir(parents=True, exist_ok=True)
    # Whoever reads meanwhile gets the old model or the new one, whole.
    beside = out.with_suffix(f".{os.getpid()}")
    trainer.train(str(beside))
    beside.replace(out)


def sequences_of(files: Mapping[str, Any], examples: Sequence[MarkedExample]) -> list[Sequenced]:
    """Describe examples, each as it is read once its intent is known, and before.

    Args:
        files: what the reader is loaded from.
        examples: what is described.
    """
    found = shared_out(partial(_described_both, files), examples, "reading marked examples")
    return [(features, labels) for features, labels in found if features]


def _described_both(files: Mapping[str, Any], examples: Sequence[MarkedExample]) -> list[Sequenced]:
    reader = MessageReader.load(**files)
    return [described(reader, one, intent) for one in examples for intent in (one.intent, UNSURE)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; exit code 1 when nothing can be learnt."""
    parser = argparse.ArgumentParser(
        prog="python -m assistant.nlu.goods_training", description="Learn to tell the goods in a message."
    )
    parser.add_argument("--data", type=Path, default=Path("data/nlu"), help="training text (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=Path(FILES["tagger"]), help="file to write (default: %(default)s)")
    asked = parser.parse_args(arguments)
    try:
        examples = read_marked(asked.data)
        learn(sequences_of(rules_files(), examples), asked.out)
    except (ArtifactError, TrainingTextError, WordListError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sys.stdout.write(f"{asked.out}: learnt from {len(examples):,} messages with marks\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
