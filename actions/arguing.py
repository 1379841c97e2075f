"""The shopper argues: ignore the brand, less like this, it's a gift, not for me. Each is kept, told and undoable."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from actions.adjustments import (
    ASPECTS,
    DISMISS,
    GIFT,
    HISTORY,
    IGNORE,
    LESS,
    MORE,
    PRICE,
    Step,
    add,
    forget_prices,
    keep,
    steps_of,
)
from actions.advice_words import clauses
from actions.arguments import note_gift, step_text, undo_button
from actions.base import ShopAction
from actions.cards import button
from actions.queries import from_state
from actions.search import refine
from actions.slate_moves import argue, goes_on, query_shown, say_nothing_fits, show_again
from actions.slates import last_slate, note_from_slate
from actions.targets import Target, names_several, pick_one, pick_several
from actions.told import undo
from actions.turn import Turn
from actions.wished import freed
from shop.catalogue import ProductView, get_products
from shop.models import utc_now

_SELF, _RESTORE = "self", "restore"


class ActionAdjustRecommendations(ShopAction):
    """Take an argument about the recommendations."""

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_adjust_recommendations"

    def perform(self, turn: Turn) -> None:
        """Let it count, and show the list again."""
        kind = turn.entity("adjustment")
        aspects = [aspect for aspect in turn.entities("aspect") if aspect in ASPECTS]
        if aspects and _is_of_search(turn):
            refine(turn)
        elif kind == _RESTORE:
            undo(turn)
        elif kind == GIFT and turn.continues and turn.slot("focus_sku"):
            # "Two bonsais, they are for my boss": what is wanted has been said.
            note_gift(turn)
        elif kind == GIFT:
            argue(turn, Step(GIFT, reference=utc_now().isoformat()))
        elif HISTORY in turn.entities("aspect"):
            argue(turn, Step(GIFT, HISTORY, utc_now().isoformat()))
        elif kind == _SELF:
            _for_oneself(turn)
        elif aspects:
            _ignore(turn, aspects)
        elif kind == LESS:
            _like(turn, pick_one(turn, "less_like"), LESS)
        elif kind == MORE:
            _like(turn, pick_one(turn, "more_like"), MORE)
        else:
            _ask_adjustment(turn)


class ActionDismissProduct(ShopAction):
    """Never show a product again."""

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_dismiss_product"

    def perform(self, turn: Turn) -> None:
        """Find the product and leave it out from now on."""
        several = pick_several(turn) if names_several(turn) else []
        if len(several) > 1:
            dismiss_all(turn, several)
            return
        target = pick_one(turn, "dismiss_product")
        if target:
            dismiss(turn, target)


def more_like(turn: Turn, target: Target) -> None:
    """Move the list towards a product."""
    _like(turn, target, MORE)


def less_like(turn: Turn, target: Target) -> None:
    """Move the list away from a product."""
    _like(turn, target, LESS)


def dismiss(turn: Turn, target: Target) -> None:
    """Note that a product is not wanted, and show the list again without it."""
    dismiss_all(turn, [target.product])


def rejects_shown(turn: Turn) -> bool:
    """Take things off the list of which a message says that they are not wanted, however it was read."""
    slate = last_slate(turn)
    if slate is None or turn.from_button or turn.form:
        return False
    with turn.reading() as session:
        shown = get_products(session, slate.slugs)
    rejected = [part for part in clauses(turn.text) if turn.services.advice.asks("rejection", part)]
    text = turn.services.glossary.translated(" | ".join(rejected)).casefold()
    unwanted = [one for one in shown if re.search(rf"\b{re.escape(one.name.casefold().split()[-1])}s?\b", text)]
    if unwanted:
        dismiss_all(turn, unwanted)
    return bool(unwanted)


def dismiss_all(turn: Turn, products: Sequence[ProductView]) -> None:
    """Note that products are not wanted, and show the list again without them."""
    slate = last_slate(turn)
    steps = [Step(DISMISS, product.slug) for product in products]
    for step in steps:
        note_from_slate(turn, step.value, "dismiss")
        add(turn, step)
    turn.focus(None)
    change = turn.labels.clauses(step_text(turn, step) for step in steps)
    turn.say("utter_adjusted", change=change, buttons=[] if slate else [undo_button(turn, step) for step in steps])
    if slate and not show_again(turn, undoable=True):
        say_nothing_fits(turn, query_shown(turn))


def _like(turn: Turn, target: Target | None, kind: str) -> None:
    if target:
        turn.focus(None)
        argue(turn, Step(kind, target.product.slug))


def _is_of_search(turn: Turn) -> bool:
    """Tell whether a condition of the running search is said not to matter: "颜色无所谓"."""
    state = turn.slot("search_state")
    if not state or goes_on(turn):
        return False
    filters = from_state(state).filters
    return freed(turn, filters) != filters


def _ignore(turn: Turn, aspects: Sequence[str]) -> None:
    """Leave fields out of account; where the price does not count, no limit that was said in this talk holds."""
    query = query_shown(turn)
    if PRICE in aspects:
        forget_prices(turn)
        query = replace(query, filters=replace(query.filters, price_min=None, price_max=None, price_near=None))
    for aspect in aspects[:-1]:
        add(turn, Step(IGNORE, aspect))
    argue(turn, Step(IGNORE, aspects[-1]), query)


def _for_oneself(turn: Turn) -> None:
    keep(turn, [step for step in steps_of(turn) if step.kind != GIFT])
    turn.say("utter_adjusted", change=turn.labels.text("edits.self"))
    if not show_again(turn):
        say_nothing_fits(turn, query_shown(turn))


def _ask_adjustment(turn: Turn) -> None:
    labels = turn.labels
    turn.say(
        "utter_ask_adjustment",
        buttons=[
            button(labels, "ignore_brand", "adjust_recommendations", aspect="brand"),
            button(labels, "ignore_colour", "adjust_recommendations", aspect="colour"),
            button(labels, "gift", "adjust_recommendations", adjustment=GIFT),
        ],
    )
