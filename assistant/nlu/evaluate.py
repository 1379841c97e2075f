"""Measure a trained model on messages it has not seen.

    python -m assistant.nlu.evaluate --model models --data tests/data/nlu_en.yml --split test --json artifacts/nlu.json

Thresholds and weights in config.yml are set by the split `validation`; `test` is only reported.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from assistant.nlu.evaluation import (
    Case,
    Outcome,
    accuracy,
    confusion,
    entity_names,
    held_out_parser,
    load_cases,
    macro_f1,
    score_entities,
    score_intents,
    write_figures,
)

if TYPE_CHECKING:
    from rasa.core.agent import Agent

FALLBACK = "nlu_fallback"
# The language is no part of what is named, and the days of an order depend on the day of the measurement.
UNJUDGED = frozenset({"language", "ordered"})


def quiet_agent(model: str) -> Agent:
    """Load a trained model that does not print what it parses."""
    from rasa.core.agent import Agent  # TensorFlow comes with it, which `--help` need not wait for
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)  # Rasa's own default prints every parse
    sys.stderr.write(f"loading {model}\n")
    return Agent.load(model)


async def parse_all(model: str, cases: Sequence[Case]) -> tuple[list[Outcome], list[float]]:
    """Parse every case with a trained model; give what it made of them and the milliseconds each took."""
    agent = quiet_agent(model)
    outcomes, milliseconds = [], []
    for case in tqdm(cases, desc="parsing", unit=" messages", file=sys.stderr, leave=False):
        start = time.perf_counter()
        parsed = await agent.parse_message(case.text)
        milliseconds.append((time.perf_counter() - start) * 1000)
        entities = (one for one in parsed["entities"] if one["entity"] not in UNJUDGED)
        named = tuple((str(one["entity"]), str(one["value"])) for one in entities)
        intent = parsed["intent"]
        outcomes.append(Outcome(case, str(intent["name"]), float(intent["confidence"]), named))
    return outcomes, milliseconds


def summarise(outcomes: Sequence[Outcome], milliseconds: Sequence[float]) -> dict[str, Any]:
    """Put the figures into one JSON-able object."""
    return {
        "messages": len(outcomes),
        "intent_accuracy": accuracy(outcomes),
        "intent_macro_f1": macro_f1(outcomes),
        "fallbacks": sum(one.intent == FALLBACK for one in outcomes),
        "entities": asdict(score_entities(outcomes)),
        "parse_ms": {"p50": median(milliseconds), "p95": quantiles(milliseconds, n=20)[-1]},
        "intents": {name: asdict(score) for name, score in score_intents(outcomes).items()},
        "entity": {name: asdict(score_entities(outcomes, name)) for name in entity_names(outcomes)},
        "confusion": [{"expected": one, "given": other, "count": count} for one, other, count in confusion(outcomes)],
        "wrong_intents": [
            {"text": one.case.text, "expected": one.case.intent, "given": one.intent, "confidence": one.confidence}
            for one in outcomes
            if not one.is_right
        ],
        "wrong_entities": [
            {"text": one.case.text, "expected": expected, "given": given}
            for one in outcomes
            for expected, given in [map(sorted, one.named)]
            if expected != given
        ],
    }


def report(summary: dict[str, Any]) -> str:
    """Write the figures for people."""
    entities, time_taken = summary["entities"], summary["parse_ms"]
    lines = [
        f"messages         {summary['messages']}",
        f"intent accuracy  {summary['intent_accuracy']:.1%}   macro F1 {summary['intent_macro_f1']:.3f}   "
        f"fallbacks {summary['fallbacks']}",
        f"entity F1        {entities['f1']:.3f}   precision {entities['precision']:.3f}   "
        f"recall {entities['recall']:.3f}   expected {entities['expected']}",
        f"parse            p50 {time_taken['p50']:.1f} ms   p95 {time_taken['p95']:.1f} ms",
    ]
    lines += ["", "confusion (expected -> given):"] if summary["confusion"] else []
    lines += [f"  {one['expected']} -> {one['given']}: {one['count']}" for one in summary["confusion"]]
    lines += ["", "wrong intents:"] if summary["wrong_intents"] else []
    lines += [
        f"  {one['text']!r}: {one['expected']} -> {one['given']} ({one['confidence']:.2f})"
        for one in summary["wrong_intents"]
    ]
    lines += ["", "entities below 1 (F1, expected):"]
    lines += [
        f"  {name}: {one['f1']:.3f}, {one['expected']}" for name, one in summary["entity"].items() if one["f1"] < 1
    ]
    lines += ["", "wrong entities:"] if summary["wrong_entities"] else []
    lines += [f"  {one['text']!r}: {one['expected']} -> {one['given']}" for one in summary["wrong_entities"]]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    options = held_out_parser("assistant.nlu.evaluate", __doc__).parse_args(arguments)
    try:
        cases = load_cases(options.data, options.split)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    summary = summarise(*asyncio.run(parse_all(options.model, cases)))
    sys.stdout.write(report(summary))
    write_figures(summary, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
