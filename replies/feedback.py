"""Makes examples of what shoppers and the shop's people said about replies, and tells which replies are said no more.

A reply with a thumb up, and what a person would have said instead, are held against the facts once more and become
examples. A reply with more thumbs down than up, each shopper counted once, or that a person has corrected, is refused:
`python -m replies.tune` and `python -m replies.train` leave it out of what they learn from and of approved replies.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from replies.approved import known_of
from replies.chat_import import HAN, Report
from replies.errors import Missed, NotWritten
from replies.examples import Example, example_of, read_folder, read_rows, split_of, write_examples
from replies.facts import ACTS, LANGUAGES, Fact
from replies.grounding import delexicalised
from replies.privacy import is_masked, masked
from replies.service import Guard, wrong_with
from replies.situation import Situation

REFUSED_FILE: Final = "refused.jsonl"
KEYS: Final = frozenset({"act", "language", "facts", "asked", "said", "reply", "thumb", "correction", "voter"})
CORRECTION: Final = "correction"
LIKED: Final = "liked"
"""What families of examples are named by that came of a person's words, and of a shopper's thumb."""
CORRECTED: Final = "corrected by a person"
DOWN: Final = "more thumbs down than up"


_PLACES: Final = {CORRECTION: 0, LIKED: 2}


@dataclass(frozen=True)
class Opinion:
    """A reply that was judged.

    Attributes:
        example: what was said, what was known, and the reply with placeholders.
        thumb: "up", "down" or none.
        correction: what a person would have said, with placeholders; empty for nothing.
        voter: whose thumb it is, as a hash.
    """

    example: Example
    thumb: str | None
    correction: str
    voter: str


@dataclass(frozen=True)
class Refused:
    """A reply that is not said again where the same is asked and known."""

    act: str
    language: str
    known: Mapping[str, str]
    reply: str

    @property
    def key(self) -> str:
        """Give it as one text, so that two are the same where their texts are."""
        return json.dumps([self.act, self.language, sorted(self.known.items()), self.reply], ensure_ascii=False)

    @classmethod
    def of(cls, example: Example) -> Refused:
        """Give the refusal of an example's reply."""
        return cls(example.act, example.language, known_of(Situation.of(example)), example.reply)


@dataclass(frozen=True)
class Learnt:
    """What opinions come to."""

    examples: list[Example]
    refused: list[Refused]
    report: Report
    reasons: Mapping[str, int]

    def lines(self) -> list[str]:
        """Give the report as lines."""
        why = [f"  {count:6} {reason}" for reason, count in self.reasons.items() if count]
        return [*self.report.lines(), f"{len(self.refused)} replies are said no more", *why]


def read_opinions(path: Path) -> Iterator[Opinion]:
    """Read the JSON lines that `python -m shop.export feedback` writes.

    Raises:
        InvalidExample: with the line that is none.
    """
    return read_rows(path, opinion_of)


def opinion_of(row: Mapping[str, Any]) -> Opinion:
    """Make an opinion of what a line holds.

    Raises:
        ValueError: naming what is wrong.
    """
    if missing := KEYS - set(row):
        raise ValueError(f"keys are missing: {', '.join(sorted(missing))}")
    if row["thumb"] not in (None, "up", "down"):
        raise ValueError(f"no such thumb: {row['thumb']}")
    names = ("act", "language", "facts", "asked", "reply")
    # What was said may be nothing that can be read; such an opinion still counts against its reply.
    said = [text for text in row["said"] if text.strip()] or ["…"]
    example = example_of({**{name: row[name] for name in names}, "turns": said, "family": "feedback"})
    return Opinion(example, row["thumb"], row["correction"] or "", str(row["voter"]))


def learnt_from(opinions: Sequence[Opinion], guard: Guard) -> Learnt:
    """Give the examples of opinions, the replies that are refused, and what was dropped and why.

    Args:
        opinions: all there are, the oldest first.
        guard: with the words of approved replies: what is learnt must pass it when it is said.
    """
    refused, reasons = refusals(opinions)
    unwanted = {one.key for one in refused}
    report, found = Report(), dict[str, Example]()
    for opinion in opinions:
        kind = CORRECTION if opinion.correction else LIKED
        for example in proposed(opinion):
            reason = why_not(example, guard)
            if not reason and Refused.of(example).key in unwanted:
                reason = "a reply that is said no more"
            key = f"{Refused.of(example).key} {example.turns}"
            if reason:
                report.drop(reason, example.reply)
            elif key in found:
                report.drop("said before", example.reply)
            else:
                found[key] = replace(example, family=family_of(example, kind))
    report.kept = len(found)
    return Learnt(list(found.values()), refused, report, reasons)


