"""Answers from the shop's own texts, word for word."""

from __future__ import annotations

from actions.facts import policy_facts
from actions.replying import policy_reply
from actions.turn import Turn


def quote_policy(turn: Turn) -> bool:
    """Quote the passage that answers a message; tell whether there is one."""
    passage = turn.services.policies_in(turn.language).answer(turn.text)
    if passage is None:
        return False
    reply = policy_reply(turn, passage)
    if reply:
        turn.say("utter_reply", told=policy_facts(passage), reply=reply)
    turn.say(
        "utter_policy",
        told=policy_facts(passage),
        title=passage.title,
        text_quoted=passage.text,
    )
    return True
