"""Practice in saying what a passage says.

A policy text of a shop is one that no training has seen. What a model needs for it is to find the sentence that was
asked for and to say it, which a hundred policies do not teach. By turns a passage is made of two replies, of which
the asked one is to be repeated, and of two policies, of which the question is about one.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from replies.examples import Example
from replies.facts import LANGUAGES, PLACED, Act, Fact, placeholders
from replies.situation import Situation
from replies.variation import new_names, renamed

_POLICY: Act = "answer_policy"


def copying_examples(examples: Sequence[Example], share: float, chance: random.Random) -> list[Example]:
    """Make examples of repeating.

    Args:
        examples: whose replies passages are made of.
        share: how many to make, as a share of all examples.
        chance: what is drawn.
    """
    made: list[Example] = []
    for language in LANGUAGES:
        own = [example for example in examples if example.language == language]
        policies = [example for example in own if example.act == _POLICY and _answers(example)]
        said = [example.turns for example in policies] or [("",)]
        for number in range(int(share * len(own))):
            if policies and number % 2:
                made.append(_beside(chance.choice(policies), chance.choice(policies), chance))
            else:
                made.append(_of(chance.choice(own), chance.choice(own), chance.choice(said), chance))
    return made


def _answers(example: Example) -> bool:
    """Whether an example says what a passage says: it has one, and each fact that is asked for."""
    passages = [fact for fact in example.facts if fact.kind == "passage"]
    return len(passages) == 1 and set(example.asked) <= Situation.of(example).names


def _beside(first: Example, second: Example, chance: random.Random) -> Example:
    """Put the passage of another policy beside that of an example, whose reply stays."""
    if second.family == first.family:
        return first
    taken = frozenset(fact.name for fact in first.facts)
    other = renamed(second, new_names(second, chance, taken))
    if taken & {fact.name for fact in other.facts if fact.kind != "passage"}:
        return first
    passages = [fact.value for example in (first, other) for fact in example.facts if fact.kind == "passage"]
    chance.shuffle(passages)
    facts = [Fact("policy", "passage", ("" if first.language == "zh" else " ").join(passages))]
    facts += [fact for example in (first, other) for fact in example.facts if fact.kind != "passage"]
    return replace(first, family="copying", facts=tuple(facts))


def _of(first: Example, second: Example, turns: tuple[str, ...], chance: random.Random) -> Example:
    """Ask for a placeholder that one of two sentences has alone, or for all that there is."""
    kinds = {fact.name: fact.kind for example in (first, second) for fact in example.facts if fact.kind in PLACED}
    names, others = (dict.fromkeys(placeholders(example.reply)) for example in (first, second))
    asked = next((name for name in names if name not in others), None)
    parts = [first.reply, second.reply]
    chance.shuffle(parts)
    gap = "" if first.language == "zh" else " "
    wanted = first.reply if asked is not None else gap.join(parts)
    facts = [Fact("policy", "passage", gap.join(parts))]
    facts += [Fact(name, kinds[name]) for name in {**names, **others} if name in kinds]
    made = Example("copying", _POLICY, first.language, turns, tuple(facts), (asked,) if asked else (), wanted)
    return made if set(placeholders(wanted)) <= Situation.of(made).names else first
