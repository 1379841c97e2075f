"""One-time codes, read where the demo's action server writes them: on its console."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path

_CODE = re.compile(r"--- message to .*\n\D*([0-9]{6})\D")
_PATIENCE_S = 10.0
_LOOK_EVERY_S = 0.02


class ConsoleCodes:
    """Fills `{code}` and `{wrong_code}` in what a shopper says."""

    def __init__(self, log: Path) -> None:
        """Remember where the console is kept."""
        self._log, self._start = log, 0

    def begin(self) -> None:
        """Forget the codes of the conversations before."""
        self._start = self._log.stat().st_size

    def filled(self, text: str | None) -> str | None:
        """Put the last code that was sent in this conversation, or another one, into a text."""
        if text is None or "code}" not in text:
            return text
        code = self._last()
        return text.replace("{code}", code).replace("{wrong_code}", f"{(int(code) + 1) % 1_000_000:06}")

    def _last(self) -> str:
        """Give the last code; it is sent in the background, a moment after the answer."""
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            with self._log.open("rb") as log:
                log.seek(self._start)
                codes = _CODE.findall(log.read().decode("utf-8", "replace"))
            if codes:
                return str(codes[-1])
            if time.monotonic() > deadline:
                raise AssertionError("no code was sent")
            threading.Event().wait(_LOOK_EVERY_S)
