"""How many pieces of a line a message means in words: "just the one", "就那一块"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.desk_case import Case
from actions.desk_parts import joined_clauses, parts_of
from actions.desk_words import holds_any
from actions.turn import Turn
from shop.orders import OrderLineView

_GOALS = frozenset({"cancel", "return"})
_DIGITS = {"一": 1, "两": 2, "兩": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
# "第一个" and "另一个" count nothing, and neither do "一个订单" and "一个都不要".
_CHINESE = re.compile(
    r"(?<![第上下另十\d])([一两兩二三四五六七八九])[个個件双雙台臺把只隻根本张張盆条條支块塊顶頂辆輛](?!订单|訂單|都|单|單)"
)
_ENGLISH = re.compile(
    r"\b(?:just|only) (?:the )?(one|two|three)\b(?! order)|\b(one|two|three) of (?:them|em|those)\b", re.I
)
_WORDS = {"one": 1, "two": 2, "three": 3}


def pieces_of(turn: Turn, case: Case, lines: Sequence[OrderLineView]) -> int | None:
    """Read how many of one line are meant, where a message says fewer than there are; None where it does not.

    Args:
        turn: the turn.
        case: the open change.
        lines: those that it can be about.
    """
    among = [line for line in lines if not case.items or line.sku in case.items]
    if turn.from_button or case.goal not in _GOALS or len(among) != 1:
        return None
    wanted = parts_of(turn, case.goal).wanted
    text = joined_clauses([clause for clause in wanted if not holds_any(turn, clause, "desk.the_others")])
    said = {_DIGITS[found] for found in _CHINESE.findall(text)}
    said |= {_WORDS[(one or other).lower()] for one, other in _ENGLISH.findall(text)}
    fewer = {count for count in said if count < among[0].quantity}
    return fewer.pop() if len(fewer) == 1 else None
