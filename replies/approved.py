"""The retrieving rung: the nearest of the replies that a person approved, where the facts license every word of it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from replies.errors import ArtifactDamaged, Missed, NotWritten
from replies.examples import Example
from replies.facts import placeholders
from replies.prompt import MOST_TURNS, clean
from replies.situation import Situation

APPROVED_FILE = "approved.jsonl"
FLOOR = 0.5
_TRIED = 40
"""Nearest replies that are looked at before none is found near."""

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to rows of length one."""

Licensed = Callable[[str, Situation], bool]
"""Whether the facts of a situation license a reply."""


@dataclass(frozen=True)
class Approved:
    """A reply that a person approved, and what it answered.

    Attributes:
        act, language: of the situation.
        said: what was asked and said, as it is embedded.
        known: kind and value of each asked fact that was known; what is not known is not among them.
        reply: with placeholders.
    """

    act: str
    language: str
    said: str
    known: dict[str, str]
    reply: str


class ApprovedReplies:
    """Finds approved replies; safe to use from many threads.

    Args:
        replies: all there are.
        embed: texts to rows of length one.
        licensed: whether facts license a reply; the guard.
        floor: how near a reply must be.
        rows: what `embed` gives for what they answered, where that was kept.
    """

    def __init__(
        self,
        replies: Sequence[Approved],
        embed: Embed,
        licensed: Licensed,
        floor: float = FLOOR,
        rows: NDArray[np.float32] | None = None,
    ) -> None:
        self._replies, self._embed, self._licensed, self._floor = replies, embed, licensed, floor
        places: dict[str, list[int]] = {}
        for number, reply in enumerate(replies):
            places.setdefault(_key(reply.act, reply.language, reply.known), []).append(number)
        self._places = {key: np.array(own, np.int64) for key, own in places.items()}
        if rows is None:
            rows = embed([reply.said for reply in replies]) if replies else np.zeros((0, 1), np.float32)
        self._rows = rows

    def nearest(self, situation: Situation) -> str:
        """Give the nearest licensed reply, with placeholders.

        Raises:
            NotWritten: none is near, or none of those is licensed.
        """
        places = self._places.get(_key(situation.act, situation.language, known_of(situation)))
        if places is None:
            raise NotWritten(Missed.NONE_NEAR, "no approved reply for what is known")
        scores = self._rows[places] @ self._embed([said_of(situation)])[0]
        for best in np.argsort(-scores, kind="stable")[:_TRIED]:
            if scores[best] < self._floor:
                break
            reply = self._replies[int(places[best])].reply
            if set(placeholders(reply)) <= situation.names and self._licensed(reply, situation):
                return reply
        raise NotWritten(Missed.NONE_NEAR)


def kept_rows(replies: Sequence[Approved], embed: Embed, encoder: str, folder: Path) -> NDArray[np.float32]:
    """Embed what replies answered, or read what was kept of that: thousands of texts take half a minute.

    Args:
        replies: all there are.
        embed: texts to rows of length one.
        encoder: its name; another encoder's rows are never read.
        folder: where rows are kept; a file that cannot be read is made anew.
    """
    said = [reply.said for reply in replies]
    digest = hashlib.sha256(json.dumps([encoder, said], ensure_ascii=False).encode()).hexdigest()[:16]
    file = folder / f"approved-{digest}.npy"
    with suppress(OSError, ValueError, EOFError):
        rows = np.load(file, allow_pickle=False)
        if rows.ndim == 2 and len(rows) == len(said):
            return np.asarray(rows, np.float32)
    rows = embed(said)
    folder.mkdir(parents=True, exist_ok=True)
    scratch = folder / f".{file.name}.{os.getpid()}"
    with scratch.open("wb") as opened:
        np.save(opened, rows)
    scratch.replace(file)
    return rows


def approved_of(examples: Iterable[Example]) -> list[Approved]:
    """Take the replies of examples, each once for what it answered."""
    found: dict[tuple[str, str, str, str], Approved] = {}
    for example in examples:
        situation = Situation.of(example)
        own = Approved(example.act, example.language, said_of(situation), known_of(situation), example.reply)
        found.setdefault((own.act, own.language, own.reply, json.dumps(own.known, sort_keys=True)), own)
    return list(found.values())


def said_of(situation: Situation) -> str:
    """Write what was asked and said as one text to embed."""
    asked = " ".join(name.replace("_", " ").partition(".")[0] for name in situation.asked)
    return " ".join(filter(None, [asked, *(clean(turn) for turn in situation.turns[-MOST_TURNS:])]))


def known_of(situation: Situation) -> dict[str, str]:
    """Tell what is known of truths, choices and passages, and whether each asked fact is known at all."""
    known = {
        fact.name: f"{fact.kind}:{_digest(fact.value) if fact.kind == 'passage' else fact.value}"
        for fact in situation.facts
        if fact.kind in ("truth", "choice", "passage") and fact.name not in situation.disputed
    }
    return known | {name: "placed" for name in situation.asked if name in situation.names}


def _key(act: str, language: str, known: dict[str, str]) -> str:
    return json.dumps([act, language, sorted(known.items())])


def _digest(passage: str) -> str:
    return hashlib.sha256(passage.encode()).hexdigest()[:12]


def write_approved(replies: Iterable[Approved], file: Path) -> None:
    """Store replies, one JSON value a line."""
    lines = (json.dumps(asdict(reply), ensure_ascii=False, sort_keys=True) + "\n" for reply in replies)
    file.write_text("".join(lines), encoding="utf-8")


def read_approved(file: Path) -> list[Approved]:
    """Read stored replies.

    Raises:
        ArtifactDamaged: the file cannot be read.
    """
    try:
        return [Approved(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError, TypeError) as error:
        raise ArtifactDamaged(file, f"holds no approved replies ({error})") from error
