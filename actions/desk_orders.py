"""Which order a change is about, and which of its lines: the steps that every change of an order shares."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from actions.cards import named_button
from actions.desk_address import beside_address
from actions.desk_case import FREE_TEXT, Case, Goal, Step, asked_by
from actions.desk_choice import ORDER, Choice, Orders, ask_order, days_past
from actions.desk_lines import (
    ITEMS,
    count_before,
    kept_lines,
    line_title,
    lines_said,
    named_lines,
    points_at_lines,
    sized_so,
)
from actions.desk_parts import joined_clauses, parts_of
from actions.desk_pieces import pieces_of
from actions.desk_words import holds_any, says_any
from actions.guest_orders import offer_look, opened_order
from actions.orders import answered_number
from actions.pending import CASE, said_number
from actions.turn import Turn
from shop.errors import OrderNotFound
from shop.order_numbers import normalise_number
from shop.orders import OrderLineView, OrderView, find_order
from shop.text import ascii_digits

_NUMBER = re.compile(r"(?<![\w.])\d{4,}(?![\w.])", re.ASCII)
_LONGEST_NUMBER = 12
_UNREAD_LENGTH = 300
# "4TB" counts nothing.
_COUNT = re.compile(r"\s*(\d{1,3})(?!\d)(?!(?!x\b)[a-z])", re.IGNORECASE)


def order_step(orders: Orders) -> Step:
    """Ask which order is meant, of those for which the change can still be made."""
    return Step(
        ORDER,
        is_known=lambda case: case.number is not None,
        read=lambda turn, case: _read_order(turn, case, opened=orders.opened),
        find=lambda turn, case: _find_order(turn, case, orders),
        ask=lambda turn, case: ask_order(turn, case, orders),
        forget=lambda case: replace(case, number=None, items=None, options={}),
    )


def items_step(*, whole: bool, single: bool = False) -> Step:
    """Ask which lines of the order are meant.

    Args:
        whole: whether all of them are where none is named; otherwise the shopper is asked.
        single: whether only one line can be changed at a time.
    """
    return Step(
        ITEMS,
        is_known=lambda case: case.items is not None,
        read=lambda turn, case: _read_items(turn, case, single=single),
        find=lambda turn, case: _find_items(turn, case, whole=whole, single=single),
        ask=_ask_items,
        forget=lambda case: replace(case, items=None, options={}, unread="", pieces=None),
    )


def keep_unread(turn: Turn, case: Case) -> Case:
    """Keep what is said before the order is known: it may name lines of it, and is not asked for again."""
    if turn.from_button or names_order_alone(turn) or (asked_by(turn) == ORDER and says_any(turn, "desk.the_one")):
        return case
    pieces = turn.number("quantity") if asked_by(turn) is None else None
    words = f"{case.unread}\n{' '.join(beside_address(turn, case).split())}".strip()
    return replace(case, unread=words[:_UNREAD_LENGTH], pieces=pieces or case.pieces)


def _unread_lines(turn: Turn, case: Case, lines: Sequence[OrderLineView]) -> dict[str, int]:
    """Find the pieces that the first message has named which names any."""
    for text in case.unread.splitlines():
        parts = parts_of(turn, case.goal, text)
        kept = lines_said(turn, joined_clauses(parts.kept), lines) or []
        said_of = joined_clauses((*parts.wanted, *parts.described))
        meant = [line for line in lines_said(turn, said_of, lines) or [] if line not in kept]
        left = [line for line in lines if line not in kept]
        # "The 2TB one, not the PC" rules the PC out, and never names it.
        meant = meant or (left if kept and len(left) == 1 else [])
        if meant:
            said = None if len(meant) > 1 or _is_size(case, meant, case.pieces) else case.pieces
            return {line.sku: count_before(turn, text, line) or said or line.quantity for line in meant}
    return {}


def case_order(turn: Turn, case: Case) -> OrderView:
    """Fetch the order of a case; raise OrderNotFound."""
    return _order(turn, case.number or "", opened=True)


def _order(turn: Turn, number: str, *, opened: bool) -> OrderView:
    """Find one of the shopper's own orders, or the one that a code has opened; raise OrderNotFound."""
    try:
        with turn.reading() as session:
            return find_order(session, turn.shopper, number)
    except OrderNotFound:
        found = opened_order(turn, number) if opened else None
        if found is None:
            raise
        return found


