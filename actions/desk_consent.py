"""A yes in other words than a bare yes, and a question that stands beside it."""

from __future__ import annotations

import re

from actions.desk_words import holds_any, holds_only, says_any
from actions.turn import Turn

_CLAUSES = re.compile(r"[^,，.。;；!！?？\n]+[,，.。;；!！?？]*")
_ASKS = re.compile(r"[?？]$|[吗呢嘛麽么]\W*$")
# Who asks in a hurry leaves the sign away.
_WONDERS = re.compile(
    r"^\W*(?:and |so |but |or )*(?:can|could|do|does|is|are|will|would|how|what|when|where|who|which|why)\b|"
    r"\bwhether\b|我问|我問|我是问|我是問|多久|几天|多少|什么|怎么|啥|哪|谁|还是|能不能|可不可以|是不是|行不|能不|可以吧|行吧|保修期",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.。;；!！?？\n]+")
# "是不是" asks, and refuses nothing.
_ASKS_EITHER = re.compile(r"(\w)[不没沒]\1")
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

    An "ok" before a question only takes note of what was said; beside a question a plain yes must stand. The yes of
    "before I say yes" is none.

    Args:
        turn: the turn.
        goal: of the change that was proposed.
    """
    # "对了，改吧" reads like a wish to change an answer, and is none where a change waits for its yes.
    speaks = {*_SPEAKS_OF_IT, _INTENTS.get(goal, ""), *(_MISREAD if says_any(turn, "desk.plain_yes") else ())}
    if turn.from_button or not (turn.intent[0] in speaks or opens_with_yes(turn)):
        return False
    said = [_ASKS_EITHER.sub("", clause) for clause in clauses_said(turn.text)]
    if not said or any(holds_any(turn, clause, "desk.refusing") for clause in said):
        return False
    if any(_is_yes(turn, clause) for clause in said):
        return True
    agrees = holds_any(turn, _first_words(said[0]), "desk.agreeing") and not holds_any(turn, said[0], "desk.unsaid")
    return agrees and not question_in(turn.text)


def opens_with_yes(turn: Turn) -> bool:
    """Tell whether the first sentence of a message is a yes and nothing else, whatever it goes on to."""
    first = next(iter(_ENDS.split(turn.text, maxsplit=1)), "")
    return (
        not turn.from_button and holds_any(turn, first, "desk.plain_yes") and holds_only(turn, first, "desk.plain_yes")
    )


def beside_yes(text: str) -> str:
    """Give what a message asks beside a yes that it opens with; empty where it asks nothing.

    >>> beside_yes("确定，退吧。那盆吊兰是不是得天天浇水呀，叶子有点黄"), beside_yes("Yes. Thank you")
    ('那盆吊兰是不是得天天浇水呀，叶子有点黄', '')
    """
    rest = _ENDS.split(text, maxsplit=1)[1:]
    return next((one.strip() for one in rest if asks_something(one.strip())), "")


def _is_yes(turn: Turn, clause: str) -> bool:
    return holds_any(turn, clause, "desk.plain_yes") and not holds_any(turn, clause, "desk.unsaid")


def says_yes(turn: Turn) -> bool:
    """Tell whether a message holds a yes, whatever else it says of what is agreed to."""
    return not turn.from_button and any(_is_yes(turn, clause) for clause in _clauses(turn.text))


def clauses_said(text: str) -> list[str]:
    """Give the clauses of a text that ask nothing."""
    return [clause for clause in _clauses(text) if not _ASKS.search(clause)]


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
