"""Scripted shoppers: the same in every run, of words that nothing was trained on, and heard by what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops.evaluate_service import Played, score
from ops.service_dialogues import KINDS, Plan, make_plans, read_wordings
from ops.service_shopper import (
    DONE,
    DROPPED,
    PROPOSALS,
    QUESTIONS,
    REFUSALS,
    STILL_OPEN,
    WAITS,
    Answer,
    Outcome,
    ScriptedShopper,
)

NLU = Path("data/nlu")
_ANNOTATION = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")


def plain(text: str) -> str:
    """Compare texts without their numbers, signs and gaps."""
    return re.sub(r"[\W\d_]+", " ", re.sub(r"\{\w+\}", " ", text.casefold())).strip()


def trained() -> set[str]:
    files = [*NLU.rglob("*.yml")]
    blocks = [block.get("examples", "") for file in files for block in yaml.safe_load(file.read_text())["nlu"]]
    lines = (line.removeprefix("- ") for block in blocks for line in block.splitlines())
    return {plain(_ANNOTATION.sub(r"\1", line)) for line in lines} - {""}


def wordings(words: Any) -> Iterator[str]:
    for each in words["openings"].values():
        yield from (*each["full"], *each["vague"])
    yield from (*words["abort"], *words["digressions"], *words["resume"])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_shopper_says_what_was_trained_on(language: str) -> None:
    known = trained()
    assert [text for text in wordings(read_wordings(language)) if plain(text) in known] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_seed_makes_the_same_dialogues_and_another_one_others(language: str) -> None:
    plans = make_plans(language, 3, seed=1)
    assert plans == make_plans(language, 3, seed=1)
    assert plans != make_plans(language, 3, seed=2)
    assert {plan.kind for plan in plans} == set(KINDS)
    numbers = [placed.number for plan in plans for placed in plan.orders]
    assert len(numbers) == len(set(numbers))


def plan_of(kind: str) -> Plan:
    return next(
        plan
        for plan in make_plans("en", 30, seed=1)
        if plan.kind == kind and plan.digression is None and plan.told == {"order", "items", "reason"}
    )


def played(plan: Plan, *answers: Answer) -> Outcome:
    left = list(answers)
    return ScriptedShopper(plan, lambda _: left.pop(0)).play()


def test_a_question_for_what_was_told_counts_as_asked_again() -> None:
    plan = plan_of("return")
    outcome = played(
        plan,
        Answer(("utter_ask_return_reason",), "why?"),
        Answer(("utter_ask_return",), f"order {plan.order.number}?"),
        Answer(("utter_return_asked_for",), "done"),
    )
    assert (outcome.end, outcome.turns, outcome.asked_again) == ("utter_return_asked_for", 3, 1)


def test_a_proposal_for_another_order_is_declined() -> None:
    plan = plan_of("return")
    outcome = played(plan, Answer(("utter_ask_return",), "order 1?"), Answer(("utter_case_dropped",), "fine"))
    assert (outcome.end, outcome.turns) == ("utter_case_dropped", 2)
    assert outcome.transcript[2] == f"shopper: {plan.no}"


def test_a_proposal_of_something_else_is_declined() -> None:
    plan = plan_of("return")
    number = plan.order.number
    outcome = played(plan, Answer(("utter_ask_reorder",), f"order {number}?"), Answer(("utter_case_dropped",), "fine"))
    assert outcome.transcript[2] == f"shopper: {plan.no}"


def test_who_is_not_understood_says_it_in_other_words_and_then_gives_up() -> None:
    plan = plan_of("return")
    outcome = played(plan, *[Answer(("utter_not_understood",), "what?")] * len(plan.openings))
    assert (outcome.end, outcome.turns) == (None, len(plan.openings))


def test_a_proposal_that_waits_after_a_question_in_the_middle_is_agreed_to() -> None:
    plan = replace(plan_of("return"), digression="when are you open?", digress_at=0)
    outcome = played(
        plan,
        Answer(("utter_ask_return",), f"order {plan.order.number}?"),
        Answer(("utter_policy", STILL_OPEN), "it waits"),
        Answer(("utter_return_asked_for",), "done"),
    )
    assert (outcome.end, outcome.turns) == ("utter_return_asked_for", 3)
    assert outcome.transcript[4] == f"shopper: {plan.yes}"


def test_every_question_and_proposal_is_a_response_of_the_domain() -> None:
    files = Path("assistant/domain").glob("*.yml")
    known = {name for file in files for name in yaml.safe_load(file.read_text()).get("responses", {})}
    assert {*QUESTIONS, *PROPOSALS, *DONE, *REFUSALS, *DROPPED, WAITS, STILL_OPEN} <= known


def test_only_successes_have_a_median_of_turns() -> None:
    plan = plan_of("return")
    good = Played(plan, Outcome("utter_return_asked_for", 4), success=True, wrong_changes=0)
    bad = Played(plan, Outcome(None, 14, 2), success=False, wrong_changes=1)
    found = score([good, bad])
    assert (found.success, found.turns, found.wrong_changes, found.asked_again) == (0.5, 4, 1, 2)
    assert score([bad]).turns is None
