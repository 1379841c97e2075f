"""What is asked of goods that no row holds, such as to need little light: it names no goods, and is told."""

from __future__ import annotations

import re

from actions.turn import Turn


def is_of_need(turn: Turn, word: str) -> bool:
    """Tell whether a word stands only where a message says what goods are to be like, or where they go: it names none.

    Args:
        turn: the turn.
        word: one that was taken for goods.
    """
    text, word = turn.text.casefold(), word.casefold()
    places = turn.services.advice.need_places(text)
    starts = [found.start() for found in re.finditer(re.escape(word), text)]
    return bool(starts) and all(any(a <= at and at + len(word) <= b for a, b in places) for at in starts)


def say_need_unknown(turn: Turn) -> None:
    """Say of what is asked for, such as to be easy to look after, that the data seldom tells."""
    needs = [] if turn.from_button else turn.services.advice.needs_in(turn.text)
    if needs:
        turn.say("utter_need_not_stated", needs=turn.labels.one_of(turn.labels.text(f"needs.{name}") for name in needs))
