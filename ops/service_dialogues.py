"""What scripted shoppers want of the service desk, and in which words: made with a seed from written dialogue acts."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

WORDINGS = Path("data/evaluation")
GOALS = ("cancel_order", "cancel_part", "change_address", "change_option", "exchange", "return", "reorder")
ABORT, REFUSED, ANOTHER = "abort", "refused", "another"
KINDS = (*GOALS, ABORT, REFUSED, ANOTHER)
"""What a dialogue is about: a goal, a change of mind, what a rule forbids, an order that is another shopper's."""

_AFTER_DELIVERY = frozenset({"exchange", "return"})
_WHOLE = frozenset({"cancel_order", "reorder"})
_WITH_OPTIONS = {"RS0042": "RS0046", "CAS23340": "CAS23342"}
_PLAIN = ("IC22MWDD", "B00XI87KV8", "B07CNGXVXT", "SC3137-056", "2000023510")
_FACT_OF = {"{number}": "order", "{product}": "items", "{reason}": "reason", "{option}": "option"}
_SHARE_VAGUE, _SHARE_SLIPS, _SHARE_DIGRESSING, _SHARE_TWO_ORDERS = 0.4, 0.35, 0.35, 0.6
_FIRST_NUMBER = 30_000
_LONG_ENOUGH = 5


@dataclass(frozen=True)
class Placed:
    """An order that is there before the dialogue begins."""

    number: str
    skus: tuple[str, ...]
    state: str
    delivered_days_ago: int | None = None
    is_own: bool = True


@dataclass(frozen=True)
class Plan:
    """One dialogue.

    Attributes:
        kind: one of `KINDS`.
        goal: what is asked for.
        orders: what the shopper has bought; the first is the one that is meant.
        sku: the line that is meant; `new_sku` what is wanted in its place.
        reason: the code of why it comes back.
        address: where the order should go.
        openings: the first message, and other ways to say it where it is not understood.
        told: which facts the first message tells.
        answers: what is said to each question, in two wordings.
        digression: what is asked in the middle, before the answer of this place.
        stops: what calls it off.
    """

    kind: str
    goal: str
    language: str
    orders: tuple[Placed, ...]
    sku: str
    new_sku: str | None
    reason: str
    address: Mapping[str, str]
    openings: tuple[str, ...]
    told: frozenset[str]
    answers: Mapping[str, tuple[str, ...]]
    yes: str
    no: str
    resume: str
    digression: str | None = None
    digress_at: int = 0
    stops: str | None = None

    @property
    def order(self) -> Placed:
        """The order that is meant."""
        return self.orders[0]


