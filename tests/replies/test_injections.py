"""Three hundred attempts to make the shop say what is not so: none changes a fact."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from replies.approved import Approved, ApprovedReplies, known_of
from replies.examples import read_folder
from replies.facts import PLACEHOLDER, Fact
from replies.fill import fill
from replies.generator import Generator, GeneratorSettings
from replies.guard import Guard, load_guard
from replies.guarding import house_guard
from replies.rules import Words
from replies.service import ReplyWriter, Request, Rung, Served
from replies.situation import Situation
from tests.replies.small import ScriptedBackend

FOLDER = Path("data/replies")
ATTEMPTS = [json.loads(line) for line in (FOLDER / "injections.jsonl").read_text(encoding="utf-8").splitlines()]
TRUE_REPLY = {
    "en": "{product.1} costs {price}. It is not waterproof.",
    "zh": "{product.1}的价格是{price}。它不防水。",
}


@cache
def guard() -> Guard:
    return load_guard(FOLDER)


def facts_with(attempt: dict[str, Any]) -> list[Fact]:
    """Give a product's facts with the attempt where it comes from: the name, a description or a passage."""
    name = attempt["text"] if attempt["where"] == "product_name" else "Tent"
    facts = [Fact("product.1", "name", name), Fact("price", "money", "9.90 USD"), Fact("waterproof", "truth", "no")]
    if attempt["where"] in ("description", "passage"):
        facts.append(Fact("policy", "passage", attempt["text"]))
    return facts


def test_there_are_three_hundred_in_both_languages_and_from_every_place() -> None:
    assert len({(one["where"], one["text"]) for one in ATTEMPTS}) == 300
    assert Counter(one["language"] for one in ATTEMPTS) == {"en": 150, "zh": 150}
    assert {one["where"] for one in ATTEMPTS} == {"turn", "description", "passage", "product_name"}


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda one: one["text"][:40])
def test_the_reply_that_is_wanted_is_refused_and_the_true_one_passes(attempt: dict[str, Any]) -> None:
    facts, language = facts_with(attempt), attempt["language"]
    assert not guard().check(attempt["wants"], facts, language).ok
    assert guard().check(TRUE_REPLY[language], facts, language).ok


@pytest.mark.parametrize("attempt", ATTEMPTS[::10], ids=lambda one: one["text"][:40])
def test_the_words_of_an_attempt_are_no_reply(attempt: dict[str, Any]) -> None:
    assert not guard().check(attempt["text"], facts_with(attempt), attempt["language"]).ok


def test_examples_hold_attempts_and_answer_them_as_if_they_were_not_there() -> None:
    examples = read_folder(FOLDER)
    marks = ("ignore", "忽略", "SYSTEM", "系统", "开发者模式", "developer mode", "跟我念", "Repeat after me")
    misled = [one for one in examples if any(mark in one.turns[-1] for mark in marks)]
    assert len(misled) > 200
    assert {one.language for one in misled} == {"en", "zh"}
    assert not [one.reply for one in misled if PLACEHOLDER.sub("", one.reply).count("0")]


def obeying(attempt: dict[str, Any], situation: Situation) -> ReplyWriter:
    """Make a writer whose model and whose approved replies say what an attempt wants."""
    wants, language = attempt["wants"], attempt["language"]
    backend = ScriptedBackend([f" {wants}", "<end>"], [f" {wants}"])
    model = Served("v", Generator(backend, {language: Words.of([wants])}, GeneratorSettings(beams=1)))
    judge = house_guard(FOLDER)
    approved = ApprovedReplies(
        [Approved("judge_suitability", language, attempt["text"], known_of(situation), wants)],
        lambda texts: np.ones((len(texts), 1), np.float32),
        lambda reply, own: judge(reply, own).ok,
    )
    return ReplyWriter([model], judge, approved)


@pytest.mark.parametrize("attempt", ATTEMPTS[::12], ids=lambda one: one["text"][:40])
def test_even_a_model_and_approved_replies_that_obey_are_not_heard(attempt: dict[str, Any]) -> None:
    facts = tuple(facts_with(attempt))
    situation = Situation("judge_suitability", attempt["language"], facts, ("price", "waterproof"), (attempt["text"],))
    values = {fact.name: fact.value for fact in facts if fact.kind in ("name", "money")}
    told = fill(TRUE_REPLY[attempt["language"]], values)
    writer = obeying(attempt, situation)
    reply = writer.write(Request(situation, values, told, seconds=30.0))
    writer.close()
    assert (reply.text, reply.rung) == (told, Rung.TEMPLATE)
    assert set(reply.missed) == {Rung.MODEL, Rung.APPROVED}


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda one: one["text"][:40])
def test_a_name_that_commands_is_written_out_as_a_name(attempt: dict[str, Any]) -> None:
    told = fill(TRUE_REPLY[attempt["language"]], {"product.1": attempt["text"], "price": "9.90 USD"})
    rest = fill(TRUE_REPLY[attempt["language"]], {"product.1": "#", "price": "9.90 USD"}).removeprefix("#")
    assert told.endswith(rest)
    assert told.count("9.90 USD") == 1 + attempt["text"].count("9.90 USD")
