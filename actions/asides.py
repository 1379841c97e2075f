"""What is asked in the middle of something else: which messages can be that, and how what waits goes on."""

from __future__ import annotations

from actions.turn import Turn

# What the desk takes as it stands, whatever it says.
_DICTATED = frozenset({"words", "photo", "title"})


def is_typed(turn: Turn) -> bool:
    """Tell whether a message is words alone, and no earlier part of it was taken as an answer."""
    return not (turn.from_button or turn.photo_url or turn.was_answered)


def is_dictated(turn: Turn) -> bool:
    """Tell whether the desk waits for words that it keeps as they stand."""
    return turn.pending.get("asked") in _DICTATED


def ask_form_again(turn: Turn) -> None:
    """Have a form that is being filled ask its question again."""
    if turn.form:
        turn.remember(**{turn.slot("requested_slot"): None})
