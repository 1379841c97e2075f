"""A question that waits while the shopper sends a photo: it waits on, and is asked again after the photo's answer.

A photo never answers it. Where the photo leads to a question of its own, that one comes first, and the other waits
behind it, under `waiting`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from actions import desk
from actions.adding import complete
from actions.cards import button, variant_title
from actions.checkout import ask_use_address, begin_check_out, show_summary
from actions.pending import (
    ADD,
    CASE,
    CHECK_OUT,
    CLEAR_CART,
    CONFIRM_ORDER,
    DETAILS,
    OPTION,
    SEARCH,
    SIMILAR,
    USE_ADDRESS,
)
from actions.turn import Pending, Turn
from shop.catalogue import get_product, get_product_by_sku, get_variant

_ORDERING = frozenset({OPTION, ADD})


def wait_on(turn: Turn, before: Pending) -> None:
    """Keep the question that waited before a photo came; what was asked about another photo is over."""
    kind = before.get("kind")
    # A new order takes the place of the one that was being asked about.
    is_over = kind not in _AGAIN or (kind in _ORDERING and turn.photo_order == "add_to_cart")
    _wait(turn, before.get("waiting") or {} if is_over else before)


def resume(turn: Turn, answered: Pending) -> None:
    """Come back to the question that waits behind one that was answered."""
    _wait(turn, answered.get("waiting") or {})


def _wait(turn: Turn, question: Pending) -> None:
    if not question:
        return
    if turn.has_asked:
        turn.remember(pending={**turn.pending, "waiting": question})
        return
    _AGAIN[question["kind"]](turn, question)
    if turn.has_asked and question.get("waiting"):
        turn.remember(pending={**turn.pending, "waiting": question["waiting"]})


def _ask_option(turn: Turn, question: Pending) -> None:
    with turn.reading() as session:
        product = get_product(session, question["product"])
    complete(turn, product, dict(question["chosen"]), question["quantity"])


def _ask_add(turn: Turn, question: Pending) -> None:
    with turn.reading() as session:
        product, variant = get_product_by_sku(session, question["sku"]), get_variant(session, question["sku"])
    _ask(turn, question, quantity=question["quantity"], name=variant_title(product.name, variant.options))


def _ask_of_product(turn: Turn, question: Pending) -> None:
    with turn.reading() as session:
        name = get_product(session, question["product"]).name
    _ask(turn, question, name=name)


def _ask(turn: Turn, question: Pending, **details: object) -> None:
    turn.remember(pending=dict(question))
    turn.say(
        "utter_ask_still",
        what=turn.labels.text(f"waiting.{question['kind']}", **details),
        buttons=[button(turn.labels, "yes", "affirm"), button(turn.labels, "no", "deny")],
    )


_AGAIN: Mapping[str, Callable[[Turn, Pending], None]] = {
    OPTION: _ask_option,
    ADD: _ask_add,
    DETAILS: _ask_of_product,
    SIMILAR: _ask_of_product,
    SEARCH: _ask,
    CLEAR_CART: _ask,
    USE_ADDRESS: ask_use_address,
    CASE: lambda turn, _: desk.ask_again(turn),
    CHECK_OUT: lambda turn, _: begin_check_out(turn),
    # What is ordered is shown once more, so that the yes counts for exactly this.
    CONFIRM_ORDER: lambda turn, _: show_summary(turn),
}
