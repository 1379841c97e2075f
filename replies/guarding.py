"""The guard of the house as a function, for entry points."""

from __future__ import annotations

from pathlib import Path

from replies.guard import Verdict, load_guard
from replies.service import Guard
from replies.situation import Situation


def house_guard(folder: Path) -> Guard:
    """Load the guard with the claims and words that lie in a folder of examples.

    Raises:
        InvalidLexicon: they cannot be read.
    """
    guard = load_guard(folder)

    def check(reply: str, situation: Situation) -> Verdict:
        return guard.check(reply, situation.facts, situation.language, situation.asked)

    return check
