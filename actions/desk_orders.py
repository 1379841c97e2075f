"""Which order a change is about, and which of its lines: the steps that every change of an order shares."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from actions.cards import named_button, variant_title
from actions.desk_case import Case, Step, asked_by
from actions.desk_words import says_any
from actions.guest_orders import opened_order
from actions.orders import answered_number, days_said, offer_orders
from actions.pending import CASE, said_number
from actions.references import Candidate, Mention, Verdict, resolve
from actions.targets import candidate_of
from actions.turn import Turn
from shop.catalogue import get_products_by_sku
from shop.errors import OrderNotFound
from shop.orders import OrderLineView, OrderView, find_order, list_orders

ORDER, ITEMS = "order", "items"
_LISTED = 5
_ALL = frozenset({"all", "both"})


def order_step(fits: Callable[[OrderView], bool], *, opened: bool = False) -> Step:
    """Ask which order is meant.

    Args:
        fits: whether the change may be possible for an order; where only one fits, nothing needs to be asked.
        opened: whether an order that a guest has opened by a one-time code will do.
    """
    return Step(
        ORDER,
        is_known=lambda case: case.number is not None,
        read=lambda turn, case: _read_order(turn, case, opened=opened),
        find=lambda turn, case: _find_order(turn, case, fits, opened=opened),
        ask=lambda turn, case: _ask_order(turn, case, fits),
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
        find=lambda turn, case: _find_items(turn, case, whole=whole),
        ask=_ask_items,
        forget=lambda case: replace(case, items=None, options={}),
    )


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


def line_title(line: OrderLineView) -> str:
    """Call a line by its name and options."""
    return variant_title(line.name, line.options)


def named_lines(turn: Turn, lines: Sequence[OrderLineView]) -> list[OrderLineView] | None:
    """Find the lines that a message means; None where it means none, or does not say which."""
    mention = Mention.of(turn)
    if set(mention.references) & _ALL or says_any(turn, "desk.everything"):
        return list(lines)
    if mention.skus:
        wanted = {sku.casefold() for sku in mention.skus}
        return [line for line in lines if line.sku.casefold() in wanted] or None
    candidates = _candidates(turn, lines)
    if mention.products:
        fitting = [one for one in candidates if one.slug in mention.products]
    elif mention.ordinals and asked_by(turn) == ITEMS:
        found = resolve(Mention(ordinals=mention.ordinals), candidates)
        fitting = list(found.candidates) if found.verdict is Verdict.FOUND else []
    elif mention.facets or mention.words:
        fitting = list(resolve(replace(mention, ordinals=(), references=()), candidates).candidates)
    else:
        return None
    return _lines_of(lines, _narrowed(fitting, mention))


def _narrowed(fitting: Sequence[Candidate], mention: Mention) -> list[Candidate]:
    """Leave those that have the options said, where any has: with an exchange they may be those of the other one."""
    said = {*mention.options, *mention.facets}
    return [one for one in fitting if said <= {*one.options, *one.facets}] or list(fitting)


def _lines_of(lines: Sequence[OrderLineView], fitting: Sequence[Candidate]) -> list[OrderLineView] | None:
    skus = {one.sku for one in fitting}
    return [line for line in lines if line.sku in skus] or None


def _candidates(turn: Turn, lines: Sequence[OrderLineView]) -> list[Candidate]:
    """Make lines something that can be pointed at; what is no longer for sale goes by its name."""
    with turn.reading() as session:
        products = get_products_by_sku(session, [line.sku for line in lines])
    owners = {variant.sku: product for product in products for variant in product.variants}
    return [
        replace(candidate_of(owners[line.sku], line.sku), options=_own_options(line))
        if line.sku in owners
        else Candidate(line.sku, "", line.name, line.unit_price.amount, _own_options(line))
        for line in lines
    ]


def _own_options(line: OrderLineView) -> frozenset[str]:
    return frozenset(value.casefold() for value in line.options.values())


def _read_order(turn: Turn, case: Case, *, opened: bool) -> Case:
    pending = turn.pending
    if asked_by(turn) == ORDER:
        number = answered_number(turn, pending.get("numbers", []))
    else:
        number = turn.entity("order_number")
    if number is None:
        return case
    # As the shop writes it, so that another way to write the number is no other order.
    return case.of_order(_order(turn, number, opened=opened).number)


def _find_order(turn: Turn, case: Case, fits: Callable[[OrderView], bool], *, opened: bool) -> Case:
    """Settle the order where there is no choice: the one that was spoken of, or the only one that fits."""
    orders = _choice(turn, fits)
    focus = turn.slot("focus_order")
    shown = opened_order(turn) if opened else None
    if shown and (focus == shown.number or not orders):
        return case.of_order(shown.number)
    if any(order.number == focus for order in orders) and not Mention.of(turn).products:
        return case.of_order(focus)
    return case.of_order(orders[0].number) if len(orders) == 1 else case


def _choice(turn: Turn, fits: Callable[[OrderView], bool]) -> list[OrderView]:
    """List the orders that may be meant: those that fit and hold what is named, else those that fit, else all."""
    with turn.reading() as session:
        orders = list_orders(session, turn.shopper, limit=_LISTED, placed=days_said(turn))
    fitting = [order for order in orders if fits(order)] or orders
    return [order for order in fitting if named_lines(turn, order.lines)] or fitting


def _ask_order(turn: Turn, case: Case, fits: Callable[[OrderView], bool]) -> None:
    orders = _choice(turn, fits)
    turn.ask_later(CASE, asked=ORDER, numbers=[order.number for order in orders])
    if orders:
        offer_orders(turn, orders, "utter_ask_case_order", goal=turn.labels.text(f"desk.goals.{case.goal}"))
    else:
        turn.say("utter_ask_order_number" if turn.shopper.customer_id is None else "utter_no_orders")


def _read_items(turn: Turn, case: Case, *, single: bool) -> Case:
    if case.number is None or asked_by(turn) not in (None, ORDER, ITEMS):
        # What answers another question names an option, a reason or a street, and no line.
        return case
    lines = case_order(turn, case).lines
    meant = named_lines(turn, lines)
    count = turn.number("quantity") if asked_by(turn) == ORDER else said_number(turn)
    if meant is None and case.items and count is not None and len(case.items) == 1:
        return replace(case, items={next(iter(case.items)): count})
    if meant is None or (single and len(meant) > 1):
        return case
    pieces = {line.sku: line.quantity for line in meant}
    if count is not None and len(pieces) == 1 and not _is_place(turn):
        pieces = dict.fromkeys(pieces, count)
    return replace(case, items=pieces) if pieces != case.items else case


def _is_place(turn: Turn) -> bool:
    return bool(turn.entities("ordinal"))


def _find_items(turn: Turn, case: Case, *, whole: bool) -> Case:
    lines = case_order(turn, case).lines
    if whole or len(lines) == 1:
        return replace(case, items={line.sku: line.quantity for line in lines})
    return case


def _ask_items(turn: Turn, case: Case) -> None:
    lines = case_order(turn, case).lines
    turn.ask_later(CASE, asked=ITEMS)
    turn.say(
        "utter_ask_case_items",
        number=case.number,
        goal=turn.labels.text(f"desk.goals.{case.goal}"),
        lines="\n".join(
            turn.labels.text("desk.item", place=place, quantity=line.quantity, name=line_title(line))
            for place, line in enumerate(lines, start=1)
        ),
        buttons=[named_button(line_title(line), "inform", sku=line.sku) for line in lines],
    )


def in_states(*states: str) -> Callable[[OrderView], bool]:
    """Tell whether an order is in one of some states."""
    allowed: Collection[str] = frozenset(states)
    return lambda order: order.state in allowed
