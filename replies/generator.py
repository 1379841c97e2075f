"""The generating rung: one worker thread, a bounded queue, batches of whoever waits, and replies that were finished.

Loaded once. Whoever asks waits at most until a deadline; what comes later is dropped. Nothing that goes wrong in the
worker leaves it: the one who asked is told that no reply was written, and the next rung speaks.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from dataclasses import dataclass

from replies.backend import Backend
from replies.decode import Decoder, Job
from replies.errors import InvalidSetting, Missed, NotWritten
from replies.prompt import fixed_part, prompt_of
from replies.rules import Rules, Words
from replies.situation import Situation

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class GeneratorSettings:
    """How a model serves.

    Attributes:
        beams: lines that are kept for each reply; one is greedy.
        most_new: the longest reply in tokens.
        waiting: how many may wait; whoever comes then is sent to the next rung.
        batch: how many are written together.
        remembered: finished replies that are kept.
    """

    beams: int = 4
    most_new: int = 96
    waiting: int = 64
    batch: int = 8
    remembered: int = 4096

    def __post_init__(self) -> None:
        """Refuse what nothing can be served with."""
        for name in ("beams", "most_new", "waiting", "batch"):
            if getattr(self, name) < 1:
                raise InvalidSetting(name, getattr(self, name), "must be at least 1")


@dataclass(frozen=True)
class _Waiting:
    key: str
    job: Job
    done: Future[tuple[str, ...]]


class Generator:
    """Writes replies with one model; safe to use from many threads.

    Args:
        backend: the model.
        words: the vocabulary of each language.
        settings: how it serves.
        floor: how sure a line must be; None takes any.
    """

    def __init__(
        self,
        backend: Backend,
        words: dict[str, Words],
        settings: GeneratorSettings | None = None,
        floor: float | None = None,
    ) -> None:
        self._settings = settings or GeneratorSettings()
        self._backend, self._words = backend, words
        self._decoder = Decoder(backend, self._settings.beams, self._settings.most_new, floor=floor)
        self._braces = frozenset(piece.strip() for piece in backend.pieces if piece.strip().startswith("{"))
        self._queue: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._finished: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self._closed = False
        self._worker = threading.Thread(target=self._work, name="replies", daemon=True)
        self._worker.start()

    def write(self, situation: Situation, seconds: float = 1.5) -> tuple[str, ...]:
        """Write a reply, with placeholders.

        Args:
            situation: what is asked for.
            seconds: the longest that is waited.

        Returns:
            The finished lines, the likeliest first.

        Raises:
            NotWritten: there is none in time, or none at all.
        """
        deadline = time.monotonic() + seconds
        self._require_known(situation)
        key = prompt_of(situation)
        remembered = self._remembered(key)
        if remembered is not None:
            return remembered
        job = Job(
            self._backend.encode(key),
            Rules(situation, self._words[situation.language]),
            deadline,
            len(self._backend.encode(fixed_part(situation))),
        )
        waiting = _Waiting(key, job, Future())
        self._line_up(waiting)
        try:
            return waiting.done.result(max(0.0, deadline - time.monotonic()))
        except NotInTime:
            raise NotWritten(Missed.LATE) from None

    def close(self) -> None:
        """Stop the worker; those who wait are told."""
        with self._changed:
            self._closed = True
            left = list(self._queue)
            self._queue.clear()
            self._changed.notify_all()
        for waiting in left:
            waiting.done.set_exception(NotWritten(Missed.CLOSED))
        self._worker.join()

    def _require_known(self, situation: Situation) -> None:
        """Let the next rung speak of what this model has no placeholder for."""
        if situation.language not in self._words:
            raise NotWritten(Missed.UNKNOWN_FACT, f"no words of {situation.language}")
        if situation.act == "compare_for" and not {"product.1", "product.2"} <= situation.names:
            raise NotWritten(Missed.UNKNOWN_FACT, "two products are compared, and not both are named")
        asked = [name for name in situation.asked if name in situation.names]
        unknown = [name for name in asked if self._braces and f"{{{name}}}" not in self._braces]
        if unknown:
            raise NotWritten(Missed.UNKNOWN_FACT, ", ".join(unknown))

    def _remembered(self, key: str) -> tuple[str, ...] | None:
        with self._changed:
            found = self._finished.get(key)
            if found is not None:
                self._finished.move_to_end(key)
            return found

    def _line_up(self, waiting: _Waiting) -> None:
        with self._changed:
            if self._closed:
                raise NotWritten(Missed.CLOSED)
            if len(self._queue) >= self._settings.waiting:
                raise NotWritten(Missed.BUSY, f"{len(self._queue)} wait")
            self._queue.append(waiting)
            self._changed.notify()

    def _work(self) -> None:
        while (batch := self._taken()) is not None:
            try:
                written = self._decoder.write([waiting.job for waiting in batch])
            except Exception as error:
                logger.exception("a reply could not be written")
                written = [NotWritten(Missed.FAILED, repr(error))] * len(batch)
            self._hand_out(batch, written)

    def _taken(self) -> list[_Waiting] | None:
        """Wait for somebody, and take all that fit in a batch; None when it is over."""
        with self._changed:
            while not self._queue and not self._closed:
                self._changed.wait()
            if self._closed:
                return None
            return [self._queue.popleft() for _ in range(min(self._settings.batch, len(self._queue)))]

    def _hand_out(self, batch: Sequence[_Waiting], written: Sequence[list[str] | NotWritten]) -> None:
        for waiting, lines in zip(batch, written, strict=True):
            if isinstance(lines, NotWritten):
                waiting.done.set_exception(lines)
                continue
            with self._changed:
                self._finished[waiting.key] = tuple(lines)
                while len(self._finished) > self._settings.remembered:
                    self._finished.popitem(last=False)
            waiting.done.set_result(tuple(lines))
