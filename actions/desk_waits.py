"""What is said of an open change that is left for something else: that it waits, or that it is put down."""

from __future__ import annotations

from actions.cards import button
from actions.desk_case import Case, close
from actions.turn import Button, Turn


def put_down(turn: Turn) -> None:
    """Close what is open when the shopper leaves: nothing is changed, and no later yes changes it."""
    case = Case.of(turn)
    if case is not None:
        close(turn)
        turn.say("utter_case_put_down", goal=turn.labels.text(f"desk.goals.{case.goal}"))


def tell_waits(turn: Turn) -> None:
    """Say that the open change waits while the shopper does something else."""
    case = Case.of(turn)
    if case is not None and case.is_begun:
        turn.say("utter_case_waits", goal=turn.labels.text(f"desk.goals.{case.goal}"), buttons=[resume_button(turn)])


def resume_button(turn: Turn) -> Button:
    """Offer to go on with the open change."""
    return button(turn.labels, "resume_case", "resume_case")
