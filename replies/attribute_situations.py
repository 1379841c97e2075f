"""Situations about what a product is or is not, made of the words of each attribute and of frames that join them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from replies.errors import InvalidSituation
from replies.facts import Act, Language
from replies.situations import Situation, facts_of
from replies.texts import read_texts

SPARE: Final = facts_of("price:money, color:text, material:text, weight:number, brand:text, stock:number")
"""Facts of a product that nobody asked for here."""
NOT_POLAR: Final = "~"
"""Marks a question that is not to be answered by yes or no."""
PAIRS: Final = 3
PAIRS_OF_TWO: Final = 2
"""So many examples are made of each two attributes: every attribute is asked about with another one."""
KEYS: Final = frozenset({"goods", "ask", "for", "yes", "no", "whether", "need"})


@dataclass(frozen=True)
class Attribute:
    """The words of an attribute."""

    name: str
    goods: tuple[str, ...]
    ask: tuple[str, ...]
    uses: tuple[str, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]
    whether: tuple[str, ...]
    need: str

    def words(self, truth: str) -> tuple[str, ...]:
        """Give the ways to say that it is so, or is not."""
        return self.yes if truth == "yes" else self.no


@dataclass(frozen=True)
class Writer:
    """Joins the words of one attribute by the frames of a language."""

    attribute: Attribute
    frames: Mapping[str, Any]
    language: Language

    def filled(self, frames: list[str], goods: bool = True, **words: tuple[str, ...]) -> tuple[str, ...]:
        """Give each frame with each of its words, up to twelve, in a fixed mixed order."""
        attribute = self.attribute
        slots = {**words, "whether": attribute.whether, "need": (attribute.need,), "for": attribute.uses}
        slots["thing"] = attribute.goods
        found: list[str] = []
        draw = random.Random(f"{self.language} {attribute.name} {frames[0]}")  # noqa: S311 - reproducible, not secret
        for turn in range(3):
            for frame in frames:
                text = frame
                for slot, choices in slots.items():
                    text = text.replace(f"<{slot}>", choices[(turn + draw.randrange(len(choices))) % len(choices)])
                found.append(self.with_goods(text, draw) if goods else text)
        return tuple(dict.fromkeys(found))

    def with_goods(self, text: str, draw: random.Random) -> str:
        """Name the thing that a question is about, or say only "it"."""
        if "{it}" not in text:
            return text
        thing = draw.choice(self.attribute.goods)
        ways = self.frames["things"]
        return text.replace("{it}", draw.choice(ways).replace("<thing>", thing))

    def situation(
        self, name: str, act: Act, facts: str, turns: tuple[str, ...], replies: tuple[str, ...], asked: str = ""
    ) -> Situation:
        """Make a situation whose facts are a name and what is known of the attribute."""
        attribute = self.attribute.name
        spare = () if "product.2" in facts else tuple(fact for fact in SPARE if fact.name not in facts)
        return Situation(
            f"{act}-{attribute.replace('_', '-')}-{name}",
            act,
            self.language,
            facts_of(facts),
            tuple((asked or attribute).split()),
            turns,
            replies,
            spare,
            PAIRS,
        )

    def asked(self, polar: bool) -> tuple[str, ...]:
        """Give the questions: those for yes or no with the uses, or all that any answer fits."""
        draw = random.Random(f"{self.language} {self.attribute.name} ask")  # noqa: S311 - reproducible, not secret
        own = [ask for ask in self.attribute.ask if not (polar and ask.startswith(NOT_POLAR))]
        texts = tuple(self.with_goods(ask.removeprefix(NOT_POLAR), draw) for ask in own)
        return (*texts, *self.filled(self.frames["questions"]["use"])) if polar else texts

    def judged(self) -> Iterator[Situation]:
        """Give what is asked of one product, by what is known."""
        name, frames = self.attribute.name, self.frames
        for truth in ("yes", "no"):
            known = f"product.1:name, {name}={truth}"
            words = self.attribute.words(truth)
            polar = self.filled(frames[truth]["polar"], p=words)
            plain = self.filled(frames[truth]["plain"], p=words)
            yield self.situation(truth, "judge_suitability", known, self.asked(polar=True), polar)
            yield self.situation(f"{truth}-plain", "judge_suitability", known, self.asked(polar=False), plain)
        every = self.asked(polar=False) + self.filled(frames["questions"]["use"])
        unknown, disputed = (self.filled(frames[part]) for part in ("unknown", "disputed"))
        twice = f"product.1:name, {name}=yes, {name}=no"
        yield self.situation("unknown", "judge_suitability", f"product.1:name, {name}=unknown", every, unknown)
        yield self.situation("disputed", "judge_suitability", twice, every, disputed)
        yield self.situation("missing", "say_unknown", "product.1:name", every, self.filled(frames["missing"]))

    def joined(self, other: Attribute) -> Iterator[Situation]:
        """Give what is asked of this attribute and another one at once, by what is known of each."""
        first, second, frames = self.attribute, other, self.frames["two"]
        asks = tuple(ask for ask in first.ask if not ask.startswith(NOT_POLAR))
        others = tuple(ask for ask in second.ask if not ask.startswith(NOT_POLAR))
        turns = self.filled(frames["ask"], first=asks, second=others)
        for case, truth in (("half", "unknown"), ("mixed", "no"), ("both", "yes")):
            words = {"p": first.yes, "p2": second.yes, "n": second.no, "whether2": second.whether}
            replies = self.filled(frames[case], goods=False, **words)
            facts = facts_of(f"product.1:name, {first.name}=yes, {second.name}={truth}")
            both = f"{first.name}-and-{second.name}".replace("_", "-")
            asked = (first.name, second.name)
            yield Situation(
                f"judge_suitability-{both}-{case}",
                "judge_suitability",
                self.language,
                facts,
                asked,
                turns,
                replies,
                pairs=PAIRS_OF_TWO,
            )

    def compared(self) -> Iterator[Situation]:
        """Give what is asked of two products, by what is known of each."""
        name, frames = self.attribute.name, self.frames["compare"]
        which = self.filled(self.frames["questions"]["which"])
        yes, no = self.attribute.yes, self.attribute.no
        cases = {
            "first": ("yes", "no", frames["one"], ("1", "2")),
            "second": ("no", "yes", frames["one"], ("2", "1")),
            "both": ("yes", "yes", frames["both"], ("1", "2")),
            "neither": ("no", "no", frames["neither"], ("1", "2")),
            "half-first": ("yes", "unknown", frames["half"], ("1", "2")),
            "half-second": ("unknown", "yes", frames["half"], ("2", "1")),
            "half-no-first": ("no", "unknown", frames["half_no"], ("1", "2")),
            "half-no-second": ("unknown", "no", frames["half_no"], ("2", "1")),
            "none": ("unknown", "unknown", frames["none"], ("1", "2")),
        }
        for case, (first, second, ways, (a, b)) in cases.items():
            facts = f"product.1:name, product.2:name, {name}.1={first}, {name}.2={second}"
            told = [way.replace("<a>", a).replace("<b>", b) for way in ways]
            replies = self.filled(told, yes=yes, no=no)
            yield self.situation(case, "compare_for", facts, which, replies, asked=f"{name}.1 {name}.2")

    def explained(self) -> Iterator[Situation]:
        """Give why a product was picked, and the question that narrows a search."""
        why, looking = (self.filled(self.frames["questions"][part]) for part in ("why", "looking"))
        facts = f"product.1:name, price:money, {self.attribute.name}=yes"
        replies = self.filled(self.frames["explain"], p=self.attribute.yes)
        yield self.situation("picked", "explain_pick", facts, why, replies)
        yield self.situation("narrow", "ask_more", "", looking, self.filled(self.frames["more"]))


def attribute_of(path: Path, name: str, row: Mapping[str, Any]) -> Attribute:
    """Make an attribute of what the file holds below its name.

    Raises:
        InvalidSituation: Where a part is missing.
    """
    if set(row) != KEYS:
        raise InvalidSituation(path, name, f"has the keys {sorted(KEYS)}")
    lists = {key: tuple(row[key]) for key in KEYS - {"need", "for"}}
    return Attribute(name, uses=tuple(row["for"]), need=row["need"], **lists)


def attribute_situations(folder: Path, language: Language) -> Iterator[Situation]:
    """Give the situations of all attributes in one language.

    Raises:
        InvalidSituation: Where an attribute is not whole.
    """
    path = folder / language / "attributes.yml"
    frames = read_texts(folder / language / "frames.yml")
    attributes = [attribute_of(path, name, row) for name, row in read_texts(path).items()]
    for number, attribute in enumerate(attributes):
        writer = Writer(attribute, frames, language)
        yield from writer.judged()
        yield from writer.joined(attributes[(number + 1) % len(attributes)])
        yield from writer.compared()
        yield from writer.explained()
