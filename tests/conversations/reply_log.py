"""Which rung wrote each reply, read where the action server logs it."""

from __future__ import annotations

import re
from pathlib import Path

_REPLY = re.compile(r"reply \w+ \S* by (\w+) in \d+ ms")


class ReplyLog:
    """Reads the rungs of the replies since a moment."""

    def __init__(self, log: Path) -> None:
        """Remember where the log is kept."""
        self._log, self._start = log, 0

    def begin(self) -> None:
        """Forget what was logged before."""
        self._start = self._log.stat().st_size

    def rungs(self) -> list[str]:
        """Give the rung of each reply, in order: it is logged before the reply is sent."""
        with self._log.open("rb") as log:
            log.seek(self._start)
            return _REPLY.findall(log.read().decode("utf-8", "replace"))
