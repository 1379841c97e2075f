"""Writes a reply by the first rung that has a good one: the model, the nearest approved reply, the caller's template.

`ReplyWriter.write` always gives a reply. Which rung spoke, and why those above it did not, is in what it gives and in
the log.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from replies.approved import ApprovedReplies
from replies.errors import InvalidSetting, Missed, NotWritten, Unfilled
from replies.facts import placeholders
from replies.fill import fill
from replies.generator import Generator
from replies.situation import Situation

logger = logging.getLogger(__name__)

DEADLINE = 1.5


class Verdict(Protocol):
    """What the guard says of a reply."""

    @property
    def ok(self) -> bool:
        """Whether the facts license all of it."""

    @property
    def problems(self) -> Sequence[object]:
        """What they do not."""


Guard = Callable[[str, Situation], Verdict]
"""Judges a reply with placeholders by what is known."""


class Rung(StrEnum):
    """Who wrote a reply."""

    MODEL = "model"
    APPROVED = "approved"
    TEMPLATE = "template"


@dataclass(frozen=True)
class Request:
    """What is asked of the writer.

    Attributes:
        situation: act, language, facts, what was asked, the shopper's turns.
        values: of placed facts by name, formatted for the shopper.
        template: the reply that stands where nothing better is found, written out.
        shopper: decides which of two models side by side writes; any text that stays the same for a shopper.
        seconds: the longest that the model is waited for.
        by_model: whether the model may write it; otherwise only what a person approved stands above the template.
    """

    situation: Situation
    values: Mapping[str, str]
    template: str
    shopper: str = ""
    seconds: float = DEADLINE
    by_model: bool = True


@dataclass(frozen=True)
class Reply:
    """A reply as it is shown.

    Attributes:
        text: written out.
        rung: who wrote it.
        ms: how long it took.
        version: of the model that wrote it; empty for other rungs.
        line: the same with placeholders; empty for a template, which is written out already.
        missed: why the rungs above had none.
    """

    text: str
    rung: Rung
    ms: float
    version: str = ""
    missed: Mapping[Rung, str] = field(default_factory=dict)
    line: str = ""


@dataclass(frozen=True)
class Served:
    """A model in service.

    Attributes:
        version: its name.
        generator: writes with it.
        share: of the shoppers, from 0 to 1.
    """

    version: str
    generator: Generator
    share: float = 1.0


class ReplyWriter:
    """Writes replies; safe to use from many threads.

    Args:
        served: the models in service, whose shares add up to one; none is allowed.
        guard: judges a reply by the facts.
        approved: replies to fall back on; None for none.
    """

    def __init__(self, served: Sequence[Served], guard: Guard, approved: ApprovedReplies | None = None) -> None:
        total = sum(one.share for one in served)
        if served and abs(total - 1) > 1e-6:
            raise InvalidSetting("share", total, "the shares of all models must add up to one")
        self._served, self._guard, self._approved = tuple(served), guard, approved

    def write(self, request: Request) -> Reply:
        """Write a reply; there always is one."""
        begun = time.monotonic()
        missed: dict[Rung, str] = {}
        version = ""
        served = chosen(self._served, request.shopper)
        approved = self._approved
        rungs: list[tuple[Rung, Callable[[], str]]] = []
        if served is not None and request.by_model:
            rungs.append((Rung.MODEL, lambda: self._by_model(served, request)))
        if approved is not None:
            rungs.append((Rung.APPROVED, lambda: approved.nearest(request.situation)))
        text, rung, line = request.template, Rung.TEMPLATE, ""
        for name, speak in rungs:
            try:
                said = speak()
                text, rung, line = _filled(said, request), name, said
                break
            except NotWritten as error:
                missed[name] = str(error)
        if rung is Rung.MODEL and served is not None:
            version = served.version
        reply = Reply(text, rung, (time.monotonic() - begun) * 1_000, version, missed, line)
        logger.info(
            "reply %s %s by %s in %.0f ms %s", request.situation.act, version, rung, reply.ms, dict(missed) or ""
        )
        return reply

    def close(self) -> None:
        """Stop the models' threads."""
        for served in self._served:
            served.generator.close()

    def _by_model(self, served: Served, request: Request) -> str:
        situation = request.situation
        found: NotWritten | None = None
        for line in served.generator.write(situation, request.seconds):
            problem = wrong_with(line, situation, self._guard)
            if problem is None:
                return line
            found = found or problem
        raise found or NotWritten(Missed.UNFINISHED)


def wrong_with(line: str, situation: Situation, guard: Guard) -> NotWritten | None:
    """Tell why a finished line may not be shown; None where it may.

    Args:
        line: with placeholders.
        situation: what was asked for.
        guard: judges it by the facts.
    """
    said = set(placeholders(line))
    left_out = [name for name in situation.asked if name in situation.names and name not in said]
    if left_out:
        return NotWritten(Missed.NOT_ASKED, ", ".join(left_out))
    verdict = guard(line, situation)
    return None if verdict.ok else NotWritten(Missed.UNGROUNDED, "; ".join(map(str, verdict.problems)))


def chosen(served: Sequence[Served], shopper: str) -> Served | None:
    """Choose the model of a shopper: always the same while the shares stay."""
    place = int(hashlib.sha256(shopper.encode()).hexdigest()[:8], 16) / 0x1_0000_0000
    for one in served:
        if place < one.share:
            return one
        place -= one.share
    return served[-1] if served else None


def _filled(line: str, request: Request) -> str:
    try:
        return fill(line, request.values)
    except Unfilled as error:
        raise NotWritten(Missed.UNKNOWN_FACT, str(error)) from error
