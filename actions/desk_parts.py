"""What of an order a message wants done, and what it wants to keep: "cancel the keyboard, the chair stays"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from actions.desk_words import holds_any
from actions.turn import Turn

# Where a clause ends; in Chinese a blank between two words is one, too. "Not the chair" begins one of its own.
_CLAUSES = re.compile(
    r"[,，.。;；!！?？\n]+|\s+(?:but|and)\s+|但是?|可是|不过|"
    r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])|\s+(?=(?:not|without|except|instead of|rather than)\s)",
    re.IGNORECASE,
)
# Chinese puts "the one with" behind what is in it.
_DESCRIBED = re.compile(r"那个$")
# "不是椅子" turns it away, and "是不是" asks; "椅子还要" keeps it, and "还要取消椅子" does not.
_DENIED = re.compile(r"(?<!是)不是|还要(?![取退换买加])")


@dataclass(frozen=True)
class Parts:
    """The clauses of a message by what they say of the things in them.

    Attributes:
        wanted: what is to be done is said of these.
        kept: these are to stay as they are.
        described: these only tell which order is meant.
    """

    wanted: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    described: tuple[str, ...] = ()


def parts_of(turn: Turn, goal: str | None, text: str | None = None) -> Parts:
    """Sort the clauses of a message; for what is ordered again, "not the lamp" leaves out what is else to be kept.

    Args:
        turn: the turn.
        goal: of the change that is spoken of, as in `Case.goal`.
        text: what is sorted; the message without it.
    """
    keeping = ["desk.keeping", *(["desk.leaving_out"] if goal == "reorder" else [])]
    kept, described, wanted = [], [], []
    for clause in clauses_of(turn.text if text is None else text):
        if _DENIED.search(clause) or any(holds_any(turn, clause, label) for label in keeping):
            kept.append(clause)
        elif holds_any(turn, clause, "desk.describing") or _DESCRIBED.search(clause):
            described.append(clause)
        else:
            wanted.append(clause)
    return Parts(tuple(wanted), tuple(kept), tuple(described))


def clauses_of(text: str) -> Iterator[str]:
    """Give the clauses of a text.

    >>> list(clauses_of("the chair, not the lamp")), list(clauses_of("篮球我要留着 退狮子"))
    (['the chair', 'not the lamp'], ['篮球我要留着', '退狮子'])
    """
    return (clause.strip() for clause in _CLAUSES.split(text) if clause.strip())


def joined_clauses(clauses: Sequence[str]) -> str:
    """Put clauses together so that no word of one meets a word of the next."""
    return "\n".join(clauses)
