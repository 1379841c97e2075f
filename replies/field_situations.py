"""Situations about the value of a field, made of the words of each field and of frames that join them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from replies.attribute_situations import SPARE
from replies.errors import InvalidSituation
from replies.facts import Act, Fact, Language
from replies.situations import Situation, facts_of
from replies.texts import read_texts

PAIRS: Final = {"known": 14, "missing": 10, "more": 8}
"""So many examples are made of a case, and of the others fewer: a field is asked for alone most of the time."""
OTHER_PAIRS: Final = 4
LANGUAGE_THINGS: Final[dict[Language, str]] = {"en": "it", "zh": "它"}
KEYS: Final = frozenset({"kind", "noun", "whether", "ask", "say"})
MORE_KEYS: Final = frozenset({"choice", "word", "ask"})
_SLOT: Final = re.compile(r"<(\w+)(?:\.(\w+))?>")


@dataclass(frozen=True)
class More:
    """The choice of the product that has more, or less, of a field, and its words."""

    choice: str
    word: tuple[str, ...]
    ask: tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """The words of a field that has a value."""

    name: str
    kind: str
    noun: str
    whether: tuple[str, ...]
    ask: tuple[str, ...]
    say: tuple[str, ...]
    more: More | None = None

    def fact(self, number: str = "") -> str:
        """Give it as situations write facts."""
        return f"{self.name}.{number}:{self.kind}" if number else f"{self.name}:{self.kind}"

    def place(self, number: str = "") -> str:
        """Give what stands for its value in a reply."""
        return f"{{{self.name}.{number}}}" if number else f"{{{self.name}}}"

    def said(self, way: str, number: str = "") -> str:
        """Give one way to say its value."""
        return way.replace("{v}", self.place(number))


@dataclass(frozen=True)
class FieldWriter:
    """Joins the words of one field by the frames of a language."""

    field: Field
    frames: Mapping[str, Sequence[str]]
    language: Language

    def filled(self, case: str, other: Field | None = None, a: str = "1", b: str = "2") -> tuple[str, ...]:
        """Give each frame of a case with each of its words, in a fixed mixed order."""
        draw = random.Random(f"{self.language} {self.field.name} {case} {a}")  # noqa: S311 - reproducible, not secret
        return tuple(
            dict.fromkeys(self._fill(frame, draw, other, a, b) for _ in range(3) for frame in self.frames[case])
        )

    def _fill(self, frame: str, draw: random.Random, other: Field | None, a: str, b: str) -> str:
        """Put words and placeholders into a frame; a number, or a or b, after a dot says of which product."""
        own, numbers = self.field, {"a": a, "b": b}

        def word(match: re.Match[str]) -> str:
            name, number = match[1], numbers.get(match[2], match[2] or "")
            if name in numbers:
                return numbers[name]
            if name in ("say2", "noun2") and other:
                return other.noun if name == "noun2" else other.said(draw.choice(other.say))
            if name == "say":
                return own.said(draw.choice(own.say), number)
            if name == "more" and own.more:
                return draw.choice(own.more.word)
            return own.noun if name == "noun" else draw.choice(own.whether)

        text = _SLOT.sub(word, frame)
        for slot, number in (("v", ""), ("v.1", "1"), ("v.2", "2"), ("v.a", a), ("v.b", b)):
            text = text.replace(f"{{{slot}}}", own.place(number))
        return text.replace("{v2}", other.place() if other else "{v2}")

    def situation(
        self, case: str, act: Act, facts: str, asked: Sequence[str], turns: Sequence[str], replies: Sequence[str]
    ) -> Situation:
        """Make a situation; spare facts are those of a product alone."""
        names = {name.partition(":")[0].partition(".")[0] for name in facts.split(", ")}
        spare: tuple[Fact, ...] = ()
        if "product.2" not in facts:
            spare = tuple(fact for fact in SPARE if fact.name not in {*names, self.field.name})
        name = f"{act}-{self.field.name.replace('_', '-')}-{case}"
        pairs = PAIRS.get(case.partition("-")[0], OTHER_PAIRS)
        return Situation(
            name, act, self.language, facts_of(facts), tuple(asked), tuple(turns), tuple(replies), spare, pairs
        )

    def alone(self) -> Iterator[Situation]:
        """Give what is asked of one product: its value is known, or it is not."""
        own, asks = self.field, self.asks()
        known = f"product.1:name, {own.fact()}"
        yield self.situation("known-value", "judge_suitability", known, [own.name], asks, self.filled("known"))
        yield self.situation("missing-value", "say_unknown", "product.1:name", [own.name], asks, self.filled("missing"))

    def joined(self, other: Field) -> Iterator[Situation]:
        """Give what is asked of this field and another one at once."""
        own = self.field
        draw = random.Random(f"{self.language} {own.name} {other.name}")  # noqa: S311 - reproducible, not secret
        mark = " " if self.language == "en" else "，"
        turns = [f"{draw.choice(self.asks())}{mark}{draw.choice(_plain(other, self.language))}" for _ in range(4)]
        facts = f"product.1:name, {own.fact()}, {other.fact()}"
        replies = self.filled("two", other)
        case = f"and-{other.name.replace('_', '-')}"
        yield self.situation(case, "judge_suitability", facts, [own.name, other.name], turns, replies)

    def compared(self) -> Iterator[Situation]:
        """Give what is asked of two products: both values are known, one, or none."""
        own = self.field
        names = "product.1:name, product.2:name"
        asked = [f"{own.name}.1", f"{own.name}.2"]
        turns = [ask.replace("<noun>", own.noun) for ask in self.frames["ask_both"]]
        both = f"{names}, {own.fact('1')}, {own.fact('2')}"
        yield self.situation("both-values", "compare_for", both, asked, turns, self.filled("both"))
        for place, (a, b) in (("first", "12"), ("second", "21")):
            facts, replies = f"{names}, {own.fact(a)}", self.filled("half", a=a, b=b)
            yield self.situation(f"half-value-{place}", "compare_for", facts, asked, turns, replies)
        yield self.situation("no-values", "compare_for", names, asked, turns, self.filled("none"))
        if not own.more:
            return
        for place, (a, b) in (("first", "12"), ("second", "21")):
            facts, replies = f"{both}, {own.more.choice}=product.{a}", self.filled("more", a=a, b=b)
            yield self.situation(f"more-{place}", "compare_for", facts, [own.more.choice], own.more.ask, replies)

    def asks(self) -> tuple[str, ...]:
        """Give the questions for this field alone."""
        return _plain(self.field, self.language)


def _plain(field: Field, language: Language) -> tuple[str, ...]:
    return tuple(ask.replace("{it}", LANGUAGE_THINGS[language]) for ask in field.ask)


def field_of(path: Path, name: str, row: Mapping[str, Any]) -> Field:
    """Make a field of what the file holds below its name.

    Raises:
        InvalidSituation: Where a part is missing.
    """
    if set(row) - {"more"} != KEYS:
        raise InvalidSituation(path, name, f"has the keys {sorted(KEYS)}, and may have 'more'")
    more = row.get("more")
    if more is not None and set(more) != MORE_KEYS:
        raise InvalidSituation(path, name, f"has in 'more' the keys {sorted(MORE_KEYS)}")
    lists = {key: tuple(row[key]) for key in ("whether", "ask", "say")}
    return Field(
        name,
        row["kind"],
        row["noun"],
        more=More(more["choice"], tuple(more["word"]), tuple(more["ask"])) if more else None,
        **lists,
    )


def read_fields(folder: Path, language: Language) -> list[Field]:
    """Read the fields of a language below a folder of situations.

    Raises:
        InvalidSituation: Where a field is not whole.
    """
    path = folder / language / "fields.yml"
    return [field_of(path, name, row) for name, row in read_texts(path).items()]


def field_situations(folder: Path, language: Language) -> Iterator[Situation]:
    """Give the situations of all fields in one language.

    Raises:
        InvalidSituation: Where a field is not whole.
    """
    frames = read_texts(folder / language / "frames.yml")["fields"]
    fields = read_fields(folder, language)
    for number, field in enumerate(fields):
        writer = FieldWriter(field, frames, language)
        yield from writer.alone()
        yield from writer.joined(fields[(number + 1) % len(fields)])
        yield from writer.compared()
