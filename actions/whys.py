"""Why something is recommended: the reasons that were known when it was shown, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions import desk
from actions.adjustments import LESS
from actions.base import ShopAction
from actions.cards import button
from actions.cart_changes import states_number
from actions.pending import CASE, CASE_YES
from actions.reasons import products_named, reason_words
from actions.recommending import what_was_asked
from actions.references import THIS, Mention
from actions.search import start_search
from actions.slate_moves import query_shown
from actions.slates import ShownSlate, last_slate
from actions.spoken import says
from actions.targets import Target, pick_one
from actions.turn import Button, Turn
from shop.catalogue import ProductView, get_products
from shop.photo_queries import TASK


class ActionTellWhy(ShopAction):
    """Say why something is recommended."""

    reads_plainly = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_tell_why"

    def perform(self, turn: Turn) -> None:
        """Give the reasons of one product, or of all that are shown where none is pointed at."""
        if states_number(turn):
            return
        if says(turn, "meant_goods") and turn.entities("product_query"):
            # "I said tents" finds fault with what was shown, and wants that looked for.
            start_search(turn)
            return
        slate, mention = last_slate(turn), Mention.of(turn)
        if turn.pending.get("kind") in (CASE, CASE_YES) and not replace(mention, references=()).says_something:
            # "Why do you need that?" is asked of the question that waits.
            turn.say("utter_why_asked")
            desk.ask_again(turn)
            return
        said, names = set(mention.references), replace(mention, references=()).says_something
        of_all = bool(said & {"all", "both"}) or not (turn.slot("focus_sku") or said - THIS)
        if slate and of_all and not names:
            _tell_why_all(turn, slate)
            return
        target = pick_one(turn, "tell_why")
        if target:
            tell_why(turn, target)


def tell_why(turn: Turn, target: Target) -> None:
    """Say the reasons of a recommended product; of another one, that it was not recommended."""
    product, slate = target.product, last_slate(turn)
    turn.focus(target.sku or product.variants[0].sku)
    if slate is None or product.slug not in slate.slugs:
        turn.say("utter_why_not_recommended", name=product.name)
        return
    words = _reasons(turn, slate, [product.slug])[product.slug]
    if words:
        buttons = [] if slate.request.task == TASK else _arguments(turn, product)
        turn.say("utter_why", name=product.name, reasons=words, buttons=buttons)
    else:
        criteria = what_was_asked(turn, query_shown(turn))
        turn.say("utter_why_unknown", name=product.name, criteria=criteria, buttons=_arguments(turn, product))


def _tell_why_all(turn: Turn, slate: ShownSlate) -> None:
    with turn.reading() as session:
        names = {product.slug: product.name for product in get_products(session, slate.slugs)}
    words = _reasons(turn, slate, slate.slugs)
    unknown = turn.labels.text("reasons.unknown")
    lines = [
        turn.labels.text("reasons.line", place=place, name=names[slug], reasons=words[slug] or unknown)
        for place, slug in enumerate(slate.slugs, start=1)
        if slug in names
    ]
    turn.say("utter_why_all", lines="\n".join(lines))


def _reasons(turn: Turn, slate: ShownSlate, slugs: Sequence[str]) -> dict[str, str]:
    named = products_named(reason for slug in slugs for reason in slate.reasons.get(slug, ()))
    with turn.reading() as session:
        names = {product.slug: product.name for product in get_products(session, named)}
    return {slug: reason_words(turn.labels, slate.reasons.get(slug, ()), names) for slug in slugs}


def _arguments(turn: Turn, product: ProductView) -> list[Button]:
    return [
        button(turn.labels, "less_like", "adjust_recommendations", adjustment=LESS, product=product.slug),
        button(turn.labels, "ignore_brand", "adjust_recommendations", aspect="brand"),
    ]
