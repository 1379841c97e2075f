"""Measure how well the reason of a return, an exchange or a complaint is told, beside the phrases alone.

    python -m assistant.nlu.evaluate_reasons --json artifacts/figures/reasons.json

The labelled messages are dealt into parts. Each part is read by a pipeline that has learnt the three intents from the
others alone; the phrases are told the intent. Of a message that tells no reason which the rules know, none is expected.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from tqdm import tqdm

from assistant.nlu.artifacts import ArtifactError
from assistant.nlu.evaluate import parse_all
from assistant.nlu.evaluation import Case, Outcome, Score, score_entities, write_figures
from assistant.nlu.finders.reasons import REASON
from assistant.nlu.goods_training import rules_reader
from assistant.nlu.intents import TELLING_WHY
from assistant.nlu.messages import KINDS, kind_of_text
from assistant.nlu.reader import MessageReader
from assistant.nlu.reason_examples import COLUMNS, UNTOLD, read_reasons
from assistant.nlu.training import train_apart
from assistant.nlu.training_text import TrainingTextError, read_examples
from assistant.nlu.words import WordLists

PHRASES, MODEL = "phrases", "model"
_CLASSIFIER = "ReasonClassifier"
_SEED = 7


def labelled(config: Mapping[str, Any], data: Path) -> list[Case]:
    """Give the labelled messages of the training text, each with its intent and the reason that it tells.

    Raises:
        ArtifactError: the labels are missing or harmed.
        TrainingTextError: the training text is, or none of it is labelled.
    """
    settings = next(one for one in config["pipeline"] if one["name"].endswith(_CLASSIFIER))
    reasons = read_reasons(settings["examples"], WordLists.load(*settings["words"]).reasons)
    found = {one.text: one.intent for one in read_examples(data) if one.intent in TELLING_WHY and one.text in reasons}
    if not found:
        raise TrainingTextError(f"no message of {data} is labelled in {settings['examples']}")
    return [Case(text, intent, _named(reasons[text])) for text, intent in found.items()]


def _named(reason: str) -> tuple[tuple[str, str], ...]:
    return () if reason == UNTOLD else ((REASON, reason),)


def read_by_phrases(reader: MessageReader, cases: Sequence[Case]) -> Iterator[Outcome]:
    """Read messages as if the intent were known, by the lists of phrases."""
    for case in cases:
        reasons = [one.value for one in reader.read(case.text, case.intent) if one.entity == REASON]
        yield Outcome(case, case.intent, 1.0, tuple((REASON, one) for one in reasons[:1]))


def read_by_model(config: Mapping[str, Any], cases: Sequence[Case], parts: int) -> Iterator[Outcome]:
    """Read each part of the messages by a pipeline that has learnt from the other parts."""
    dealt = [cases[place] for place in np.random.default_rng(_SEED).permutation(len(cases))]
    for part in tqdm(range(parts), "training and asking", unit=" parts", file=sys.stderr):
        own = dealt[part::parts]
        held_out = {one.text for one in own}
        with tempfile.TemporaryDirectory() as folder, redirect_stdout(sys.stderr):
            model = _trained(config, [one for one in dealt if one.text not in held_out], Path(folder))
            outcomes, _ = asyncio.run(parse_all(model, own))
        for one in outcomes:
            reasons = tuple(each for each in one.entities if each[0] == REASON)
            yield Outcome(one.case, one.intent, one.confidence, reasons)


def _trained(config: Mapping[str, Any], cases: Sequence[Case], folder: Path) -> str:
    with (folder / "reasons.csv").open("w", encoding="utf-8", newline="") as file:
        rows = ((one.text, dict(one.entities or ()).get(REASON, UNTOLD)) for one in cases)
        csv.writer(file).writerows([COLUMNS, *rows])
    intents = {
        intent: [{"text": one.text.replace("[", "(").replace("]", ")")} for one in cases if one.intent == intent]
        for intent in sorted(TELLING_WHY)
    }
    nlu = [{"intent": intent, "examples": examples} for intent, examples in intents.items()]
    (folder / "nlu.yml").write_text(
        yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True), encoding="utf-8"
    )
    (folder / "config.yml").write_text(yaml.safe_dump(_apart(config, folder)), encoding="utf-8")
    return train_apart(folder / "config.yml", folder / "nlu.yml", folder)


def _apart(config: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Give the pipeline, with other labels, and without a gate or what the house keeps of its own examples."""
    pipeline = [{**one} for one in config["pipeline"]]
    for one in pipeline:
        one.pop("kept", None)
        if one["name"].endswith("ScopeGate"):
            one.update(threshold=0.0, margin=0.0)
        if one["name"].endswith(_CLASSIFIER):
            one["examples"] = str(folder / "reasons.csv")
    return {"recipe": config["recipe"], "assistant_id": "reasons", "language": "", "pipeline": pipeline}


def evaluate(config: Mapping[str, Any], data: Path, parts: int) -> list[dict[str, Any]]:
    """Give the figures of both ways, for each kind of script."""
    cases = labelled(config, data)
    ways = {
        PHRASES: list(read_by_phrases(rules_reader(), cases)),
        MODEL: list(read_by_model(config, cases, parts)),
    }
    figures = []
    for kind in [one for one in KINDS if any(kind_of_text(case.text) == one for case in cases)]:
        for way, outcomes in ways.items():
            own = [one for one in outcomes if kind_of_text(one.case.text) == kind]
            exact = sum(dict(one.entities).get(REASON) == dict(one.case.entities or ()).get(REASON) for one in own)
            score: Score = score_entities(own, REASON)
            figures.append(
                {"script": kind, "way": way, "messages": len(own), **asdict(score), "exact": exact / len(own)}
            )
    return figures


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; exit code 1 when there is nothing to measure."""
    parser = argparse.ArgumentParser(
        prog="python -m assistant.nlu.evaluate_reasons", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--config", type=Path, default=Path("config.yml"), help="Rasa's configuration")
    parser.add_argument("--data", type=Path, default=Path("data/nlu"), help="training text (default: %(default)s)")
    parser.add_argument("--parts", type=int, default=5, help="into how many the messages are dealt (default: 5)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    asked = parser.parse_args(arguments)
    try:
        config = yaml.safe_load(asked.config.read_text(encoding="utf-8"))
        figures = evaluate(config, asked.data, asked.parts)
    except (ArtifactError, TrainingTextError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    row = "{:8} {:8} {:>9} {:>7} {:>10} {:>7} {:>7}\n"
    sys.stdout.write(row.format("script", "way", "messages", "exact", "precision", "recall", "F1"))
    for one in figures:
        shares = (f"{one[name]:.3f}" for name in ("exact", "precision", "recall", "f1"))
        sys.stdout.write(row.format(one["script"], one["way"], one["messages"], *shares))
    write_figures(figures, asked.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
