"""The guard of the house as a function, for entry points."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from replies.facts import Fact, Language
from replies.guard import load_guard
from replies.service import Guard, Verdict


def house_guard(folder: Path) -> Guard:
    """Load the guard with the claims that lie in a folder of examples."""
    guard = load_guard(folder)

    def check(reply: str, facts: Sequence[Fact], language: Language) -> Verdict:
        return guard.check(reply, tuple(facts), language)

    return check
