"""Keeps search and recommender in step with the catalogue: what a shop imports meanwhile is found a minute later."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

EVERY_S = 60.0
_STOPS_WITHIN_S = 5.0

logger = logging.getLogger(__name__)


class Refreshing:
    """Calls something over and over in a thread of its own, until it is stopped.

    Args:
        refresh: what is called; where it fails, that is logged and it is called again at the next time.
        every_s: seconds from the end of one call to the next.
    """

    def __init__(self, refresh: Callable[[], None], every_s: float = EVERY_S) -> None:
        self._refresh = refresh
        self._every_s = every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="refreshing", daemon=True)

    def start(self) -> None:
        """Begin; the first call comes after one interval."""
        self._thread.start()

    def stop(self) -> None:
        """End; a call that is on its way is waited for, but not for long."""
        self._stopping.set()
        self._thread.join(_STOPS_WITHIN_S)

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            try:
                self._refresh()
            except Exception as error:  # noqa: BLE001 - a thread that dies would leave everything as it is for good
                logger.warning("Search or recommender could not be brought up to date: %s", type(error).__name__)
