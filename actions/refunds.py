"""Where money is that goes back to the shopper, and how far a return is."""

from __future__ import annotations

from collections.abc import Mapping

from actions.base import ShopAction
from actions.cards import button
from actions.desk_case import Case
from actions.desk_lines import line_title, named_lines
from actions.desk_words import date_fact, money_facts, says_any
from actions.pending import CASE, CASE_YES, is_idle
from actions.policy_answers import say_passage
from actions.returns_told import goods_text, returns_of
from actions.turn import Turn
from actions.which_order import named_orders
from actions.without_orders import REFUND, say_no_order
from shop.orders import find_order, list_orders
from shop.receipts import Fact, fingerprint
from shop.refunds import RefundView, refund_status
from shop.returns import find_return

_LISTED = 5
_MONEY = frozenset({"return", "swap", "cancel"})
"""The goals by which money may go back: a question about it, while one of them is open, is about that."""


class ActionTrackRefund(ShopAction):
    """Tell how far a refund is."""

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_track_refund"

    def perform(self, turn: Turn) -> None:
        """Show the refunds of the order that is meant; without a number, of every order that has one."""
        tell_refunds(turn)


def tell_refunds(turn: Turn) -> None:
    """Tell how far the refunds of what is meant are, or that nothing is registered to come back."""
    if _ask_beside(turn):
        return
    number = _number(turn)
    if number is not None:
        refunds = _refunds(turn, number)
        _say(turn, {number: refunds}) if refunds else _say_none(turn, number)
        return
    with turn.reading() as session:
        orders = list_orders(session, turn.shopper, limit=_LISTED)
    meant = named_orders(turn) if orders else []
    is_early = not turn.from_button and says_any(turn, "desk.if_returned")
    found = {one.number: refunds for one in meant or orders if (refunds := _refunds(turn, one.number))}
    if found:
        _say(turn, found)
    elif is_early:
        # Of a return that is only thought of none is registered, and it is no news.
        _say_when(turn)
    elif len(meant) == 1:
        _say_none(turn, meant[0].number)
    elif orders:
        turn.say("utter_no_refunds", buttons=[button(turn.labels, "return_product", "return_product")])
        _say_when(turn)
    else:
        say_no_order(turn, REFUND)


def _number(turn: Turn) -> str | None:
    """Find the order that a message names, by its own number or by that of a return."""
    with turn.reading() as session:
        rma = turn.entity("rma_number")
        if rma:
            return find_return(session, turn.shopper, rma).order_number
        number = turn.entity("order_number")
        return find_order(session, turn.shopper, number).number if number else None


def _say_none(turn: Turn, number: str) -> None:
    """Say that no money is on its way for an order, for what was meant of it nothing is registered to come back."""
    with turn.reading() as session:
        order = find_order(session, turn.shopper, number)
    turn.remember(focus_order=number)
    if order.state != "delivered":
        turn.say("utter_no_refund_of_order", number=number)
        return
    lines = order.lines
    named = named_lines(turn, lines) or (list(lines) if len(lines) == 1 else [])
    turn.say(
        "utter_nothing_comes_back",
        number=number,
        names=turn.labels.all_of(line_title(line) for line in named) or turn.labels.text("order.button", number=number),
        buttons=[button(turn.labels, "return_product", "return_product", order_number=number)],
    )
    _say_when(turn)


def _say_when(turn: Turn) -> None:
    """Quote when money comes back, for who asks about it."""
    passage = turn.services.policies_in(turn.language).answer(turn.labels.text("desk.general.refund"))
    if passage:
        say_passage(turn, passage)


def _ask_beside(turn: Turn) -> bool:
    """Answer what is asked of money while the desk waits for an answer, and come back to it; tell whether it waits."""
    from actions.desk import remind  # The desk is made of actions.

    case = Case.of(turn)
    if turn.from_button or case is None or case.goal not in _MONEY or turn.pending.get("kind") not in (CASE, CASE_YES):
        return False
    if case.goal != "swap":
        _say_when(turn)
    remind(turn)
    return True


def _refunds(turn: Turn, number: str) -> tuple[RefundView, ...]:
    with turn.reading() as session:
        return refund_status(session, turn.shopper, turn.services.rulebook.rules, number)


def _say(turn: Turn, found: dict[str, tuple[RefundView, ...]]) -> None:
    labels = turn.labels
    turn.remember(focus_order=next(iter(found)) if len(found) == 1 else None)
    told: list[Fact] = []
    lines = []
    for number, refunds in found.items():
        version = fingerprint(*((one.kind, one.state, one.amount) for one in refunds))
        told += money_facts(turn, number, version, [one.amount for one in refunds])
        told += [date_fact(turn, number, version, one.due_on) for one in refunds if one.due_on]
        goods = {back.rma_number: goods_text(turn, back.goods) for back in returns_of(turn, number)}
        lines += [_line(turn, number, one, goods) for one in refunds]
    turn.say("utter_refunds", told=told, lines="\n".join(lines), count=labels.number(len(lines)))
    all_told = [one for several in found.values() for one in several]
    if not turn.from_button and any(one.state == "expected" for one in all_told):
        _say_when(turn)
    elif says_any(turn, "desk.asks_when") and any(map(_is_undated, all_told)):
        # The rule for what is sent back says nothing of what was cancelled.
        turn.say("utter_refund_undated")


def answer_about_refunds(turn: Turn) -> bool:
    """Tell how far refunds are where a question for the shop's rules is about money that is on its way already."""
    asks = turn.intent[0] == "ask_policy" and says_any(turn, "arrival.of_money") and says_any(turn, "desk.asks_when")
    if turn.from_button or not (is_idle(turn) and asks) or says_any(turn, "desk.of_rules"):
        return False
    with turn.reading() as session:
        orders = list_orders(session, turn.shopper, limit=_LISTED)
    found = {one.number: refunds for one in orders if (refunds := _refunds(turn, one.number))}
    if not any(_is_undated(one) for refunds in found.values() for one in refunds):
        return False
    _say(turn, found)
    return True


def _is_undated(refund: RefundView) -> bool:
    return refund.state == "pending" and refund.due_on is None


def _line(turn: Turn, number: str, refund: RefundView, goods: Mapping[str, str]) -> str:
    """Write where some money is; what of, where it is for a return whose goods are given by its number."""
    labels = turn.labels
    day = refund.settled_at or refund.due_on
    key = "pending_undated" if _is_undated(refund) else refund.state
    return labels.text(
        f"desk.refund_lines.{key}",
        number=number,
        amount=labels.money(refund.amount),
        kind=labels.text(f"desk.refund_kinds.{refund.kind}"),
        rma=f" ({refund.rma_number}: {goods[refund.rma_number]})" if refund.rma_number else "",
        date=labels.date(day) if day else "",
    )
