"""Ordering the same again: what can still be had goes into the cart."""

from __future__ import annotations

from actions.cards import button
from actions.cart_lines import cart_buttons
from actions.desk_case import Case, Goal
from actions.desk_choice import Orders, allowed_by
from actions.desk_orders import items_step, order_step
from actions.desk_words import money_facts
from actions.facts import cart_facts
from actions.turn import Turn
from shop.carts import view_cart
from shop.changes import Yes
from shop.orders import OrderView
from shop.reorders import ReorderProposal, do_reorder, propose_reorder


def _show(turn: Turn, case: Case) -> str:
    """Say what would go into the cart at today's prices, and what cannot be had."""
    with turn.reading() as session:
        proposal = propose_reorder(session, turn.shopper, case.number or "", case.items)
    prices = [line.unit_price for line in proposal.lines]
    turn.say(
        "utter_ask_reorder",
        told=money_facts(turn, proposal.number, proposal.fingerprint, prices),
        number=proposal.number,
        lines="\n".join(_lines(turn, proposal)),
        buttons=[button(turn.labels, "add_all", "affirm"), button(turn.labels, "not_now", "deny")],
    )
    return proposal.fingerprint


def _lines(turn: Turn, proposal: ReorderProposal) -> list[str]:
    labels = turn.labels
    there = [
        labels.text(
            "desk.again" if line.quantity == line.wanted else "desk.again_fewer",
            quantity=line.quantity,
            wanted=line.wanted,
            name=line.name,
            price=labels.money(line.unit_price),
        )
        for line in proposal.lines
    ]
    return there + [labels.text(f"desk.missing.{line.why}", name=line.name) for line in proposal.missing]


def _make(turn: Turn, case: Case, yes: Yes) -> None:
    with turn.writing() as session:
        done = do_reorder(session, turn.shopper, case.number or "", yes, case.items)
    with turn.reading() as session:
        cart = view_cart(session, turn.shopper)
    turn.say(
        "utter_reordered",
        told=cart_facts(cart),
        number=done.number,
        subtotal=turn.labels.money(cart.subtotal) if cart.subtotal else "",
        buttons=cart_buttons(turn),
    )


def _check(turn: Turn, order: OrderView) -> None:
    with turn.reading() as session:
        propose_reorder(session, turn.shopper, order.number)


REORDER = Goal("reorder", (order_step(Orders(allowed_by(_check))), items_step(whole=True)), _show, _make)
