"""A yes that names what it agrees to: the very things proposed are done, any others change the proposal."""

from __future__ import annotations

from actions.desk import confirm, go_on, read_all
from actions.desk_case import Case
from actions.desk_consent import asks_something, clauses_said
from actions.desk_lines import count_before, kept_lines, lines_said, names_nothing_else
from actions.desk_orders import case_order
from actions.desk_parts import joined_clauses, parts_of
from actions.desk_words import begins_with, holds_any, label_pattern, says_any, says_only
from actions.pending import CASE_YES
from actions.turn import Turn
from shop.errors import InvalidAddress, InvalidInvoice, OrderNotFound
from shop.orders import OrderLineView

_NAMING = frozenset({"cancel", "return"})
# What holds a yes back, wherever it stands.
_HOLDING_BACK = ("desk.putting_off", "desk.unsaid", "desk.conditional")


def take_named(turn: Turn) -> bool:
    """Take what names things while a proposal waits: these are done where they are proposed, else proposed alone."""
    case, pending = Case.of(turn), turn.pending
    if case is None or pending.get("kind") != CASE_YES:
        return False
    try:
        told = read_all(turn, case)
    except (OrderNotFound, InvalidAddress, InvalidInvoice):
        return False
    agrees = not turn.from_button and says_only(turn, "desk.courteous_yes")
    if told == case and (agrees or _names_proposed(turn, case)):
        turn.drop_now()
        confirm(turn, pending)
        return True
    says_the_same = told == case and (_only_keeps_others(turn, case) or _repeats_proposed(turn, case))
    if _names_others(turn, case, told) or says_the_same:
        go_on(turn, told)
        return True
    return False


def _names_proposed(turn: Turn, case: Case) -> bool:
    """Tell whether a message agrees to just what was proposed, by name: "yes, cancel the mouse".

    Args:
        turn: the turn.
        case: what was proposed.
    """
    if not _can_name(turn, case) or any(says_any(turn, label) for label in _HOLDING_BACK):
        return False
    lines = case_order(turn, case).lines
    wanted = [clause for clause in parts_of(turn, case.goal).wanted if clause]
    named = lines_said(turn, joined_clauses(wanted), lines) or []
    if {line.sku for line in named} != set(case.items or {}) or _counts_fewer(turn, case, named):
        return False
    return (_opens_with_yes(turn) or _says_only(turn, wanted, named)) and not _refuses(turn, wanted)


def _opens_with_yes(turn: Turn) -> bool:
    """Tell whether a message begins with a yes: "right" and "fine" anywhere else agree to nothing."""
    first = next(iter(clauses_said(turn.text)), "")
    return begins_with(turn, "desk.agreeing") and not holds_any(turn, first, "desk.unsaid")


def _says_only(turn: Turn, wanted: list[str], lines: list[OrderLineView]) -> bool:
    """Tell whether a clause wants these lines alone, and says nothing else: "only the mouse", "只取消铲子"."""
    only = [clause for clause in wanted if holds_any(turn, clause, "desk.only_that")]
    left = "\n".join(only).casefold()
    for label in ("desk.only_that", "desk.cancelling", "desk.giving_back", "desk.plain_yes", "desk.politely"):
        left = label_pattern(turn, label).sub(" ", left)
    return any(lines_said(turn, one, lines) for one in only) and names_nothing_else(turn, left, lines)


def _counts_fewer(turn: Turn, case: Case, named: list[OrderLineView]) -> bool:
    """Tell whether a message counts fewer pieces of anything than were proposed."""
    counted = {line.sku: count_before(turn, turn.text, line) for line in named}
    return any(count is not None and count < (case.items or {}).get(sku, 0) for sku, count in counted.items())


def _repeats_proposed(turn: Turn, case: Case) -> bool:
    """Tell whether a message only names what was proposed, and neither agrees nor asks: "the whole thing, both"."""
    if not _can_name(turn, case) or turn.entities("order_number") or parts_of(turn, case.goal).kept:
        return False
    lines = case_order(turn, case).lines
    named = lines_said(turn, turn.text, lines) or []
    left = turn.services.glossary.translated(turn.text.casefold())
    for label in ("desk.everything", "desk.whole", "desk.politely"):
        left = label_pattern(turn, label).sub(" ", left)
    said = {line.sku for line in named}
    is_all = said == set(case.items or {}) and not _counts_fewer(turn, case, named)
    return is_all and left.isascii() and names_nothing_else(turn, left, named)


def _only_keeps_others(turn: Turn, case: Case) -> bool:
    """Tell whether a message only says that what was not proposed stays: "the tripod is fine and stays here"."""
    if not _can_name(turn, case) or parts_of(turn, case.goal).wanted:
        return False
    kept = {line.sku for line in kept_lines(turn, case_order(turn, case).lines)}
    return bool(kept) and not kept & set(case.items or {})


def _names_others(turn: Turn, case: Case, told: Case) -> bool:
    """Tell whether a message leaves only a part of the things proposed, or fewer pieces of them.

    Args:
        turn: the turn.
        case: what was proposed.
        told: the same with what the message says of it.
    """
    if not _can_name(turn, case) or told.number != case.number or not told.items:
        return False
    before = case.items or {}
    return told.items != before and all(count <= before.get(sku, 0) for sku, count in told.items.items())


def _can_name(turn: Turn, case: Case) -> bool:
    is_open = case.goal in _NAMING and bool(case.number and case.items)
    return is_open and not turn.from_button and not asks_something(turn.text)


def _refuses(turn: Turn, wanted: list[str]) -> bool:
    """Tell whether a clause about what was proposed turns it down; "only the mouse" does not."""
    said = [one for one in wanted if not holds_any(turn, one, "desk.only_that")]
    return any(holds_any(turn, one, "desk.refusing") for one in clauses_said("\n".join(said)))
