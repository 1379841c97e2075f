"""Practice in saying what a passage says: passages made of other replies, of which the asked part is to be repeated.

A policy text of a shop is one that no training has seen. What a model needs for it is to find the sentence that was
asked for and to say it, which a few dozen policies do not teach; any sentence does.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from replies.examples import Example
from replies.facts import LANGUAGES, PLACED, Act, Fact, placeholders
from replies.situation import Situation

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
        said = [example.turns for example in own if example.act == _POLICY] or [("",)]
        for _ in range(int(share * len(own))):
            first, second = chance.choice(own), chance.choice(own)
            made.append(_of(first, second, chance.choice(said), chance))
    return made


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
