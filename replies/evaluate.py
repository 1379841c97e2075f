"""Measures replies on held-out families, beside templates alone and retrieval alone, and on misleading fact sets.

`python -m replies.evaluate --model data/replies/model --json artifacts/figures/replies.json`
`python -m replies.evaluate --model FOLDER --data FOLDER --samples FILE --encoder FOLDER`

The figures of all ways are of one run on the same situations. `--samples` writes replies for reading; `--encoder` takes
a sentence-transformers folder or hub name for likeness in meaning and for finding approved replies.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from replies.adversarial import adversarial_situations, injected_situations
from replies.approved import APPROVED_FILE, ApprovedReplies, Embed, read_approved
from replies.encoder import sentence_encoder
from replies.errors import NotWritten, RepliesError
from replies.examples import Example, read_folder
from replies.facts import LANGUAGES
from replies.generator import Generator
from replies.guarding import house_guard
from replies.judging import (
    Checkers,
    Write,
    Written,
    figures,
    guarded,
    held_out,
    read_checkers,
    unguarded,
    written_by,
)
from replies.model_folder import load_generator
from replies.service import Guard
from replies.situation import Situation

TEMPLATES = {
    "en": (
        *("Here is what I know: {facts}.", "Here is what our data holds."),
        *("I don't know that. Shall I ask a colleague?", "How can I help you?"),
    ),
    "zh": (
        "我这边的资料是：{facts}。",
        "查到的资料都在这里了。",
        "这一点我不清楚，要帮您问同事吗？",
        "请问您需要什么？",
    ),
}
"""What a shop without this library would say: the values that were asked for, its card where what was asked for is no
value, that it does not know, or what it says to everything else."""

SAMPLES = 200


@dataclass(frozen=True)
class Evaluation:
    """Figures of every way by language, of misleading fact sets and orders, and some replies to read."""

    ways: Mapping[str, Mapping[str, Mapping[str, Any]]]
    rungs: Mapping[str, int]
    adversarial: Mapping[str, Any]
    injected: Mapping[str, Any]
    samples: Sequence[Written]


def evaluate(
    generator: Generator,
    approved: ApprovedReplies,
    examples: Sequence[Example],
    checkers: Checkers,
    guard: Guard,
    embed: Embed | None = None,
    split: str = "test",
    most: int | None = None,
    sets: int = 1_000,
    attempts: Path | None = None,
) -> Evaluation:
    """Measure all ways.

    Args:
        generator: the model.
        approved: what retrieval finds.
        examples: of all parts.
        checkers: the independent checker of each language.
        guard: decides what is shown.
        embed: for likeness in meaning; None leaves it out.
        split: the part that is asked.
        most: at most so many situations.
        sets: how many misleading fact sets.
        attempts: a file of written orders to mislead; None leaves them out.
    """
    asked = held_out(examples, split, most)
    rungs: Counter[str] = Counter()
    whole = by_rungs(guarded(generator, guard), approved, guard, rungs)
    ways: dict[str, Write] = {
        "rungs": whole,
        "model": guarded(generator, guard),
        "model, no guard": unguarded(generator),
        "retrieval": by_rungs(lambda _: "", approved, guard, Counter()),
        "template": lambda situation: template_of(situation, guard),
    }
    measured: dict[str, dict[str, dict[str, Any]]] = {}
    samples: list[Written] = []
    for name, write in ways.items():
        written = written_by(write, asked, examples)
        samples = samples or _spread(written, SAMPLES)
        measured[name] = {
            language: figures([one for one in written if one.situation.language == language], checkers, embed)
            for language in LANGUAGES
        }
    counted = dict(rungs)
    fact_sets = misled(whole, adversarial_situations(asked, sets), checkers)
    orders = [] if attempts is None else injected_situations(asked, attempts)
    return Evaluation(measured, counted, fact_sets, misled(whole, orders, checkers), samples)


def misled(write: Write, situations: Sequence[Situation], checkers: Checkers) -> dict[str, Any]:
    """Ask with misleading situations; give the share of grounded replies and those that are not."""
    wrong = []
    for situation in situations:
        reply = write(situation)
        found = checkers[situation.language].wrong(reply, situation.facts)
        if found:
            facts = [f"{fact.name}={fact.value or fact.kind}" for fact in situation.facts]
            wrong.append({"act": situation.act, "reply": reply, "facts": facts, "problems": found})
    share = 1 - len(wrong) / len(situations) if situations else None
    return {"sets": len(situations), "grounded": share, "wrong": wrong}


def by_rungs(model: Write, approved: ApprovedReplies, guard: Guard, rungs: Counter[str]) -> Write:
    """Write by the first of three rungs that has something."""

    def write(situation: Situation) -> str:
        reply = model(situation)
        if reply:
            rungs["model"] += 1
            return reply
        try:
            reply = approved.nearest(situation)
            rungs["approved"] += 1
        except NotWritten:
            reply = template_of(situation, guard)
            rungs["template"] += 1
        return reply

    return write


def template_of(situation: Situation, guard: Guard) -> str:
    """Write a reply of a form that fits every situation: a policy as it stands, what was asked for, or nothing."""
    known, shown, unknown, other = TEMPLATES[situation.language]
    asked = [name for name in situation.asked if name in situation.names]
    passages = [fact.value for fact in situation.facts if fact.kind == "passage"]
    if passages and guard(passages[0], situation).ok:
        return passages[0]
    if asked:
        return known.replace("{facts}", ", ".join(f"{{{name}}}" for name in asked))
    if not situation.asked or situation.act == "ask_more":
        return other
    clear = {fact.name for fact in situation.facts if fact.value != "unknown"} - situation.disputed
    return shown if clear & set(situation.asked) else unknown


def _spread(written: Sequence[Written], most: int) -> list[Written]:
    if len(written) <= most:
        return list(written)
    return [written[int(place * len(written) / most)] for place in range(most)]


def sample_text(samples: Sequence[Written]) -> str:
    """Write replies for reading: what was known and said, the reply, and one that a person wrote."""
    parts = []
    for one in samples:
        facts = ", ".join(f"{fact.name}={fact.value or fact.kind}" for fact in one.situation.facts)
        turns = " / ".join(one.situation.turns)
        parts.append(
            f"{one.situation.language} {one.situation.act} | {facts}\n  shopper: {turns[:200]}\n"
            f"  reply:   {one.reply}\n  person:  {one.references[0] if one.references else ''}\n"
        )
    return "\n".join(parts)


def tables(found: Evaluation) -> list[Table]:
    """Lay figures out."""
    made = []
    for language in LANGUAGES:
        table = Table("", *found.ways, title=f"Held-out families, {language}")
        first = next(iter(found.ways.values()))[language]
        for name in first:
            values = [way[language][name] for way in found.ways.values()]
            table.add_row(name.replace("_", " "), *("-" if value is None else f"{value:.4g}" for value in values))
        made.append(table)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 1 and a message where something cannot be measured."""
    options = _parser().parse_args(arguments)
    try:
        examples = read_folder(options.data)
        guard = house_guard(options.data)
        embed = sentence_encoder(options.encoder)
        generator = load_generator(options.model)
        replies = read_approved(options.model / APPROVED_FILE)
        licensed = ApprovedReplies(replies, embed, lambda reply, own: guard(reply, own).ok)
        checkers = read_checkers(options.data)
        found = evaluate(
            *(generator, licensed, examples, checkers, guard, embed, options.split, options.most, options.sets),
            options.data / "injections.jsonl",
        )
        generator.close()
    except (RepliesError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    console = Console()
    for table in tables(found):
        console.print(table)
    console.print(f"Who spoke: {dict(found.rungs)}")
    for name, one in (("misleading fact sets", found.adversarial), ("orders to mislead", found.injected)):
        console.print(f"Of {one['sets']} {name}, grounded: {one['grounded']}")
    if options.samples:
        options.samples.write_text(sample_text(found.samples), encoding="utf-8")
    if options.json:
        plain = {"ways": found.ways, "rungs": found.rungs, "adversarial": found.adversarial}
        plain["injected"] = found.injected
        options.json.write_text(json.dumps(plain, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m replies.evaluate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    folder = Path("data/replies")
    parser.add_argument("--model", type=Path, default=folder / "model", help="the model's folder (%(default)s)")
    parser.add_argument("--data", type=Path, default=folder, help="the folder of examples (%(default)s)")
    parser.add_argument("--encoder", default="", help="a sentence-transformers folder or name; empty: all-MiniLM-L6-v2")
    parser.add_argument("--split", choices=("validation", "test"), default="test", help="which part (%(default)s)")
    parser.add_argument("--most", type=int, default=None, help="at most so many situations; all of them by default")
    parser.add_argument("--sets", type=int, default=1_000, help="misleading fact sets (%(default)s)")
    parser.add_argument("--samples", type=Path, default=None, metavar="FILE", help=f"write {SAMPLES} replies there")
    parser.add_argument("--json", type=Path, default=None, metavar="FILE", help="write the figures there, too")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
