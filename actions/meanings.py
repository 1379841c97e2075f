"""Asks which of two things a message meant, where the model of intents cannot tell them apart."""

from __future__ import annotations

from actions.cards import named_button
from actions.turn import Turn

_LABEL = "meant.{intent}"


def ask_between(turn: Turn) -> bool:
    """Ask, with a button for each meaning that keeps what the message named; tell whether that could be done.

    It cannot where a meaning has no name that a shopper would understand, such as a bare answer.
    """
    labels = [_LABEL.format(intent=intent) for intent in turn.between]
    if len(labels) < 2 or not turn.labels.keys.issuperset(labels):
        return False
    named = {name: found[0] if len(found) == 1 else found for name, found in turn.named.items()}
    buttons = [
        named_button(turn.labels.text(label), intent, **named)
        for label, intent in zip(labels, turn.between, strict=True)
    ]
    turn.say("utter_ask_meant", buttons=buttons)
    return True
