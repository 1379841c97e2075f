"""Why something comes back: the step that asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from actions.cards import named_button
from actions.desk_case import Case, Step, asked_by
from actions.desk_consent import asks_something
from actions.desk_lines import ITEMS
from actions.desk_words import holds_any, reason_text, says_any
from actions.pending import CASE, ORDER
from actions.turn import Turn

REASON = "reason"
_DOES_NOT_FIT = "does not fit"
_CHANGED_MIND = "changed my mind"
_FAULTS = frozenset({"faulty", "damaged on arrival", "wrong item", "not as described"})


def reason_step(find: Callable[[Turn, Case], Case] = lambda _, case: case) -> Step:
    """Ask why it comes back.

    Args:
        find: settles where no reason is needed.
    """
    return Step(
        REASON,
        is_known=lambda case: case.reason is not None,
        read=_read,
        find=find,
        ask=_ask,
        forget=lambda case: replace(case, reason=None),
    )


def _codes(turn: Turn) -> list[str]:
    return [reason.code for reason in turn.services.rulebook.rules.returns.reasons]


def _read(turn: Turn, case: Case) -> Case:
    if turn.intent[0] == "deny" and asked_by(turn) != REASON:
        # "No, I don't want that" calls a change off, and is no reason for a return.
        return case
    if case.reason and asked_by(turn) != REASON and not (turn.from_button or _says_anew(turn)):
        return case
    # An answer to the question may be taken for any wish, and a return for a cancellation: none was looked for in it.
    unread = asked_by(turn) in (REASON, ITEMS, ORDER) or turn.intent[0] == "cancel_order"
    read = reason_said(turn, turn.text) if unread and not turn.from_button else None
    said = turn.entity("reason") or read
    if said in _FAULTS and says_any(turn, "desk.own_fault"):
        # "The wrong length, I measured badly" is nobody's fault but the shopper's own.
        said = _DOES_NOT_FIT
    return replace(case, reason=said) if said in _codes(turn) else case


def reason_said(turn: Turn, text: str) -> str | None:
    """Find why something comes back in a text: by the words of the lists, or as the shop's own reasons are worded."""
    found = turn.services.reasons.find(text)
    if found and found != _CHANGED_MIND:
        return found
    worded = next((code for code in _codes(turn) if holds_any(turn, text, _words_key(code))), None)
    return worded or found


def _words_key(code: str) -> str:
    return f"desk.reason_words.{code.replace(' ', '_')}"


def _says_anew(turn: Turn) -> bool:
    """Tell whether a message says another reason outright: a wish for another way out, or a question, says none."""
    if asks_something(turn.text):
        return False
    said = reason_said(turn, turn.text)
    return said is not None and (said != _CHANGED_MIND or says_any(turn, "desk.changed_mind"))


def _title(text: str) -> str:
    return text[:1].upper() + text[1:]


def _ask(turn: Turn, case: Case) -> None:
    turn.ask_later(CASE, asked=REASON)
    turn.say(
        "utter_ask_return_reason",
        buttons=[named_button(_title(reason_text(turn, code)), "inform", reason=code) for code in _codes(turn)],
    )
