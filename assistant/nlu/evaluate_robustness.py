"""Measures what slips, capitals, missing signs, speech, emoji and doubled words cost on held-out messages.

    python -m assistant.nlu.evaluate_robustness --data tests/data/nlu_en.yml --json artifacts/figures/robustness.json

What the model makes of the untouched messages is the first row; the others are what is lost of it, in points. Where
damage falls is drawn with a fixed seed.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.nlu.damage import DAMAGES, Damage
from assistant.nlu.evaluate import parse_all
from assistant.nlu.evaluation import Case, accuracy, held_out_parser, load_cases, score_entities, write_figures

_SEED = 20261129
UNTOUCHED = "untouched"


@dataclass(frozen=True)
class Row:
    """Intent accuracy and entity F1 of messages of one kind of damage, and how many messages it changed."""

    damage: str
    changed: int
    intents: float
    entities: float


def damaged(cases: Sequence[Case], damage: Damage) -> list[Case]:
    """Do one kind of damage to every message, the same each time; what it means stays."""
    drawn = random.Random(_SEED)  # noqa: S311 -- where a slip falls is no secret
    return [replace(case, text=damage(case.text, drawn)) for case in cases]


async def measure(model: str, cases: Sequence[Case]) -> list[Row]:
    """Ask the model for the untouched messages and for each kind of damage, in one process."""
    kinds: dict[str, Sequence[Case]] = {UNTOUCHED: cases}
    kinds |= {name: damaged(cases, damage) for name, damage in DAMAGES.items()}
    outcomes, _ = await parse_all(model, [case for each in kinds.values() for case in each])
    rows = []
    for place, (name, each) in enumerate(kinds.items()):
        own = outcomes[place * len(cases) : (place + 1) * len(cases)]
        changed = sum(one.text != before.text for one, before in zip(each, cases, strict=True))
        rows.append(Row(name, changed, accuracy(own), score_entities(own).f1))
    return rows


def report(rows: Sequence[Row]) -> str:
    """Write the figures for people."""
    whole = rows[0]
    lines = [f"{'messages':<26}{'changed':>8}{'intents':>10}{'loss':>8}{'entity F1':>11}{'loss':>8}"]
    for row in rows:
        lost = (whole.intents - row.intents) * 100, (whole.entities - row.entities) * 100
        figures = f"{row.intents:>10.1%}{lost[0]:>8.1f}{row.entities:>11.3f}{lost[1]:>8.1f}"
        lines.append(f"{row.damage:<26}{row.changed:>8}{figures}")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    options = held_out_parser("assistant.nlu.evaluate_robustness", __doc__).parse_args(arguments)
    try:
        cases = load_cases(options.data, options.split)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    rows = asyncio.run(measure(options.model, cases))
    sys.stdout.write(report(rows))
    write_figures([vars(row) for row in rows], options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
