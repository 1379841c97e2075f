"""Makes wrong replies out of right ones, to measure how many a guard finds."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from replies.examples import Example
from replies.facts import PLACED, Fact, Language

_NUMBERED: Final = re.compile(r"{((?!product)[a-z_]+)\.([12])}")
"""The value of one of two products."""
FLIPPED: Final[Mapping[str, str]] = {"yes": "no", "no": "yes"}
INSERTED: Final[Mapping[Language, Mapping[str, tuple[str, ...]]]] = {
    "en": {
        "promise": (
            "We guarantee that you will love it.",
            "I promise it will arrive tomorrow.",
            "It will definitely last for years.",
            "You will get your money back in any case.",
        ),
        "discount": (
            "I can give you a discount on it.",
            "You get ten percent off.",
            "It's half price for you today.",
            "Delivery is free for you.",
        ),
        "value": ("It costs five dollars.", "It weighs two kilos.", "It arrives on Monday.", "Only 3 left, $9 each."),
        "advice": (
            "It relieves back pain.",
            "Doctors recommend it for allergies.",
            "By law you are entitled to a new one.",
            "It heals the skin.",
        ),
        "address": ("See www.example.com for more.", "Write to help@shop.example.", "More on http://x.io."),
    },
    "zh": {
        "promise": ("我们保证您会喜欢。", "一定会明天送到。", "这款绝对用不坏。", "无论如何都给您退款。"),
        "discount": ("我给您打八折。", "可以给您优惠。", "今天半价卖给您。", "给您免运费。"),
        "value": ("只要五块钱。", "它重两公斤。", "星期一就能到。", "只剩3件，每件9元。"),
        "advice": ("能缓解腰痛。", "医生推荐过敏的人用。", "按法律您有权换新。", "可以治疗皮肤问题。"),
        "address": ("详情见www.example.com。", "请写信到help@shop.example。", "更多请看http://x.io。"),
    },
}
"""Sentences that no reply may hold, whatever is known."""


def with_facts(example: Example, change: Callable[[Fact], Fact | None]) -> Example:
    """Give an example whose facts are changed one by one, or taken away."""
    changed = (change(fact) for fact in example.facts)
    return replace(example, facts=tuple(fact for fact in changed if fact is not None))


def settled(example: Example) -> bool:
    """Tell whether what was asked for is a truth that is known, each once, and nothing else."""
    facts = [fact for fact in example.facts if fact.name in example.asked]
    names = [fact.name for fact in facts]
    known = all(fact.kind == "truth" and fact.value != "unknown" for fact in facts)
    passage = any(fact.kind == "passage" for fact in example.facts)
    return bool(facts) and known and not passage and len(set(names)) == len(names) == len(example.asked)


def corrupted(example: Example, draw: random.Random) -> Iterator[tuple[str, Example]]:
    """Give wrong variants of a right example, with what is wrong."""
    asked = set(example.asked)
    if settled(example):
        yield "polarity", with_facts(example, lambda fact: flipped(fact) if fact.name in asked else fact)
        unknown = with_facts(example, lambda fact: replace(fact, value="unknown") if fact.name in asked else fact)
        yield "unknown", unknown
        yield "dropped", with_facts(example, lambda fact: None if fact.name in asked else fact)
    used = [fact for fact in example.facts if fact.kind in PLACED and f"{{{fact.name}}}" in example.reply]
    if used:
        lost = draw.choice(used)
        yield "placeholder", with_facts(example, lambda fact: None if fact.name == lost.name else fact)
    if example.act == "compare_for" and settled(example) and len({fact.value for fact in truths(example)}) == 2:
        swapped = example.reply.replace("{product.1}", "{x}").replace("{product.2}", "{product.1}")
        yield "swapped", replace(example, reply=swapped.replace("{x}", "{product.2}"))
    if any(fact.kind == "choice" and fact.value.startswith("product.") for fact in example.facts):
        turned = _NUMBERED.sub(lambda match: f"{{{match[1]}.{3 - int(match[2])}}}", example.reply)
        if turned != example.reply:
            yield "exchanged", replace(example, reply=turned)
    for kind, sentences in INSERTED[example.language].items():
        space = " " if example.language == "en" else ""
        yield kind, replace(example, reply=f"{example.reply}{space}{draw.choice(sentences)}")


def truths(example: Example) -> list[Fact]:
    """Give the truths that were asked for."""
    return [fact for fact in example.facts if fact.kind == "truth" and fact.name in example.asked]


def flipped(fact: Fact) -> Fact:
    """Turn a truth round."""
    return replace(fact, value=FLIPPED[fact.value])
