"""Keeps a receipt of every fact that an answer tells, without ever keeping the answer back."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from shop.db import Sessions, writing
from shop.errors import ShopUnavailable
from shop.receipts import Fact, append, gap
from shop.shoppers import Shopper

logger = logging.getLogger(__name__)


class ReceiptKeeper:
    """Appends the facts of each answer to the log.

    Where the database does not take them in time, the answer is given all the same, since what it tells may have been
    done already, such as an order placed; the log then gets an entry that says how many facts it lacks.

    Args:
        sessions: the shop's database, opened with a short patience: a shopper waits for it.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._lock = threading.Lock()
        self._missed = 0

    def keep(self, shopper: Shopper, facts: Sequence[Fact]) -> None:
        """Append what an answer tells, and before it how much is missing from the log."""
        if not facts:
            return
        missed = self._take_missed()
        try:
            with writing(self._sessions) as session:
                append(session, shopper, [*([gap(missed)] if missed else []), *facts])
        except ShopUnavailable as error:
            self._miss(missed + len(facts))
            logger.warning("%d receipts could not be kept (%s)", len(facts), error.reason)

    def _take_missed(self) -> int:
        with self._lock:
            missed, self._missed = self._missed, 0
        return missed

    def _miss(self, count: int) -> None:
        with self._lock:
            self._missed += count