def refusals(opinions: Iterable[Opinion]) -> tuple[list[Refused], dict[str, int]]:
    """Give the replies that are said no more, and how many for each reason. A person's word weighs more than thumbs."""
    votes: dict[str, dict[str, int]] = {}
    replies: dict[str, Refused] = {}
    corrected: set[str] = set()
    wanted: set[str] = set()
    for opinion in opinions:
        own = Refused.of(opinion.example)
        replies[own.key] = own
        if opinion.correction:
            wanted.add(Refused.of(replace(opinion.example, reply=opinion.correction)).key)
            if opinion.correction != opinion.example.reply:
                corrected.add(own.key)
        if opinion.thumb:
            # Of one shopper the last thumb counts, once.
            votes.setdefault(own.key, {})[opinion.voter] = 1 if opinion.thumb == "up" else -1
    down = {key for key, own in votes.items() if sum(own.values()) < 0} - corrected
    both = [key for key in replies if key in (corrected | down) - wanted]
    reasons = {CORRECTED: sum(key in corrected for key in both), DOWN: sum(key in down for key in both)}
    return [replies[key] for key in both], reasons


def proposed(opinion: Opinion) -> Iterator[Example]:
    """Give what there is to learn of an opinion: what a person would say, else what a shopper liked."""
    if opinion.correction:
        yield replace(opinion.example, reply=opinion.correction)
    elif opinion.thumb == "up":
        yield opinion.example


def why_not(example: Example, guard: Guard) -> str:
    """Give why an example is not learnt from, or nothing."""
    if example.turns == ("…",):
        return "nothing was said"
    if is_masked(masked(example.reply, ())):
        return "personal data"
    if (example.language == "zh") != bool(HAN.search(example.reply)):
        return "another language"
    problem = wrong_with(example.reply, Situation.of(example), guard)
    return "" if problem is None else f"not grounded ({str(problem).partition(';')[0]})"


def corrected_line(text: str, situation: Situation, values: Mapping[str, str], guard: Guard) -> str:
    """Take what a person would say: values become placeholders, and the facts must license the rest.

    Args:
        text: as a shopper would read it, or with placeholders.
        situation: what the reply was about.
        values: what placeholders stand for.
        guard: with the words of approved replies.

    Raises:
        NotWritten: it cannot be said; the error says why.
    """
    facts = [Fact(fact.name, fact.kind, values.get(fact.name, "")) for fact in situation.facts if fact.name in values]
    line = delexicalised(" ".join(text.split()), facts)
    example = Example("correction", situation.act, situation.language, ("-",), situation.facts, situation.asked, line)
    problem = wrong_with(line, situation, guard)
    if problem is not None:
        raise problem
    if reason := why_not(example, guard):
        raise NotWritten(Missed.UNGROUNDED, reason)
    return line


def family_of(example: Example, kind: str) -> str:
    """Name the family of a reply so that it is learnt from: what people asked for is not held back to judge by."""
    name = f"{kind}-{hashlib.sha256(example.reply.lower().encode()).hexdigest()[:12]}"
    numbers = (f"{name}-{number}" for number in range(1_000))
    return next(family for family in numbers if split_of(family) == "train")


def write_refused(refused: Iterable[Refused], file: Path) -> None:
    """Store what is said no more, one JSON value a line."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps({**vars(one), "known": dict(one.known)}, ensure_ascii=False) + "\n" for one in refused)
    file.write_text("".join(lines), encoding="utf-8")


def refused_of(row: Mapping[str, Any]) -> Refused:
    """Make a refusal of what a line holds.

    Raises:
        ValueError: it is none.
    """
    if set(row) != {"act", "language", "known", "reply"} or not isinstance(row["known"], dict):
        raise ValueError("holds no reply that is said no more")
    return Refused(**row)


def read_refused(folder: Path) -> list[Refused]:
    """Read what is said no more by a folder of examples; a folder without the file refuses nothing.

    Raises:
        InvalidExample: with the line that is none.
    """
    file = folder / REFUSED_FILE
    return list(read_rows(file, refused_of)) if file.exists() else []


def without(examples: Iterable[Example], refused: Iterable[Refused]) -> list[Example]:
    """Leave out the examples whose reply is said no more."""
    unwanted = {one.key for one in refused}
    return [example for example in examples if Refused.of(example).key not in unwanted]


def add_to_folder(learnt: Learnt, folder: Path) -> int:
    """Add what was learnt to a folder of examples, and give how many it holds then.

    Opinions are not kept for good, and what was learnt from earlier ones stays: but for what is said no more.
    """
    now = {Refused.of(example).key for example in learnt.examples}
    refused = {one.key: one for one in (*read_refused(folder), *learnt.refused) if one.key not in now}
    every = {example.as_json(): example for example in (*read_folder(folder), *learnt.examples)}
    kept = without(every.values(), refused.values())
    for language in LANGUAGES:
        for act in ACTS:
            file = folder / language / f"{act}.jsonl"
            own = [example for example in kept if (example.language, example.act) == (language, act)]
            if own or file.exists():
                write_examples(file, own)
    write_refused(refused.values(), folder / REFUSED_FILE)
    return len(kept)


def read_data(folders: Sequence[Path]) -> list[Example]:
    """Read the examples of folders, without what any of them says no more.

    A person's corrections come first, so that of two approved replies that are as near the corrected one is said; what
    shoppers liked comes last, so that it takes the place of nothing.
    """
    every = [example for folder in folders for example in read_folder(folder)]
    refused = [one for folder in folders for one in read_refused(folder)]
    return sorted(without(every, refused), key=lambda example: _PLACES.get(example.family.partition("-")[0], 1))