@dataclass
class _Maker:
    language: str
    words: Mapping[str, Any]
    rng: random.Random
    numbers: Iterator[int]
    _said: dict[str, str] = field(default_factory=dict)

    def plan(self, kind: str) -> Plan:
        goal = kind if kind in GOALS else self.rng.choice(GOALS[:-1] if kind == REFUSED else GOALS)
        sku = self.rng.choice(list(_WITH_OPTIONS) if goal in ("change_option", "exchange") else _PLAIN)
        orders = self._orders(kind, goal, sku)
        reason = self.rng.choice(sorted(self.words["reasons"]))
        new_sku = _WITH_OPTIONS.get(sku) if goal in ("change_option", "exchange") else None
        address = {name: str(text) for name, text in self.rng.choice(self.words["addresses"]).items()}
        fills = {
            "number": orders[0].number,
            "product": self.rng.choice(self.words["products"][sku]),
            "option": self.words["options"].get(new_sku, ""),
            "reason": self.rng.choice(self.words["reasons"][reason]),
        }
        # Without its number the order that may be changed is the one that is meant.
        vague = kind not in (ANOTHER, REFUSED) and self.rng.random() < _SHARE_VAGUE
        openings, told = self._openings(goal, fills, vague=vague)
        return Plan(
            kind, goal, self.language, orders, sku, new_sku, reason, address, openings, told,
            answers=self._answers(goal, {**fills, **address}),
            yes=self._one("yes"),
            no=self._one("no"),
            resume=self.rng.choice(self.words["resume"]),
            digression=self._maybe(_SHARE_DIGRESSING, self.words["digressions"]),
            digress_at=self.rng.randint(0, 1),
            stops=self.rng.choice([*self.words["abort"], *self.words["answers"]["no"]]) if kind == ABORT else None,
        )  # fmt: skip

    def _orders(self, kind: str, goal: str, sku: str) -> tuple[Placed, ...]:
        arrived = goal in _AFTER_DELIVERY or (goal == "reorder" and self.rng.random() < 1 / 2)
        state, days = ("delivered", 4) if arrived else ("paid", None)
        others = [one for one in _PLAIN if one != sku]
        self.rng.shuffle(others)
        if kind == REFUSED:
            state, days = ("delivered", 60) if arrived else ("packed", None)
        more = 1 if goal == "cancel_part" else self.rng.randint(0, 1)
        meant = Placed(self._number(), (sku, *others[:more]), state, days, is_own=kind != ANOTHER)
        if self.rng.random() >= _SHARE_TWO_ORDERS:
            return (meant,)
        other_state, other_days = ("delivered", 4) if arrived else ("paid", None)
        return (meant, Placed(self._number(), (others[2],), other_state, other_days))

    def _number(self) -> str:
        return str(next(self.numbers))

    def _openings(self, goal: str, fills: Mapping[str, str], *, vague: bool) -> tuple[tuple[str, ...], frozenset[str]]:
        """Give the first message, two others that say all, and what the first tells."""
        full = list(self.words["openings"][goal]["full"])
        self.rng.shuffle(full)
        first = self.rng.choice(self.words["openings"][goal]["vague"]) if vague else full.pop()
        told = frozenset(fact for gap, fact in _FACT_OF.items() if gap in first)
        said = first.format(**fills)
        if self.rng.random() < _SHARE_SLIPS:
            said = self._slipped(said)
        return (said, *(text.format(**fills) for text in full[:2])), told

    def _answers(self, goal: str, fills: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for fact, wordings in self.words["answers"].items():
            chosen = self.rng.sample(wordings, min(2, len(wordings)))
            found[fact] = tuple(text.format(**fills, text=fills.get(fact, "")) for text in chosen)
        # Who means the whole order says so where the assistant asks which part.
        return {**found, "items": found["whole"]} if goal in _WHOLE else found

    def _slipped(self, text: str) -> str:
        """Mistype a word: as people do, or by two letters that change places; numbers stay."""
        known = [word for word in self.words["typos"] if word in text]
        if known:
            word = self.rng.choice(known)
            return text.replace(word, str(self.words["typos"][word]), 1)
        long = [found for found in re.finditer(r"[a-z]+", text) if len(found[0]) >= _LONG_ENOUGH]
        if not long:
            return text
        word_at = self.rng.choice(long)
        at = self.rng.randint(word_at.start() + 1, word_at.end() - 3)
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]

    def _one(self, answer: str) -> str:
        return str(self.rng.choice(self.words["answers"][answer]))

    def _maybe(self, share: float, wordings: Sequence[str]) -> str | None:
        return self.rng.choice(wordings) if self.rng.random() < share else None


def read_wordings(language: str, folder: Path = WORDINGS) -> Mapping[str, Any]:
    """Read what shoppers say in a language."""
    words: Mapping[str, Any] = yaml.safe_load((folder / f"service_{language}.yml").read_text(encoding="utf-8"))
    return words


def make_plans(language: str, each: int, seed: int, folder: Path = WORDINGS) -> list[Plan]:
    """Make so many dialogues of each kind; the same seed makes the same ones."""
    numbers = iter(range(_FIRST_NUMBER + (0 if language == "en" else 20_000), 100_000))
    rng = random.Random(f"{seed}/{language}")  # noqa: S311 - nothing is kept secret by it
    maker = _Maker(language, read_wordings(language, folder), rng, numbers)
    return [maker.plan(kind) for kind in KINDS for _ in range(each)]