def _read_order(turn: Turn, case: Case, *, opened: bool) -> Case:
    pending = turn.pending
    if asked_by(turn) in FREE_TEXT:
        # A postcode looks like the number of an order.
        return case
    left = beside_address(turn, case)
    if asked_by(turn) == ORDER and left == turn.text:
        number = answered_number(turn, pending.get("numbers", []))
    else:
        named = turn.entities("order_number")
        number = next((one for one in named if left == turn.text or one in left), None)
    if number is None:
        number = _own_number(turn, left)
    if number is None:
        return case
    # As the shop writes it, so that another way to write the number is no other order.
    return case.of_order(_order(turn, number, opened=opened).number)


def names_order_alone(turn: Turn) -> bool:
    """Tell whether a message says the number of an order and nothing else, whatever it was taken for."""
    words = [word for labels in turn.services.languages.values() for word in labels.text("desk.order_words").split("|")]
    longest_first = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    left = re.sub(longest_first, "", turn.text.casefold())
    return not turn.from_button and bool(turn.entities("order_number")) and not any(map(str.isalpha, left))


def names_lines_of(turn: Turn, case: Case) -> bool:
    """Tell whether a message names just the lines that a case is about: "no, only the chair"."""
    if not (case.number and case.items) or turn.from_button:
        return False
    named = lines_said(turn, turn.text, case_order(turn, case).lines) or []
    return bool(named) and {line.sku for line in named} >= set(case.items)


def _own_number(turn: Turn, text: str) -> str | None:
    """Find a number in the text that is one of an own order, however it is written there.

    Raises:
        OrderNotFound: there is one that is far too long for an order: then none that was spoken of is meant.
    """
    for said in _NUMBER.findall("" if turn.from_button else ascii_digits(text)):
        if len(said) > _LONGEST_NUMBER:
            raise OrderNotFound(said)
        try:
            with turn.reading() as session:
                return find_order(session, turn.shopper, said).number
        except OrderNotFound:
            continue
    return None


def _find_order(turn: Turn, case: Case, orders: Orders) -> Case:
    """Settle the order where there is no choice: the one that was spoken of, or the only one that fits."""
    choice = Choice.of(turn, orders, days_past(turn))
    shown = opened_order(turn) if orders.opened else None
    if shown and (turn.slot("focus_order") == shown.number or not choice.meant):
        return case.of_order(shown.number)
    found = choice.settled(turn)
    return case.of_order(found.number) if found else case


def _read_items(turn: Turn, case: Case, *, single: bool) -> Case:
    if case.number is None or asked_by(turn) not in (None, ORDER, ITEMS):
        # What answers another question names an option, a reason or a street, and no line.
        return case
    if names_order_alone(turn):
        # "Order 1003", said once more while it is asked what of it, is no number of pieces.
        return case
    lines = case_order(turn, case).lines
    tells_order = says_any(turn, "desk.the_one") and not (says_any(turn, "desk.only_that") or kept_lines(turn, lines))
    if asked_by(turn) == ORDER and (tells_order or _unread_lines(turn, case, lines)):
        # "The one with the tripod" tells which order, and not what of it is meant.
        return case
    meant, kept = named_lines(turn, lines), kept_lines(turn, lines)
    if meant is None and kept and case.items:
        # What stays is no longer among what was named before.
        left = {sku: count for sku, count in case.items.items() if sku not in {line.sku for line in kept}}
        return replace(case, items=left or None, is_part=not left) if left != case.items else case
    sized = sized_so(turn, meant or lines)
    meant = [line for line in meant if line in sized] or meant if meant and sized else meant
    count = turn.number("quantity") if asked_by(turn) == ORDER else _count_said(turn)
    count = None if sized or _counts_kept(turn, case) or _is_size(case, meant or lines, count) else count
    count = pieces_of(turn, case, meant or lines) if count is None and not sized else count
    if meant is None and case.items and count is not None and len(case.items) == 1:
        return replace(case, items={next(iter(case.items)): count})
    if meant is None and case.items is None and count is not None and len(lines) == 1 and count < lines[0].quantity:
        return replace(case, items={lines[0].sku: count})
    if meant is None or (single and len(meant) > 1):
        # Of what is spoken of and not found nobody can say that it is the whole order.
        names_part = bool(kept) or points_at_lines(turn, lines) or says_any(turn, "desk.one_of_several")
        is_part = asked_by(turn) in (None, ITEMS) and case.items is None and names_part
        return replace(case, is_part=True) if is_part else case
    # Named once more without a number, it stays as many as were said before.
    before = {} if says_any(turn, "desk.whole") else case.items or {}
    pieces = {line.sku: before.get(line.sku, line.quantity) for line in meant}
    if count is None and len(meant) == 1:
        count = count_before(turn, turn.text, meant[0])
    if count is not None and len(pieces) == 1 and not _is_place(turn):
        pieces = dict.fromkeys(pieces, count)
    return replace(case, items=pieces) if pieces != case.items else case


