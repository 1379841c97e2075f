"""The Chinese twin of a conversation: the same steps in other words, and the same state afterwards."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from actions.labels import flat_texts
from shop.glossary import Glossary
from tests.conversations.schema import Conversation, Expectation, Script, Step

LABELS, GLOSSARY = Path("data/labels"), Path("data/lexicon/glossary_zh.csv")
# What is the shopper's own word by nature.
_WORDS, _STATE, _TEXT = "product_query", "search_state", "text"
# What stands on buttons, and what is put into it: a side of a photo, a wish to undo.
_ON_BUTTONS = (
    "measures.",
    "desk.reasons.",
    "buttons.",
    "meant.",
    "order.button",
    "photo.part",
    "photo.sides.",
    "wishes.",
    "edits.",
    "values.",
)
_PLACE = re.compile(r"\\\{(\w+)\\\}")


def in_chinese(script: Script) -> Script | None:
    """Give the twin; None where a step has no Chinese text."""
    steps = script.conversation.steps
    if any(step.say and step.zh is None for step in steps) or not any(step.zh for step in steps):
        return None
    told = [_in_chinese(step) for step in steps]
    name = f"{script.conversation.name} (in Chinese)"
    twin: Conversation = script.conversation.model_copy(update={"name": name, "steps": told})
    return replace(script, conversation=twin)


def _in_chinese(step: Step) -> Step:
    expected = {name: getattr(step.expect, name) for name in step.expect.model_fields_set}
    expected |= {name: getattr(step.expect_zh, name) for name in step.expect_zh.model_fields_set}
    if "entities" in expected:
        expected["entities"] = {name: value for name, value in expected["entities"].items() if name != _WORDS}
    if "slots" in expected:
        expected["slots"] = {name: _without_words(name, value) for name, value in expected["slots"].items()}
    if "buttons" in expected:
        expected["buttons"] = [title_in_chinese(title) for title in expected["buttons"]]
    click = title_in_chinese(step.click) if step.click else None
    return step.model_copy(update={"say": step.zh, "click": click, "expect": Expectation(**expected)})


def _without_words(name: str, value: Any) -> Any:
    if name != _STATE or not isinstance(value, Mapping):
        return value
    return {key: inner for key, inner in value.items() if key != _TEXT}


def title_in_chinese(title: str) -> str:
    """Give what a button of this English title is called in Chinese; a product's name, or a payload, stays."""
    for pattern, chinese in _titles():
        found = pattern.fullmatch(title)
        if found:
            return chinese.format(**{name: title_in_chinese(value) for name, value in found.groupdict().items()})
    return _glossary().said(title)


@cache
def _glossary() -> Glossary:
    return Glossary.read(GLOSSARY)


@cache
def _titles() -> tuple[tuple[re.Pattern[str], str], ...]:
    english, chinese = (
        dict(flat_texts(yaml.safe_load((LABELS / f"{name}.yml").read_text("utf-8")))) for name in ("en", "zh")
    )
    plain_first = sorted(english.items(), key=lambda item: "{" in item[1])
    pairs = [(text, chinese[key]) for key, text in plain_first if key.startswith(_ON_BUTTONS)]
    return tuple((re.compile(_PLACE.sub(r"(?P<\1>.+)", re.escape(text)), re.IGNORECASE), said) for text, said in pairs)
