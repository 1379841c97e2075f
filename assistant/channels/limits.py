"""Fair use: token buckets for how often, and a bounded queue for one message at a time."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from assistant.channels.errors import TooMany
from assistant.channels.settings import Rate

MAX_KEYS = 20_000
MAX_WAITING = 3


@dataclass
class _Bucket:
    tokens: float
    filled_at: float


class RateLimit:
    """Lets each key do `rate.count` things at once and refills them over `rate.seconds`.

    Kept in memory and bounded: the key used longest ago is forgotten first, which at worst gives it a full bucket.
    """

    def __init__(self, rate: Rate, max_keys: int = MAX_KEYS, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._max_keys = max_keys
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def spend(self, key: str) -> None:
        """Take one token of a key's bucket.

        Raises:
            TooMany: If the bucket is empty, with the seconds until it holds a token again.
        """
        if not self._rate.count:
            return
        bucket = self._refilled(key)
        if bucket.tokens < 1:
            wait = (1 - bucket.tokens) * self._rate.seconds / self._rate.count
            raise TooMany("too_many_requests", "Too many requests; wait a moment.", retry_after=wait)
        bucket.tokens -= 1

    def __len__(self) -> int:
        return len(self._buckets)

    def _refilled(self, key: str) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.setdefault(key, _Bucket(self._rate.count, now))
        gained = (now - bucket.filled_at) * self._rate.count / self._rate.seconds
        bucket.tokens = min(self._rate.count, bucket.tokens + gained)
        bucket.filled_at = now
        self._buckets.move_to_end(key)
        while len(self._buckets) > self._max_keys:
            self._buckets.popitem(last=False)
        return bucket


@dataclass
class _Line:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    people: int = 0


class TurnQueue:
    """Serves one message of a shopper at a time, in order, and turns away whoever would wait behind too many.

    Rasa's own lock looks again only once a second; waiting here first makes the next turn start at once.
    """

    def __init__(self, max_waiting: int = MAX_WAITING) -> None:
        self._max_waiting = max_waiting
        self._lines: dict[str, _Line] = {}

    @asynccontextmanager
    async def turn(self, shopper_id: str) -> AsyncIterator[None]:
        """Wait for the shopper's earlier messages, then hold the place.

        Raises:
            TooMany: If too many messages of the same shopper wait already.
        """
        line = self._lines.setdefault(shopper_id, _Line())
        if line.people > self._max_waiting:
            raise TooMany("busy", "Earlier messages of this session are still being answered.", retry_after=2)
        line.people += 1
        try:
            async with line.lock:
                yield
        finally:
            line.people -= 1
            if not line.people:
                self._lines.pop(shopper_id, None)
