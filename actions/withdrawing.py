"""Withdrawing a return or an exchange that is registered, and of which nothing has reached the shop."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.cards import button, named_button
from actions.desk_case import Case, Goal, Step, asked_by
from actions.pending import CASE
from actions.returns_told import OPEN, goods_text, named_returns, return_line, returns_of, say_returns
from actions.turn import Turn
from shop.changes import Yes
from shop.errors import WrongState
from shop.returns import ReturnView
from shop.text import ascii_digits
from shop.withdrawals import do_withdrawal, propose_withdrawal

RMA = "rma"
_NUMBER = re.compile(r"RMA-[A-Z0-9]+", re.IGNORECASE)
_BARE = re.compile(r"\s*#?(\d)\s*")
_ASKING = {"return": "utter_ask_withdraw_return", "exchange": "utter_ask_withdraw_exchange"}


def open_returns(turn: Turn) -> list[ReturnView]:
    """List what can be withdrawn: nothing of it has reached the shop."""
    return [back for back in returns_of(turn) if back.state in OPEN]


def rma_said(turn: Turn) -> str | None:
    """Read the number of a return in a message."""
    said = turn.entity("rma_number") or next(iter(_NUMBER.findall(turn.text)), None)
    return said.strip().upper() if said else None


def _step() -> Step:
    return Step(
        RMA,
        is_known=lambda case: RMA in case.told,
        read=_read,
        find=_find,
        ask=_ask,
        forget=lambda case: replace(case.not_telling(RMA), number=None),
    )


def _read(turn: Turn, case: Case) -> Case:
    waiting = open_returns(turn)
    said = rma_said(turn)
    meant = [back for back in waiting if back.rma_number == said]
    if not meant and asked_by(turn) == RMA:
        place = turn.number("ordinal") or _bare(turn.text)
        meant = waiting[place - 1 : place] if place and place > 0 else waiting[-1:] if place == -1 else []
    return _of(case, meant[0]) if meant else case


def _bare(text: str) -> int | None:
    found = _BARE.fullmatch(ascii_digits(text))
    return int(found[1]) if found else None


def _find(turn: Turn, case: Case) -> Case:
    """Take the only one, or the only one of the order or the things that a message names, or was just spoken of."""
    waiting = open_returns(turn)
    numbers = (turn.entity("order_number"), turn.slot("focus_order"))
    of_order = [back for back in waiting if back.order_number in numbers]
    for meant in (named_returns(turn, waiting), of_order, waiting):
        if len(meant) == 1:
            return _of(case, meant[0])
    return case


def _of(case: Case, back: ReturnView) -> Case:
    return replace(case.telling(**{RMA: back.rma_number}), number=back.order_number)


def _ask(turn: Turn, _case: Case) -> None:
    waiting = open_returns(turn)
    turn.ask_later(CASE, asked=RMA)
    turn.say(
        "utter_ask_which_return",
        lines="\n".join(return_line(turn, back) for back in waiting),
        buttons=[named_button(back.rma_number, "inform", rma_number=back.rma_number) for back in waiting],
    )


def _show(turn: Turn, case: Case) -> str:
    """Say what would be called off; where its goods have arrived meanwhile, only how far it is."""
    rma = case.told[RMA]
    back = next(one for one in returns_of(turn, case.number) if one.rma_number == rma)
    if back.state not in OPEN:
        say_returns(turn, [back])
        return ""
    with turn.reading() as session:
        proposal = propose_withdrawal(session, turn.shopper, case.number or "", rma)
    turn.say(
        _ASKING[back.kind],
        rma=rma,
        number=proposal.number,
        goods=goods_text(turn, back.goods),
        new=goods_text(turn, back.instead),
        buttons=[button(turn.labels, "withdraw_it", "affirm"), button(turn.labels, "leave_it", "deny")],
    )
    return proposal.fingerprint


def _make(turn: Turn, case: Case, yes: Yes) -> None:
    rma = case.told[RMA]
    try:
        with turn.writing() as session:
            do_withdrawal(session, turn.shopper, case.number or "", yes, rma)
    except WrongState:
        # It has reached the shop since the proposal was shown.
        say_returns(turn, [one for one in returns_of(turn, case.number) if one.rma_number == rma])
        return
    turn.say("utter_return_withdrawn", rma=rma, number=case.number)


WITHDRAW = Goal("withdraw", (_step(),), _show, _make)
