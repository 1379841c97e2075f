"""Recommendations: what suits the shopper, what is like a thing or goes with it, what is new or on offer, and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from actions.adjustments import HIGHER, LOWER, forget_prices
from actions.arguments import note_gift
from actions.base import ShopAction
from actions.cards import button
from actions.catalogue import tell_option
from actions.counted_goods import takes_counted
from actions.desk_words import says_any
from actions.exclusions import lifting
from actions.needs import say_need_unknown
from actions.occasions import finds, for_occasion, say_taste_unknown
from actions.pending import SIMILAR as OFFER_SIMILAR
from actions.picking import choose_shown, leaves_choice
from actions.plain_questions import tell_care
from actions.queries import EVERYTHING, moved_price, new_query, refined
from actions.recommending import show
from actions.references import Mention
from actions.said_goods import said_kinds, took_back
from actions.search import product_names, start_search
from actions.slate_moves import recommend, refine_slate, show_more_of_slate
from actions.slates import (
    DEALS,
    GOES_WITH,
    NEW,
    SIMILAR,
    Request,
    last_slate,
    note_from_slate,
)
from actions.targets import Target, focused_product, names_several, pick_asked, pick_one, pick_several, shown_price
from actions.told import note_further_dislikes
from actions.turn import Turn
from shop.carts import view_cart
from shop.catalogue import ProductView, get_products
from shop.search import Filters, SearchQuery

_SELF, _RESTORE = "self", "restore"


class ActionRecommend(ShopAction):
    """Recommend what suits the shopper, within what they said."""

    reads_plainly = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_recommend"

    def perform(self, turn: Turn) -> None:
        """Recommend; who asks again for the same sees the next page."""
        if takes_counted(turn):
            return
        if last_slate(turn) and turn.entity("price_direction") in (LOWER, HIGHER):
            refine_slate(turn)
            return
        query = lifting(new_query(turn, product_names(turn)), note_further_dislikes(turn))
        query = for_occasion(turn, query)
        chooses = query == EVERYTHING or (turn.services.advice.asks("choice", turn.text) and not finds(turn, query))
        if chooses and leaves_choice(turn):
            choose_shown(turn)
        else:
            recommend(turn, query)
            say_taste_unknown(turn)
            say_need_unknown(turn)


class ActionShowSimilar(ShopAction):
    """Show what is like a product."""

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_show_similar"

    def perform(self, turn: Turn) -> None:
        """Find the product and show what is like it."""
        target = pick_one(turn, "show_similar")
        if target:
            show_similar(turn, target)


class ActionShowWhatGoesWith(ShopAction):
    """Show what baskets hold beside a product, or beside what is in the cart."""

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_show_what_goes_with"

    def perform(self, turn: Turn) -> None:
        """Find the product or products, else take the cart, and show what was bought with it."""
        if _buys_several(turn):
            start_search(turn)
            return
        if tell_care(turn):
            return
        if _asks_of_thing(turn):
            asked = pick_asked(turn, "tell_option")
            if asked:
                tell_option(turn, asked)
            return
        together, slate = _together(turn), last_slate(turn)
        if _goes_with_kind(turn):
            return
        if together:
            _show_what_goes_with(turn, together)
            return
        if slate and slate.request.task == GOES_WITH and not _points(turn):
            show_more_of_slate(turn)
            return
        target = pick_one(turn, "show_goes_with")
        if target:
            show_goes_with(turn, target)


class ActionShowNew(ShopAction):
    """Show what is new in the shop."""

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_show_new"

    def perform(self, turn: Turn) -> None:
        """Show new products, within what was said."""
        note_gift(turn)
        forget_prices(turn)
        if not show(turn, Request(NEW), refined(turn, EVERYTHING)):
            turn.say("utter_no_new_products", buttons=[button(turn.labels, "popular", "recommend")])


class ActionShowDeals(ShopAction):
    """Show what is on offer: rows of promotions alone decide that."""

    reads_plainly = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_show_deals"

    def perform(self, turn: Turn) -> None:
        """Show deals within what was said; where there are none of those, say so and show the others."""
        note_gift(turn)
        forget_prices(turn)
        query = refined(turn, EVERYTHING)
        if show(turn, Request(DEALS), query):
            return
        if query == EVERYTHING:
            turn.say("utter_no_deals")
            return
        turn.say("utter_no_such_deals")
        if not show(turn, Request(DEALS), EVERYTHING):
            turn.say("utter_no_deals")


def _buys_several(turn: Turn) -> bool:
    """Tell whether a message wishes for goods of several kinds, and for nothing beside a thing."""
    points = turn.entities("product") or turn.entities("reference") or turn.from_button
    return not points and len(said_kinds(turn)) > 1 and says_any(turn, "search.buys")


def _asks_of_thing(turn: Turn) -> bool:
    """Tell whether a message asks of one thing whether it needs or has something: "要不要装胶卷"."""
    is_asked = _points(turn) and not turn.from_button
    return is_asked and says_any(turn, "search.needs") and not says_any(turn, "search.goes")


def show_similar(turn: Turn, target: Target) -> None:
    """Show what is like a product; what was said beside it narrows that down: "like this one, but in white"."""
    product = target.product
    query = _but(turn, product)
    turn.focus(target.sku or product.variants[0].sku)
    if turn.from_button and turn.entity("slate"):
        note_from_slate(turn, product.slug, "click")
    if not show(turn, Request(SIMILAR, (product.slug,)), query):
        turn.say("utter_no_similar", name=product.name)


def show_goes_with(turn: Turn, target: Target) -> None:
    """Show what was bought with a product."""
    turn.focus(target.sku or target.product.variants[0].sku)
    _show_what_goes_with(turn, [target.product])


def _but(turn: Turn, product: ProductView) -> SearchQuery:
    """Read filters beside the words that point: where only a description points, it is no filter."""
    mention = Mention.of(turn)
    points = mention.products or mention.skus or mention.ordinals or mention.references
    query = refined(turn, EVERYTHING) if points else EVERYTHING
    query = replace(query, text="")
    direction = turn.entity("price_direction")
    return moved_price(query, direction, shown_price(turn, product)) if direction in (LOWER, HIGHER) else query


def _goes_with_kind(turn: Turn) -> bool:
    """Show the kinds of things that are asked for beside a product: "which monitor goes with that PC?"."""
    with turn.reading() as session:
        focus = focused_product(turn, session)
    beside = {*turn.entities("product")} or ({focus.slug} if focus else set())
    kinds = _kinds_named(turn, beside)
    if not (beside and kinds):
        return False
    names = [one.name for one in _products(turn, beside)]
    recommend(turn, replace(EVERYTHING, text=turn.labels.text("list.kinds").join(kinds)))
    turn.say("utter_match_not_stated", names=turn.labels.all_of(names))
    return True


def _kinds_named(turn: Turn, beside: Collection[str]) -> list[str]:
    """Give the words for goods that are found, and that are not what something is to go with."""
    words = [word for text in turn.entities("product_query") for word in text.split() if not took_back(turn, word)]
    searches = [replace(EVERYTHING, text=word) for word in words]
    categories = [replace(EVERYTHING, filters=Filters(categories=(name,))) for name in turn.entities("category")]
    said = [*words, *(turn.labels.said(name) for name in turn.entities("category"))]
    names = " ".join(one.name for one in _products(turn, beside)).casefold().split()
    kinds = []
    for word, query in zip(said, [*searches, *categories], strict=True):
        results = turn.services.search.search(query)
        found = {hit.product_slug for hit in results.hits}
        if found and not found & {*beside} and not results.corrected and word.casefold() not in names:
            kinds.append(word)
    return list(dict.fromkeys(kinds))


def _products(turn: Turn, slugs: Collection[str]) -> list[ProductView]:
    with turn.reading() as session:
        return get_products(session, list(slugs))


def _points(turn: Turn) -> bool:
    return Mention.of(turn).says_something or bool(turn.slot("focus_sku"))


def _together(turn: Turn) -> list[ProductView]:
    """List the things that are asked about as one: several that are named, else what is in the cart."""
    if not _points(turn):
        return _cart_products(turn)
    several = pick_several(turn) if names_several(turn) else []
    return several if len(several) > 1 else []


def _cart_products(turn: Turn) -> list[ProductView]:
    with turn.reading() as session:
        lines = view_cart(session, turn.shopper).lines
        return get_products(session, [line.product_slug for line in lines])


def _show_what_goes_with(turn: Turn, products: Sequence[ProductView]) -> None:
    forget_prices(turn)
    if show(turn, Request(GOES_WITH, tuple(product.slug for product in products)), EVERYTHING):
        return
    # Honest: nothing is made up from likeness. What is like it can be had by asking.
    turn.ask_later(OFFER_SIMILAR, product=products[0].slug)
    turn.say(
        "utter_goes_with_unknown",
        names=turn.labels.all_of(product.name for product in products),
        buttons=[button(turn.labels, "similar", "ask_similar", product=products[0].slug)],
    )
