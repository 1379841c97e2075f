"""Counts messages in a row that were not understood; after three of them a person is offered."""

from __future__ import annotations

from actions.cards import button
from actions.pending import PERSON
from actions.replying import written
from actions.turn import Turn

SLOT = "misunderstood"
MOST = 3
_MISSED = frozenset({"utter_not_understood", "utter_out_of_scope"})


def note_misunderstanding(turn: Turn) -> None:
    """Count this turn where it was not understood; begin anew where it was."""
    if not turn.messages:
        # A form that leaves a message to others has not understood it, and has not missed it either.
        return
    before = turn.slot(SLOT) or 0
    missed = any(message["response"] in _MISSED for message in turn.messages)
    count = before + 1 if missed else 0
    if count >= MOST:
        offer_person(turn)
        count = 0
    if count != before:
        turn.remember(**{SLOT: count or None})


def offer_person(turn: Turn) -> None:
    """Offer that a person takes over; a yes means that, unless another question waits for one."""
    if not turn.pending:
        turn.ask_later(PERSON)
    buttons = [button(turn.labels, "talk_to_person", "talk_to_person")]
    reply = written(turn, "soothe")
    if reply:
        turn.say("utter_reply", reply=reply, buttons=buttons)
    else:
        turn.say("utter_offer_person", buttons=buttons)
