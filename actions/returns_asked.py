"""What a message says of returns and exchanges that are registered: how far they are, and that one is not wanted."""

from __future__ import annotations

from actions import desk
from actions.desk_case import Case
from actions.desk_consent import asks_something
from actions.desk_words import says_any
from actions.pending import CASE, CASE_YES, is_idle
from actions.returns_told import OPEN, named_returns, returns_of, say_returns
from actions.turn import Turn
from actions.withdrawing import WITHDRAW, rma_said
from shop.returns import ReturnView

# A message of any other intent speaks of something else: of what is in the cart, or of the shop's rules.
_TELLS = frozenset(
    {
        *("resume_case", "track_order", "track_refund", "nlu_fallback", "list_orders", "out_of_scope", "inform", ""),
        *("exchange_product", "return_product", "view_cart", "go_back"),
    }
)
_WITHDRAWS = frozenset(
    {
        *("nlu_fallback", "return_product", "exchange_product", "track_refund", "cancel", "cancel_order", "deny"),
        *("undo_adjustment", "go_back", "inform", "out_of_scope", "resume_case", "talk_to_person", "track_order", ""),
    }
)
_CHANGES = frozenset({"return", "swap"})
_RESUMES = "resume_case"


def take_about_returns(turn: Turn) -> bool:
    """Take what is said of a return that is registered, whatever its intent was read as; tell whether it was that."""
    if turn.from_button or turn.photo_url or turn.form or _is_being_made(turn):
        return False
    return _withdraws(turn) or _asks(turn)


def _is_being_made(turn: Turn) -> bool:
    """Tell whether a return or an exchange is being asked for: what is said then is of that one."""
    case = Case.of(turn)
    waits = turn.pending.get("kind") in (CASE, CASE_YES)
    return waits and case is not None and case.goal in (*_CHANGES, WITHDRAW.name)


def _withdraws(turn: Turn) -> bool:
    """Begin to withdraw a return where that is asked; what has arrived is told as it is."""
    if turn.intent[0] not in _WITHDRAWS or not _says_withdraw(turn):
        return False
    returns = returns_of(turn)
    if not returns:
        return False
    waiting = [back for back in returns if back.state in OPEN]
    named = [back for back in returns if back.rma_number == rma_said(turn)]
    if not waiting or (named and named[0] not in waiting):
        say_returns(turn, named or returns[:1])
        return True
    turn.drop_now()
    desk.begin(turn, WITHDRAW.name)
    return True


def _says_withdraw(turn: Turn) -> bool:
    """Tell whether a message calls a return off: by name, by its number, or "undo it" just after it was registered."""
    if says_any(turn, "returns.withdraws"):
        return True
    if rma_said(turn) and says_any(turn, "returns.numbered"):
        return True
    return says_any(turn, "returns.withdraws_it") and _is_spoken_of(turn)


def _is_spoken_of(turn: Turn) -> bool:
    """Tell whether the order that was last spoken of has a return that can still be withdrawn."""
    number = turn.slot("focus_order")
    return bool(number) and any(back.state in OPEN for back in returns_of(turn, number))


def _asks(turn: Turn) -> bool:
    """Tell how far returns are, where that is asked."""
    intent = turn.intent[0]
    if intent not in _TELLS or (intent == _RESUMES and not is_idle(turn)):
        return False
    speaks = says_any(turn, "returns.asks") or bool(rma_said(turn) and intent != "inform")
    still_here = says_any(turn, "returns.still_here") and _is_spoken_of(turn)
    if not (speaks or still_here) or says_any(turn, "returns.general"):
        return False
    if intent in ("exchange_product", "return_product") and not asks_something(turn.text):
        return False
    meant = _meant(turn)
    say_returns(turn, meant)
    return bool(meant)


def _meant(turn: Turn) -> list[ReturnView]:
    """Leave the returns that a message names, by their number, by their order's, or by what goes back."""
    returns = list(returns_of(turn))
    said, number = rma_said(turn), turn.entity("order_number")
    by_number = [back for back in returns if back.rma_number == said or back.order_number == number]
    live = [back for back in returns if back.state in OPEN]
    return by_number or named_returns(turn, live) or live or returns[:1]