def _is_size(case: Case, lines: Sequence[OrderLineView], count: int | None) -> bool:
    """Tell whether a number says for what size something is changed: there are no 46 pairs of it."""
    return case.goal == "swap" and count is not None and all(line.quantity < count for line in lines)


def _counts_kept(turn: Turn, case: Case) -> bool:
    """Tell whether the number in a message counts what is to stay: "另外两样照常发"."""
    kept = parts_of(turn, case.goal).kept
    spans = [turn.text[start:end] for _, start, end in turn.placed("quantity")]
    return bool(spans) and all(any(span in clause for clause in kept) for span in spans)


def _count_said(turn: Turn) -> int | None:
    """Read how many pieces are meant; at the start of an answer also without a word that says so: "5 mice"."""
    count = said_number(turn)
    leading = _COUNT.match(ascii_digits(turn.text)) if count is None and asked_by(turn) == ITEMS else None
    return int(leading[1]) if leading else count


def _is_place(turn: Turn) -> bool:
    return bool(turn.entities("ordinal")) or (asked_by(turn) == ITEMS and turn.text.strip().lstrip("#").isdecimal())


def _find_items(turn: Turn, case: Case, *, whole: bool, single: bool) -> Case:
    lines = case_order(turn, case).lines
    pieces = _unread_lines(turn, case, lines)
    if pieces:
        return replace(case, items=pieces) if not single or len(pieces) == 1 else case
    is_part = case.is_part or (len(lines) > 1 and holds_any(turn, case.unread, "desk.one_of_several"))
    if not is_part and (whole or len(lines) == 1):
        return replace(case, items={line.sku: line.quantity for line in lines})
    return case


def _ask_items(turn: Turn, case: Case) -> None:
    lines = case_order(turn, case).lines
    turn.ask_later(CASE, asked=ITEMS)
    turn.say(
        "utter_ask_case_items",
        number=case.number,
        question=turn.labels.text(f"desk.which_item.{case.goal}"),
        lines="\n".join(
            turn.labels.text("desk.item", place=place, quantity=line.quantity, name=line_title(line))
            for place, line in enumerate(lines, start=1)
        ),
        buttons=[named_button(line_title(line), "inform", sku=line.sku) for line in lines],
    )


def offers_look(turn: Turn, goal: Goal, case: Case, error: OrderNotFound) -> bool:
    """Let a guest prove that an order of another conversation is theirs, and come back here then."""
    proves = turn.shopper.customer_id is None and normalise_number(error.number) is not None
    if not (goal.opened and proves):
        return False
    # What the message says beside the order's number is not asked for again.
    for step in goal.steps:
        case = case if step.name == ORDER else step.read(turn, case)
    keep_unread(turn, case).keep(turn)
    offer_look(turn, error.number)
    turn.remember(pending={**turn.pending, "waiting": {"kind": CASE}})
    return True
