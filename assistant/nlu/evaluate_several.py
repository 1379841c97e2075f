"""Measures how often a message that asks for several things is split right, and how often one that does not is split.

    python -m assistant.nlu.evaluate_several --json artifacts/figures/several.json

Split right means: all requests, in order, with their texts (but for signs and capitals) and intents. Messages with one
request are the validation messages of both languages, the training text, and those that `tests/data/several.yml` lists
as `whole`.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from ruamel.yaml import YAML

from assistant.nlu.evaluation import load_cases, write_figures
from assistant.nlu.pieces import Cutter
from assistant.nlu.request import Request
from assistant.nlu.several import requests_of
from assistant.nlu.training_text import read_examples
from assistant.nlu.words import WordLists

LANGUAGES = ("en", "zh")
HELD_OUT = Path("tests/data")
TRAINING = Path("data/nlu")
WORDS = ("data/lexicon/en.yml", "data/lexicon/zh.yml")
Expected = list[tuple[str, str]]


@dataclass(frozen=True)
class Group:
    """Messages of one kind.

    Attributes:
        name: where they come from.
        messages: the texts.
        expected: the requests of each, as text and intent; of a message with one request none.
    """

    name: str
    messages: Sequence[str]
    expected: Sequence[Expected]


@dataclass(frozen=True)
class Split:
    """What was made of a message: its requests, how often the model was asked, and how long it took."""

    requests: Sequence[Request]
    parses: int
    milliseconds: float


class Splitter:
    """Splits messages with a trained model, and counts."""

    def __init__(self, model: str) -> None:
        from rasa.core.agent import Agent  # TensorFlow comes with it, which `--help` need not wait for

        self._agent = Agent.load(model)
        self._cutter = Cutter(WordLists.load(*WORDS))

    async def split(self, text: str) -> Split:
        """Split one message."""
        parses = 0

        async def parse(part: str) -> Mapping[str, Any]:
            nonlocal parses
            parses += 1
            return await self._agent.parse_message(part)

        start = time.perf_counter()
        requests = await requests_of(text, self._cutter, parse)
        return Split(requests, parses, (time.perf_counter() - start) * 1000)


def several_messages(path: Path, split: str) -> list[Group]:
    """Read what asks for several things, a group a language, and what does not.

    Raises:
        ValueError: the file has no such split.
    """
    found = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    if split not in found:
        raise ValueError(f"{path} has no split {split!r}, only {sorted(found)}")
    groups = []
    for language in LANGUAGES:
        texts = [text for text, _ in found[split][language]]
        groups.append(
            Group(f"several, {language}", texts, [list(map(tuple, parts)) for _, parts in found[split][language]])
        )
    whole = found[split]["whole"]
    return [*groups, Group("one, with a cut point", whole, [[]] * len(whole))]


def one_request_messages() -> list[Group]:
    """Read the validation messages and the training text, which ask for one thing each."""
    groups = []
    for language in LANGUAGES:
        cases = load_cases(HELD_OUT / f"nlu_{language}.yml", "validation")
        groups.append(Group(f"one, validation {language}", [case.text for case in cases], [[]] * len(cases)))
    training = [one.text for one in read_examples(TRAINING)]
    return [*groups, Group("one, training text", training, [[]] * len(training))]


def is_right(requests: Sequence[Request], expected: Expected) -> bool:
    """Tell whether a message was split as expected, or left whole where one request was."""
    if not expected:
        return len(requests) < 2
    return [(_letters(one.text), one.intent) for one in requests] == [(_letters(text), name) for text, name in expected]


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


async def measure(splitter: Splitter, groups: Sequence[Group]) -> list[dict[str, Any]]:
    """Split all messages; give the figures of each group."""
    return [await _measure(splitter, group) for group in groups]


async def _measure(splitter: Splitter, group: Group) -> dict[str, Any]:
    splits = [await splitter.split(text) for text in group.messages]
    wrong = [
        {"text": text, "given": [[one.text, one.intent] for one in split.requests]}
        for text, split, expected in zip(group.messages, splits, group.expected, strict=True)
        if not is_right(split.requests, expected)
    ]
    cut = [split for split in splits if split.parses]
    return {
        "messages": group.name,
        "count": len(splits),
        "right": len(splits) - len(wrong),
        "with_cut_point": len(cut),
        "parses_each": round(sum(split.parses for split in cut) / len(cut), 2) if cut else 0.0,
        "ms_p50": round(median(split.milliseconds for split in cut), 1) if cut else 0.0,
        "wrong": wrong,
    }


def report(rows: Sequence[Mapping[str, Any]]) -> str:
    """Write the figures for people; parses and milliseconds are of messages with a cut point, others cost none."""
    lines = [f"{'messages':<24}{'count':>7}{'right':>7}{'share':>9}{'with cut':>10}{'parses':>8}{'ms p50':>8}"]
    for row in rows:
        share = row["right"] / row["count"]
        lines.append(
            f"{row['messages']:<24}{row['count']:>7}{row['right']:>7}{share:>9.2%}{row['with_cut_point']:>10}"
            f"{row['parses_each']:>8.1f}{row['ms_p50']:>8.1f}"
        )
    for row in rows:
        lines += ["", f"{row['messages']}, wrong:"] if row["wrong"] else []
        lines += [f"  {one['text']!r} -> {one['given'] or 'whole'}" for one in row["wrong"]]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m assistant.nlu.evaluate_several", description=__doc__)
    parser.add_argument("--model", default="models", help="a trained model, or the folder of the latest")
    parser.add_argument("--data", type=Path, default=HELD_OUT / "several.yml", help="messages with several requests")
    parser.add_argument("--split", default="test", help="which part of them (default: test)")
    parser.add_argument("--only-several", action="store_true", help="leave out the messages with one request")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args(arguments)
    try:
        groups = several_messages(options.data, options.split)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)  # Rasa's own default prints every parse
    groups += [] if options.only_several else one_request_messages()
    rows = asyncio.run(measure(Splitter(options.model), groups))
    sys.stdout.write(report(rows))
    write_figures(rows, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
