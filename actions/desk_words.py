"""How the desk speaks: what a rule refuses, what is paid back, and which text says so."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from actions.facts import DATE, PRICE, money_value, policy_facts
from actions.turn import Button, Turn
from shop.errors import PolicyRefusal
from shop.models import utc_now
from shop.money import Money
from shop.orders import order_row_ids
from shop.policies import Passage
from shop.policy_rules import Citation
from shop.receipts import Fact


def say_refusal(turn: Turn, error: PolicyRefusal, buttons: Sequence[Button] = ()) -> None:
    """Say why a rule forbids it, and quote the rule."""
    passage = turn.services.rulebook.passage(error.rule, turn.language)
    turn.say(
        "utter_refused",
        told=[*policy_facts(passage), *_facts_of(error)],
        why=_why(turn, error),
        title=passage.title,
        text_quoted=passage.text,
        buttons=buttons,
    )


def rule_text(turn: Turn, rule: Citation | None) -> str:
    """Name the text that allows it; nothing where no rule has a say."""
    if rule is None:
        return ""
    passage = rule_passage(turn, rule)
    return turn.labels.text("desk.rule", title=passage.title)


def rule_facts(turn: Turn, rule: Citation | None) -> list[Fact]:
    """Give the receipt of a rule that was named."""
    return [] if rule is None else policy_facts(rule_passage(turn, rule))


def rule_passage(turn: Turn, rule: Citation) -> Passage:
    """Fetch the text that states a rule."""
    return turn.services.rulebook.passage(rule.rule, turn.language)


def money_facts(turn: Turn, number: str, version: str, amounts: Iterable[Money | None]) -> list[Fact]:
    """Give the receipts of what was worked out for an order.

    Args:
        turn: the turn.
        number: the order's.
        version: stands for the proposal or the change that the amounts belong to.
        amounts: what is told; None is left out.
    """
    record = order_record(turn, number)
    told = [amount for amount in amounts if amount is not None]
    return [Fact(PRICE, record, money_value(amount), version, utc_now()) for amount in told]


def date_fact(turn: Turn, number: str, version: str, day: dt.date) -> Fact:
    """Give the receipt of a day that was worked out for an order."""
    return Fact(DATE, order_record(turn, number), day.isoformat(), version, utc_now())


def order_record(turn: Turn, number: str) -> str:
    """Name the record of an order; its number stands on paper beside a name and belongs in no log."""
    with turn.reading() as session:
        return f"orders/{order_row_ids(session, [number])[number]}"


def joined(turn: Turn, *sentences: str) -> str:
    """Put sentences in a row; what there is nothing of leaves no gap."""
    return turn.labels.text("desk.between").join(filter(None, sentences))


def refund_text(turn: Turn, refund: Money | None) -> str:
    """Say what is paid back."""
    if refund is None or not refund.amount:
        return turn.labels.text("desk.no_refund")
    return turn.labels.text("desk.refund", amount=turn.labels.money(refund))


def says_any(turn: Turn, label: str) -> bool:
    """Tell whether a message holds one of the phrases that a label lists, in any language."""
    return holds_any(turn, turn.text, label)


def holds_any(turn: Turn, text: str, label: str) -> bool:
    """Tell whether a text holds one of the phrases that a label lists, in any language."""
    return label_pattern(turn, label).search(_plain(text)) is not None


def says_only(turn: Turn, label: str) -> bool:
    """Tell whether a message holds nothing beside the phrases that a label lists, in any language, and signs."""
    return holds_only(turn, turn.text, label)


def holds_only(turn: Turn, text: str, label: str) -> bool:
    """Tell whether a text holds nothing beside the phrases that a label lists, in any language, and signs."""
    left = label_pattern(turn, label).sub("", _plain(text))
    return not any(map(str.isalnum, left))


def begins_with(turn: Turn, label: str) -> bool:
    """Tell whether a message begins with one of the phrases that a label lists, in any language."""
    return label_pattern(turn, label).match(_plain(turn.text).strip()) is not None


def label_pattern(turn: Turn, label: str) -> re.Pattern[str]:
    """Give what finds any of the phrases that a label lists, in any language."""
    return _any_of(tuple(labels.text(label) for labels in turn.services.languages.values()))


def _plain(text: str) -> str:
    return text.casefold().replace("’", "'")


@cache
def _any_of(texts: tuple[str, ...]) -> re.Pattern[str]:
    """Give what finds any phrase of some lists; each message is held against dozens of lists, that never change."""
    patterns = [_standing_alone(phrase.casefold()) for text in texts for phrase in text.split("|")]
    return re.compile(f"(?:{'|'.join(sorted(patterns, key=len, reverse=True))})")


def _standing_alone(phrase: str) -> str:
    """Give what finds a phrase that is no part of a longer word; Chinese words have no edges: "Camera要买"."""
    before = r"(?<![a-z])" if phrase[:1].isascii() else ""
    after = r"(?![a-z])" if phrase[-1:].isascii() else ""
    return f"{before}{re.escape(phrase)}{after}"


def _why(turn: Turn, error: PolicyRefusal) -> str:
    return turn.labels.text(
        f"desk.refusals.{error.reason}", **{name: _worded(turn, name, value) for name, value in error.facts.items()}
    )


def _worded(turn: Turn, name: str, value: Any) -> str:
    labels = turn.labels
    if name == "state":
        return labels.text(f"order.states.{value}")
    if name == "reasons":
        return labels.one_of(reason_text(turn, code) for code in value)
    if isinstance(value, dt.date):
        return labels.date(value)
    return str(value)


def reason_text(turn: Turn, code: str) -> str:
    """Put a reason for a return into words; a shop's own code stands for itself."""
    key = f"desk.reasons.{code.replace(' ', '_')}"
    return turn.labels.text(key) if key in turn.labels.keys else code


def _facts_of(error: PolicyRefusal) -> list[Fact]:
    """Give the receipts of what a refusal tells besides the rule: the last day, by the rule's version."""
    until = error.facts.get("until")
    if not isinstance(until, dt.date):
        return []
    return [Fact(DATE, error.rule, until.isoformat(), error.version, utc_now())]
