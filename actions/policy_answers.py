"""Answers from the shop's own texts, word for word."""

from __future__ import annotations

import re

from actions.cards import button
from actions.desk_words import says_any
from actions.facts import policy_facts
from actions.policy_leads import lead_facts, lead_of, names_way
from actions.replying import policy_reply
from actions.turn import Turn
from shop.policies import Passage

_QUESTIONS = re.compile(r"[?？]+|,\s*and (?=is|are|do|does|what|how|who|when|can)")
_SHORTEST_QUESTION = 4
_LEADS = 2


def quote_policy(turn: Turn) -> bool:
    """Quote the passage that answers a message, of several questions each; tell whether there is one."""
    passages = _passages(turn)
    for passage in passages:
        _quote(turn, passage)
    return bool(passages)


def _passages(turn: Turn) -> list[Passage]:
    """Find what answers a message; where it asks several things, what answers each of them."""
    index = turn.services.policies_in(turn.language)
    if names_way(turn) and (ways := index.answer(turn.labels.text("pay.question"))):
        # Whether one way to pay is taken stands where all of them are named.
        return [ways]
    asked = [passage for question in _of_return(turn) if (passage := index.answer(question))]
    if asked:
        return list({passage.source: passage for passage in asked}.values())
    whole = index.answer(turn.text)
    questions = [part for part in _QUESTIONS.split(turn.text) if len(part.strip()) >= _SHORTEST_QUESTION]
    parts = [index.answer(question) for question in questions] if len(questions) > 1 else []
    found = [passage for passage in parts if passage is not None] or ([whole] if whole else [])
    return list({passage.source: passage for passage in found}.values())


def _of_return(turn: Turn) -> list[str]:
    """Give the questions that a message asks of sending something back, as the shop's texts know them."""
    if not says_any(turn, "policy.of_return") or says_any(turn, "policy.of_other_return"):
        return []
    asked = [one for one in ("postage", "opened", "regret") if says_any(turn, f"policy.of_{one}")]
    return [turn.labels.text(f"policy.questions.{one}") for one in asked]


def _quote(turn: Turn, passage: Passage) -> None:
    lead = lead_of(turn, passage)
    if lead:
        turn.say("utter_policy_lead", told=[*policy_facts(passage), *lead_facts(turn, passage)], lead=lead)
    if turn.was_told(passage.text):
        if not lead:
            offered = [button(turn.labels, "talk_to_person", "talk_to_person")]
            turn.say("utter_policy_said_all", title=passage.title, buttons=offered)
        return
    reply = None if lead else policy_reply(turn, passage)
    if reply and len(reply) * _LEADS <= len(passage.text):
        # A short answer leads in a longer text; one that says it all in other words would say it twice.
        turn.say("utter_reply", told=policy_facts(passage), reply=reply)
    say_passage(turn, passage)


def say_passage(turn: Turn, passage: Passage) -> None:
    """Quote a passage of the shop's texts."""
    turn.say("utter_policy", told=policy_facts(passage), title=passage.title, text_quoted=passage.text)
