"""Figures of written replies: whether they are grounded, say what was asked, refuse where they must, and read well."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from replies.approved import Embed
from replies.checker import Checker
from replies.errors import NotWritten
from replies.examples import Example
from replies.facts import LANGUAGES
from replies.generator import Generator
from replies.model_folder import load_generator
from replies.publish import Judge, Judged
from replies.scores import chrf, distinct_2
from replies.service import Guard, wrong_with
from replies.situation import Situation

JUDGED_REPLIES = 400
_PATIENCE = 30.0
"""Seconds that an evaluation waits for a reply: it measures what is written, not how fast."""

Checkers = Mapping[str, Checker]
Write = Callable[[Situation], str]


@dataclass(frozen=True)
class Written:
    """A reply to a held-out situation, with those that people wrote for its family."""

    situation: Situation
    reply: str
    references: tuple[str, ...]


def read_checkers(folder: Path) -> dict[str, Checker]:
    """Read the independent checker of each language below a folder of examples."""
    return {language: Checker.read(language, folder / "situations") for language in LANGUAGES}


def held_out(examples: Sequence[Example], split: str, most: int | None = None) -> list[Example]:
    """Give the examples of a part; at most so many, evenly spread."""
    own = [example for example in examples if example.split == split]
    if most is None or len(own) <= most:
        return own
    return [own[int(place * len(own) / most)] for place in range(most)]


def written_by(write: Write, examples: Sequence[Example], every: Sequence[Example]) -> list[Written]:
    """Let something write replies.

    Args:
        write: gives a reply with placeholders.
        examples: whose situations are asked for.
        every: among which the references of a family are found.
    """
    references: dict[tuple[str, str], dict[str, None]] = {}
    for example in every:
        references.setdefault((example.language, example.family), {})[example.reply] = None
    found = []
    for example in examples:
        situation = Situation.of(example)
        own = tuple(references[example.language, example.family])
        found.append(Written(situation, write(situation), own))
    return found


def figures(written: Sequence[Written], checkers: Checkers, embed: Embed | None = None) -> dict[str, Any]:
    """Measure replies; a share of nothing is None."""
    grounded, asked, refused, wrongly = [], [], [], []
    for one in written:
        checker = checkers[one.situation.language]
        grounded.append(is_grounded(one, checker))
        if is_missing(one.situation):
            refused.append(checker.refuses(one.reply))
        else:
            wrongly.append(checker.refuses(one.reply) and not any(map(checker.refuses, one.references)))
        says = says_asked(one.situation, one.reply, checker)
        if says is not None:
            asked.append(says)
    return {
        "replies": len(written),
        "grounded": _share(grounded),
        "says_what_was_asked": _share(asked),
        "refuses_when_missing": _share(refused),
        "refuses_wrongly": _share(wrongly),
        "chrf": mean(chrf(one.reply, one.references) for one in written) if written else None,
        "similarity": None if embed is None else _similarity(written, embed),
        "distinct_2": distinct_2(one.reply for one in written),
        "characters": mean(len(one.reply) for one in written) if written else None,
    }


def is_grounded(written: Written, checker: Checker) -> bool:
    """Whether the checker finds nothing, or the reply is word for word what a person wrote for the same situation."""
    return written.reply in written.references or not checker.wrong(written.reply, written.situation.facts)


def is_missing(situation: Situation) -> bool:
    """Whether what was asked for is not known: a truth that is unknown, disputed or not there at all."""
    if situation.act == "say_unknown":
        return True
    if situation.act != "judge_suitability" or not situation.asked:
        return False
    known = {fact.name for fact in situation.facts if fact.value != "unknown"} - situation.disputed
    return not any(name in known for name in situation.asked)


def says_asked(situation: Situation, reply: str, checker: Checker) -> bool | None:
    """Whether a reply has what was asked for; None where nothing that is known was."""
    placed = [name for name in situation.asked if name in situation.names]
    truths = {
        fact.name: fact.value
        for fact in situation.facts
        if fact.kind == "truth" and fact.value in ("yes", "no") and fact.name not in situation.disputed
    }
    truths = {name: value for name, value in truths.items() if _is_asked(name, situation.asked)}
    if not placed and not truths:
        return None
    said = {(f"{attribute}.{product}", value) for attribute, product, value in checker.claims(reply)}
    bare = {(name.partition(".")[0], value) for name, value in said}
    return all(f"{{{name}}}" in reply for name in placed) and all(
        ((name, value) in said) if "." in name else ((name, value) in bare) for name, value in truths.items()
    )


def model_judge(
    examples: Sequence[Example], checkers: Checkers, guard: Guard, most: int = JUDGED_REPLIES, split: str = "validation"
) -> Judge:
    """Make the gate's judge: what a model says and the guard lets through, on held-out families."""

    def judge(folder: Path) -> Judged:
        generator = load_generator(folder)
        try:
            asked = held_out(examples, split, most)
            written = written_by(guarded(generator, guard), asked, examples)
        finally:
            generator.close()
        said = [one for one in written if one.reply]
        wrong = sum(not is_grounded(one, checkers[one.situation.language]) for one in said)
        quality = mean(chrf(one.reply, one.references) for one in written) if written else 0.0
        return Judged(1 - wrong / max(1, len(said)), quality, len(written))

    return judge


def guarded(generator: Generator, guard: Guard) -> Write:
    """Write as it is served: the likeliest line that may be shown, nothing where there is none."""

    def write(situation: Situation) -> str:
        try:
            lines = generator.write(situation, _PATIENCE)
        except NotWritten:
            return ""
        return next((line for line in lines if wrong_with(line, situation, guard) is None), "")

    return write


def unguarded(generator: Generator) -> Write:
    """Write the likeliest line, whatever the guard would say."""

    def write(situation: Situation) -> str:
        try:
            return generator.write(situation, _PATIENCE)[0]
        except NotWritten:
            return ""

    return write


def _is_asked(name: str, asked: Iterable[str]) -> bool:
    return any(name == other or name.partition(".")[0] == other.partition(".")[0] for other in asked)


def _share(found: Sequence[bool]) -> float | None:
    return sum(found) / len(found) if found else None


def _similarity(written: Sequence[Written], embed: Embed) -> float:
    """Give the mean cosine of each reply to the nearest of its references."""
    replies = embed([one.reply for one in written])
    texts = list(dict.fromkeys(text for one in written for text in one.references))
    places = {text: number for number, text in enumerate(texts)}
    rows = embed(texts)
    near = [
        float((rows[[places[text] for text in one.references]] @ reply).max())
        for one, reply in zip(written, replies, strict=True)
    ]
    return mean(near)
