"""A yes in other words than a bare yes, and a question that stands beside it."""

from __future__ import annotations

import re

from actions.desk_words import holds_any, says_any
from actions.turn import Turn

_CLAUSES = re.compile(r"[^,，.。;；!！?？\n]+[,，.。;；!！?？]*")
_ASKS = re.compile(r"[?？]$|[吗呢嘛麽么]\W*$")
# Who asks in a hurry leaves the sign away.
_WONDERS = re.compile(
    r"^\W*(?:and |so |but |or )*(?:can|could|do|does|is|are|will|would|how|what|when|where|who|which|why)\b|"
    r"多久|几天|多少|什么|怎么|啥|哪|谁|还是|能不能|可不可以|是不是|行不|能不|可以吧|行吧|保修期",
    re.IGNORECASE,
)
# What a message asked for instead leaves nothing of the yes: it goes its own way.
_SPEAKS_OF_IT = frozenset({"nlu_fallback", "inform", "affirm", "track_refund", "ask_policy", "ask_price", "thank", ""})
_MISREAD = frozenset({"go_back", "undo_adjustment", "change_quantity", "check_out"})
_INTENTS = {
    "cancel": "cancel_order",
    "address": "change_address",
    "swap": "exchange_product",
    "reorder": "reorder",
    "return": "return_product",
}


def consents(turn: Turn, goal: str) -> bool:
    """Tell whether a message agrees to what was proposed: "yes please do the exchange", "好，那就改成44号".

    An "ok" before a question only takes note of what was said; beside a question a plain yes must stand.

    Args:
        turn: the turn.
        goal: of the change that was proposed.
    """
    # "对了，改吧" reads like a wish to change an answer, and is none where a change waits for its yes.
    speaks = {*_SPEAKS_OF_IT, _INTENTS.get(goal, ""), *(_MISREAD if says_any(turn, "desk.plain_yes") else ())}
    if turn.from_button or turn.intent[0] not in speaks:
        return False
    said = [clause for clause in _clauses(turn.text) if not _ASKS.search(clause)]
    if not said or any(holds_any(turn, clause, "desk.refusing") for clause in said):
        return False
    if any(holds_any(turn, clause, "desk.plain_yes") for clause in said):
        return True
    return not question_in(turn.text) and holds_any(turn, _first_words(said[0]), "desk.agreeing")


def wants_done(turn: Turn) -> bool:
    """Tell whether a yes names what it wants done: "yes, place it", "行，提交吧"."""
    return not turn.from_button and says_any(turn, "desk.wants_done")


def question_in(text: str) -> str:
    """Give the clauses of a text that ask something; empty where none does.

    >>> question_in("Yes please. And will the refund go on my card?"), question_in("嗯对，换吧")
    ('And will the refund go on my card?', '')
    """
    return " ".join(clause for clause in _clauses(text) if _ASKS.search(clause))


def asks_something(text: str) -> bool:
    """Tell whether a text asks something, with or without a sign for it.

    >>> asks_something("能退吗"), asks_something("how long is the warranty"), asks_something("退货")
    (True, True, False)
    """
    return bool(question_in(text) or _WONDERS.search(text))


def _clauses(text: str) -> list[str]:
    return [clause.strip() for clause in _CLAUSES.findall(text) if clause.strip()]


def _first_words(clause: str) -> str:
    """Give the beginning of a clause, with the sign that ends it: a list of words may hold that."""
    return clause[:8]
