"""Measure how well the service desk serves scripted shoppers, through the real assistant and its database.

`python -m ops.evaluate_service` starts both servers on a copy of the demo shop, plays dialogues that are made with a
seed from `data/evaluation/service_en.yml` and `service_zh.yml`, and looks into the database for what each was to leave
behind. `--transcripts FILE` keeps those that failed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from ops.service_dialogues import KINDS, Plan, make_plans
from ops.service_shop import judge, place_orders
from ops.service_shopper import Answer, Outcome, ScriptedShopper
from ops.stack import Stack
from ops.web_shopper import WebShopper
from shop.db import Sessions, make_sessions, open_engine

LANGUAGES = ("en", "zh")
LOGS = Path("artifacts/test-logs")
_SEED, _EACH = 7, 15


@dataclass(frozen=True)
class Played:
    """One dialogue and how it ended."""

    plan: Plan
    outcome: Outcome
    success: bool
    wrong_changes: int


@dataclass(frozen=True)
class Score:
    """How a set of dialogues went.

    Attributes:
        success: share of those that left what was wanted and nothing else.
        turns: median of the shopper's messages in those; None where there is none.
        wrong_changes: changes of orders and carts that nobody wanted, all together.
        asked_again: questions for what had been told already, all together.
    """

    dialogues: int
    success: float
    turns: float | None
    wrong_changes: int
    asked_again: int


def play(stack: Stack, sessions: Sessions, plan: Plan) -> Played:
    """Play one dialogue in a conversation of its own."""
    client = WebShopper(stack.base_url)
    seen = 0

    def say(text: str) -> Answer:
        nonlocal seen
        messages = client.say(text)
        events = stack.tracker(client.shopper_id)["events"]
        new, seen = events[seen:], len(events)
        named = (event.get("metadata", {}).get("utter_action") for event in new if event["event"] == "bot")
        return Answer(tuple(filter(None, named)), "\n".join(message.get("text") or "" for message in messages))

    try:
        place_orders(sessions, client.shopper_id, plan)
        outcome = ScriptedShopper(plan, say).play()
        verdict = judge(sessions, client.shopper_id, plan, outcome)
    finally:
        client.close()
    return Played(plan, outcome, verdict.success, verdict.wrong_changes)


def score(played: Sequence[Played]) -> Score:
    """Count how some dialogues went."""
    turns = [one.outcome.turns for one in played if one.success]
    return Score(
        dialogues=len(played),
        success=sum(one.success for one in played) / max(1, len(played)),
        turns=statistics.median(turns) if turns else None,
        wrong_changes=sum(one.wrong_changes for one in played),
        asked_again=sum(one.outcome.asked_again for one in played),
    )


def play_all(plans: Iterable[Plan]) -> list[Played]:
    """Play dialogues one after the other on one running stack."""
    todo = list(plans)
    with tempfile.TemporaryDirectory() as folder, Stack(Path(folder), LOGS) as stack:
        engine = open_engine(stack.database_url, timeout_s=10.0)
        try:
            return [play(stack, make_sessions(engine), plan) for plan in tqdm(todo, desc="dialogues")]
        finally:
            engine.dispose()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    options = _parser().parse_args(arguments)
    languages = LANGUAGES if options.language == "both" else (options.language,)
    plans = [plan for language in languages for plan in make_plans(language, options.each, options.seed)]
    played = play_all(plans)
    scores = {
        language: {kind: score(_of(played, language, kind)) for kind in KINDS} | {"all": score(_of(played, language))}
        for language in languages
    }
    _print(scores)
    if options.json:
        content = {language: {kind: asdict(one) for kind, one in each.items()} for language, each in scores.items()}
        options.json.write_text(json.dumps({"seed": options.seed, **content}, indent=1) + "\n", encoding="utf-8")
    if options.transcripts:
        failed = [one for one in played if not one.success or one.wrong_changes or one.outcome.asked_again]
        options.transcripts.write_text("\n\n".join(map(_told, failed)) + "\n", encoding="utf-8")
    return 0


def _of(played: Sequence[Played], language: str, kind: str | None = None) -> list[Played]:
    return [one for one in played if one.plan.language == language and kind in (None, one.plan.kind)]


def _told(one: Played) -> str:
    head = (
        f"# {one.plan.language} {one.plan.kind} ({one.plan.goal}), orders {[each.number for each in one.plan.orders]}: "
        f"success {one.success}, wrong changes {one.wrong_changes}, asked again {one.outcome.asked_again}"
    )
    return "\n".join([head, *one.outcome.transcript])


def _print(scores: dict[str, dict[str, Score]]) -> None:
    table = Table(title="scripted shoppers at the service desk")
    for column in ("language", "goal", "dialogues", "success", "turns (median)", "wrong changes", "asked again"):
        table.add_column(column)
    for language, each in scores.items():
        for kind, one in each.items():
            turns = "–" if one.turns is None else f"{one.turns:g}"
            counts = (str(one.wrong_changes), str(one.asked_again))
            table.add_row(language, kind, str(one.dialogues), f"{one.success:.3f}", turns, *counts)
    Console().print(table)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ops.evaluate_service", description="Measure the service desk.")
    parser.add_argument("--language", choices=(*LANGUAGES, "both"), default="both")
    parser.add_argument("--each", type=int, default=_EACH, help="dialogues of each kind and language")
    parser.add_argument("--seed", type=int, default=_SEED)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--transcripts", type=Path, help="where the dialogues that did not go well are written")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
