"""Writes replies token by token, the likeliest first, and never one that the rules forbid.

Beam search (one beam is greedy); several situations are written in one batch. A token that would break a rule is
passed over for the next likeliest, so what comes out is grounded in form by construction. Each job has its own
deadline, looked at before every step.
"""

from __future__ import annotations

import math
import string
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from replies.backend import Backend, Logits
from replies.errors import Missed, NotWritten
from replies.rules import Rules, static_mask

MOST_NEW = 96
_TRIED = 64
"""Likeliest tokens that are tried against the rules before a line is given up."""

_SPELLED = frozenset(string.ascii_lowercase + string.digits + "_.{}")
"""What a placeholder is written with where it is no single token; the rules tell where."""

Clock = Callable[[], float]


@dataclass(frozen=True)
class Job:
    """One reply to write.

    Attributes:
        prompt: token ids.
        rules: what it may hold.
        deadline: by the decoder's clock; after it nothing is written.
        fixed: how many tokens at the prompt's beginning many others share.
    """

    prompt: Sequence[int]
    rules: Rules
    deadline: float
    fixed: int = 0


@dataclass(frozen=True)
class _Line:
    job: int
    row: int
    token: int
    text: str
    score: float
    length: int

    @property
    def mean(self) -> float:
        return self.score / max(1, self.length)


@dataclass
class _Desk:
    """What has been found for one job."""

    found: list[_Line] = field(default_factory=list)
    missed: NotWritten | None = None

    @property
    def open(self) -> bool:
        return self.missed is None


class Decoder:
    """Writes with one model; for one thread at a time.

    Args:
        backend: the model.
        beams: lines that are kept for each reply.
        most_new: the longest reply in tokens.
        clock: seconds, by which deadlines are.
        floor: how sure a line must be, as mean log-probability of its tokens; None takes any.
    """

    def __init__(
        self,
        backend: Backend,
        beams: int = 1,
        most_new: int = MOST_NEW,
        clock: Clock = time.monotonic,
        floor: float | None = None,
    ) -> None:
        self._backend, self._beams, self._most_new, self._clock = backend, beams, most_new, clock
        self._floor = -math.inf if floor is None else floor
        self._plain = static_mask(backend.pieces)
        self._plain[backend.end] = False
        # A model whose placeholders are single tokens may write those; one without builds them of others.
        self._braces = {piece.strip(): number for number, piece in enumerate(backend.pieces) if _is_braced(piece)}
        if not self._braces:
            self._plain |= np.array([bool(piece) and set(piece.strip()) <= _SPELLED for piece in backend.pieces])

    def write(self, jobs: Sequence[Job]) -> list[list[str] | NotWritten]:
        """Write a reply for each job.

        Returns:
            For each the finished lines, the likeliest first, or why there is none.
        """
        desks = [_Desk() for _ in jobs]
        for desk, job in zip(desks, jobs, strict=True):
            desk.missed = self._too_early(job)
        numbers = [number for number, desk in enumerate(desks) if desk.open]
        if numbers:
            fixed = min(jobs[number].fixed for number in numbers)
            logits, state = self._backend.begin([jobs[number].prompt for number in numbers], fixed)
            lines = [_Line(number, row, -1, "", 0.0, 0) for row, number in enumerate(numbers)]
            for _ in range(self._most_new):
                lines = self._grown(lines, logits, jobs, desks)
                if not lines:
                    break
                parents = np.array([line.row for line in lines], np.int64)
                logits, state = self._backend.next(state, parents, np.array([line.token for line in lines], np.int64))
        return [_result(desk, self._floor) for desk in desks]

    def _too_early(self, job: Job) -> NotWritten | None:
        if self._clock() >= job.deadline:
            return NotWritten(Missed.LATE)
        if len(job.prompt) + self._most_new > self._backend.most_tokens:
            return NotWritten(Missed.TOO_LONG, f"{len(job.prompt)} tokens")
        return None

    def _grown(
        self, lines: Sequence[_Line], logits: Logits, jobs: Sequence[Job], desks: Sequence[_Desk]
    ) -> list[_Line]:
        """Let every line grow by its likeliest tokens, put finished ones away, and keep the best of each job."""
        now = self._clock()
        grown: dict[int, list[_Line]] = {}
        for row, line in enumerate(lines):
            job, desk = jobs[line.job], desks[line.job]
            if now >= job.deadline:
                desk.missed = NotWritten(Missed.LATE)
            if desk.open:
                grown.setdefault(line.job, []).extend(self._next_of(line, row, logits[row], job.rules))
        kept: list[_Line] = []
        for number, own in grown.items():
            best = sorted(own, key=lambda line: -line.score)[: self._beams]
            desks[number].found += [line for line in best if line.token == self._backend.end]
            if len(desks[number].found) < self._beams:
                kept += [line for line in best if line.token != self._backend.end]
        return kept

    def _next_of(self, line: _Line, row: int, logits: Logits, rules: Rules) -> list[_Line]:
        allowed = self._allowed(rules)
        allowed[self._backend.end] = rules.allows_end(line.text)
        scores = np.where(allowed, logits - _log_sum(logits), -np.inf)
        found: list[_Line] = []
        tried = min(_TRIED, int(allowed.sum()))
        for token in _best(scores, tried):
            text = line.text if token == self._backend.end else line.text + self._backend.pieces[token]
            if token == self._backend.end or rules.allows(text):
                found.append(_Line(line.job, row, int(token), text, line.score + float(scores[token]), line.length + 1))
            if len(found) == self._beams:
                break
        return found

    def _allowed(self, rules: Rules) -> NDArray[np.bool_]:
        allowed = self._plain.copy()
        for name in rules.names:
            number = self._braces.get(f"{{{name}}}")
            if number is not None:
                allowed[number] = True
        return allowed


def _result(desk: _Desk, floor: float) -> list[str] | NotWritten:
    if desk.missed is not None:
        return desk.missed
    if not desk.found:
        return NotWritten(Missed.UNFINISHED)
    lines = sorted(desk.found, key=lambda line: -line.mean)
    sure = [line.text.strip() for line in lines if line.mean >= floor]
    return sure or NotWritten(Missed.UNSURE, f"{lines[0].mean:.2f} where {floor:.2f} is needed")


def _is_braced(piece: str) -> bool:
    bare = piece.strip()
    return len(bare) > 2 and bare[0] == "{" and bare[-1] == "}"


def _log_sum(logits: Logits) -> float:
    top = float(logits.max())
    return top + float(np.log(np.exp(logits - top).sum()))


def _best(scores: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Give the places of the highest scores, the highest first."""
    if count <= 0:
        return np.zeros(0, np.int64)
    near = np.argpartition(-scores, count - 1)[:count]
    return np.asarray(near[np.argsort(-scores[near], kind="stable")], np.int64)
