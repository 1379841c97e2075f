"""Examples made of situations that a person wrote: each has facts, several ways to ask and several to answer.

A file `data/replies/situations/<language>/<act>.yml` holds situations by name. Every reply of a situation answers every
turn of it, so that each pairs with each; a situation gives so many pairs that each turn and each reply is there.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any, Final

from replies.errors import InvalidFact, InvalidSituation
from replies.examples import Example
from replies.facts import ACTS, TRUTHS, Act, Fact, Language
from replies.texts import read_texts

PAIRS: Final = 15
"""So many examples at most are made of one situation."""
ONLY_ASKED: Final = 0.4
"""This share of examples has no fact but those that were asked for, as the chat asks for most replies."""
EARLIER: Final = " | "
"""What stands between an earlier turn and the last one."""
KEYS: Final = frozenset({"facts", "spare", "passage", "asked", "turns", "replies"})


@dataclass(frozen=True)
class Situation:
    """What may be said, asked and answered where certain facts are known."""

    name: str
    act: Act
    language: Language
    facts: tuple[Fact, ...]
    asked: tuple[str, ...]
    turns: tuple[str, ...]
    replies: tuple[str, ...]
    spare: tuple[Fact, ...] = ()
    pairs: int = field(default=PAIRS, compare=False)


def fact_of(text: str) -> Fact:
    """Read `name:kind`, or `name=value` of a truth or a choice."""
    name, mark, value = text.strip().partition("=")
    if mark:
        return Fact(name, "truth" if value in TRUTHS else "choice", value)
    name, _, kind = text.strip().partition(":")
    return Fact(name, kind)  # type: ignore[arg-type]  # a kind that is none is refused by the fact itself


def facts_of(text: str) -> tuple[Fact, ...]:
    """Read facts that stand behind each other with commas between."""
    return tuple(fact_of(part) for part in text.split(",") if part.strip())


def situation_of(path: Path, name: str, row: Mapping[str, Any], act: Act, language: Language) -> Situation:
    """Make a situation of what a file holds below its name.

    Raises:
        InvalidSituation: Naming what is wrong.
    """
    if not isinstance(row, dict) or not {"turns", "replies"} <= set(row) <= KEYS:
        raise InvalidSituation(path, name, f"has turns and replies, and no keys but {sorted(KEYS)}")
    try:
        facts = facts_of(row.get("facts", ""))
        spare = facts_of(row.get("spare", ""))
        passage = (Fact("policy", "passage", row["passage"]),) if "passage" in row else ()
    except InvalidFact as error:
        raise InvalidSituation(path, name, str(error)) from error
    return Situation(
        f"{act}-{name}",
        act,
        language,
        (*facts, *passage),
        tuple(row.get("asked", ())),
        tuple(row["turns"]),
        tuple(row["replies"]),
        spare,
    )


def read_situations(folder: Path, language: Language) -> Iterator[Situation]:
    """Give the situations of all acts in one language."""
    for act in ACTS:
        path = folder / language / f"{act}.yml"
        if not path.exists():
            continue
        for name, row in read_texts(path).items():
            yield situation_of(path, name, row, act, language)


def pairs_of(turns: Sequence[str], replies: Sequence[str], limit: int, draw: random.Random) -> list[tuple[str, str]]:
    """Give different pairs in which every turn and every reply appears, as far as the limit allows."""
    turns, replies = list(turns), list(replies)
    draw.shuffle(turns)
    draw.shuffle(replies)
    longer = max(len(turns), len(replies))
    even = [(turns[place % len(turns)], replies[place % len(replies)]) for place in range(longer)]
    rest = [pair for pair in product(turns, replies) if pair not in set(even)]
    draw.shuffle(rest)
    return [*dict.fromkeys(even), *rest][:limit]


def examples_of(situation: Situation, openings: Sequence[str], attempts: Sequence[str]) -> Iterator[Example]:
    """Give the examples of a situation, the same ones each time.

    Some turns follow an opening, some carry an attempt to make the shop say what is not so: the answer is the same.
    Spare facts, which nobody asked for, are there or not, and facts stand in any order.
    """
    draw = random.Random(f"{situation.language} {situation.name}")  # noqa: S311 - reproducible, not secret
    for turn, reply in pairs_of(situation.turns, situation.replies, situation.pairs, draw):
        turns = turn.split(EARLIER)
        if len(turns) == 1 and openings and draw.random() < 0.15:
            turns = [draw.choice(openings), *turns]
        if attempts and draw.random() < 0.06:
            turns[-1] = f"{turns[-1]} {draw.choice(attempts)}"
        kept = 0.0 if draw.random() < ONLY_ASKED else 0.5
        facts = [*situation.facts, *(fact for fact in situation.spare if draw.random() < kept)]
        draw.shuffle(facts)
        yield Example(
            situation.name, situation.act, situation.language, tuple(turns), tuple(facts), situation.asked, reply
        )


def unlike(examples: Iterable[Example]) -> list[Example]:
    """Give the examples without those that only repeat another's turns and reply."""
    seen: dict[tuple[str, tuple[str, ...], str], Example] = {}
    for example in examples:
        seen.setdefault((example.act, example.turns, example.reply), example)
    return list(seen.values())
