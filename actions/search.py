"""Search over turns: find, narrow down, sort, see more."""

from __future__ import annotations

from dataclasses import replace

from actions.adjustments import GIFT, forget_prices
from actions.base import ShopAction, take_answer
from actions.cards import button, listing, named_button, product_card
from actions.catalogue import show_details
from actions.desk import resume
from actions.facts import cards_facts
from actions.pending import SEARCH
from actions.queries import (
    PAGE,
    criteria_text,
    from_state,
    moved_price,
    new_query,
    refined,
    relaxations,
    remember_query,
    to_state,
)
from actions.slate_moves import goes_on, recommend, refine_slate, say_nothing_fits, show_again, show_more_of_slate
from actions.slates import forget_photo, forget_slate
from actions.targets import focused_product, pick_one, pivot_of
from actions.turn import Turn, clean_words
from shop.catalogue import get_product, get_products_by_sku
from shop.errors import ProductNotFound
from shop.search import Filters, SearchQuery, SearchResults, Sort
from shop.search_text import stem, words

_SUGGESTED = 6


class ActionSearchProducts(ShopAction):
    """Start a new search."""

    yields_to_answer = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_search_products"

    def perform(self, turn: Turn) -> None:
        """Search for what was said; a new search forgets the one before. What is for somebody else is recommended."""
        if show_by_sku(turn):
            return
        if turn.entity("adjustment") == GIFT:
            recommend(turn, new_query(turn, product_names(turn)))
        elif turn.slot("search_state") and _only_narrows(turn):
            refine(turn)
        else:
            start_search(turn)


class ActionRefineSearch(ShopAction):
    """Narrow the running search down, or shift its prices."""

    yields_to_answer = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_refine_search"

    def perform(self, turn: Turn) -> None:
        """Search again with what was said added."""
        refine(turn)


class ActionSortResults(ShopAction):
    """Show the running search in another order."""

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_sort_results"

    def perform(self, turn: Turn) -> None:
        """Search again in the order that was asked for."""
        if turn.entities("ordinal") and turn.slot("candidate_skus"):
            # "The second cheapest" is no order of the list but one thing in it.
            take_answer(turn)
        elif turn.slot("search_state") is None and not turn.entities("product_query"):
            turn.say("utter_nothing_to_sort")
        elif not turn.entities("sort"):
            turn.say(
                "utter_ask_sort",
                buttons=[button(turn.labels, key, "sort_results", sort=key) for key in _sortings()],
            )
        elif _names_other_goods(turn):
            start_search(turn)
        else:
            refine(turn)


def _names_other_goods(turn: Turn) -> bool:
    """Tell whether goods are named that were not searched for: "show me sneakers, cheapest first"."""
    state = turn.slot("search_state")
    shown = from_state(state).text if state else ""
    return not _stems(turn, " ".join(turn.entities("product_query"))) <= _stems(turn, shown)


def _stems(turn: Turn, text: str) -> set[str]:
    return {stem(word) for word in words(turn.services.glossary.translated(text))}


class ActionShowMore(ShopAction):
    """Show the next page of the running search."""

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_show_more"

    def perform(self, turn: Turn) -> None:
        """Fetch the next page; say so where there is none."""
        state = turn.slot("search_state")
        if goes_on(turn):
            show_more_of_slate(turn)
            return
        if state is None:
            if not resume(turn):
                turn.say("utter_nothing_to_continue")
            return
        query = from_state(state)
        query = replace(query, offset=query.offset + PAGE)
        results = turn.services.search.search(query)
        if results.hits:
            _show(turn, query, results)
        elif not results.total:
            ask_what(turn)
        else:
            turn.say("utter_no_more", total=results.total)


def start_search(turn: Turn) -> None:
    """Search for what the message says, and nothing else."""
    names = product_names(turn)
    query = new_query(turn, names)
    direction = turn.entity("price_direction")
    if direction:
        query = replace(query, sort=Sort.PRICE_ASC if direction == "lower" else Sort.PRICE_DESC)
    if not query.text and query.filters == Filters():
        ask_what(turn)
        return
    forget_slate(turn)
    forget_prices(turn)
    turn.remember(candidate_skus=None)
    turn.focus(None)
    if names and not turn.services.search.search(query).hits:
        # Mistyped words that the language model took for a product's name: it knows better what was meant.
        query = replace(query, text=" ".join(names))
        turn.say("utter_corrected", words=query.text)
    run_search(turn, query)


def show_by_sku(turn: Turn) -> bool:
    """Show the product whose article number was said; tell whether one was."""
    target = pick_one(turn, "show_details") if turn.entities("sku") else None
    if target:
        show_details(turn, target)
    return bool(turn.entities("sku"))


def refine(turn: Turn) -> None:
    """Add what the message says to what was last shown, a search or a recommendation; where none was, search."""
    if goes_on(turn) and not turn.entities("product"):
        refine_slate(turn)
        return
    state = turn.slot("search_state")
    direction = turn.entity("price_direction")
    query = from_state(state) if state else _like_focus(turn)
    if query is None or turn.entities("product"):
        start_search(turn)
        return
    query = refined(turn, query)
    if direction in {"lower", "higher"}:
        shifted = _shifted(turn, query, direction)
        if shifted is None:
            start_search(turn)
            return
        query = shifted
    run_search(turn, query, keep_when_empty=True)


def run_search(turn: Turn, query: SearchQuery, *, keep_when_empty: bool = False) -> None:
    """Search, and show what was found or say honestly that nothing was.

    Args:
        turn: the turn.
        query: what to look for.
        keep_when_empty: whether a search that finds nothing leaves the one before as it was.
    """
    results = turn.services.search.search(query)
    if results.hits:
        _show(turn, query, results)
        return
    if not keep_when_empty:
        forget_photo(turn)
        remember_query(turn, query)
    _say_nothing_found(turn, query)


def show_query(turn: Turn, query: SearchQuery) -> None:
    """Show what is looked at, a search or a list made for the shopper, within other words and filters."""
    if not goes_on(turn):
        run_search(turn, query, keep_when_empty=True)
    elif not show_again(turn, query=query):
        say_nothing_fits(turn, query)


def ask_what(turn: Turn) -> None:
    """Ask what the shopper is looking for, and name what the shop has."""
    names = turn.services.vocabulary.categories()[:_SUGGESTED]
    turn.say("utter_ask_what", buttons=[named_button(name, "search_products", category=name) for name in names])


def _only_narrows(turn: Turn) -> bool:
    """Tell whether a message names nothing to look for, only what to leave out or what it may cost: "no Sony"."""
    query = new_query(turn, product_names(turn))
    said = query.filters
    narrowing = Filters(exclude=said.exclude), Filters(price_min=said.price_min, price_max=said.price_max)
    return not query.text and said != Filters() and said in narrowing


def _show(turn: Turn, query: SearchQuery, results: SearchResults) -> None:
    with turn.reading() as session:
        products = get_products_by_sku(session, [hit.sku for hit in results.hits])
    skus = {hit.product_slug: hit.sku for hit in results.hits}
    shown = [(product, skus.get(product.slug, product.variants[0].sku)) for product in products]
    last = query.offset + len(shown)
    if results.corrected:
        turn.say("utter_corrected", words=clean_words(results.corrected))
        query = replace(query, text=results.corrected)
    forget_slate(turn)
    remember_query(turn, query)
    turn.remember(candidate_skus=[sku for _, sku in shown])
    turn.focus(shown[0][1] if results.total == 1 else None)
    if query.offset:
        response = "utter_found_next"
    elif results.total == 1:
        response = "utter_found_one"
    else:
        response = "utter_found_some" if last < results.total else "utter_found_all"
    turn.say(
        response,
        told=cards_facts(shown),
        total=results.total,
        count=len(shown),
        first=query.offset + 1,
        last=last,
        criteria=criteria_text(turn.labels, query),
        listing=listing(turn.labels, shown),
        elements=[product_card(turn.labels, product, sku) for product, sku in shown],
        buttons=[button(turn.labels, "more", "show_more")] if last < results.total else [],
    )


def _say_nothing_found(turn: Turn, query: SearchQuery) -> None:
    criteria = criteria_text(turn.labels, query)
    totals = [
        (turn.services.search.search(replace(looser, limit=1)).total, label, looser)
        for label, looser in relaxations(query)
    ]
    # The tightest filter is the one that keeps most away.
    total, label, looser = max(totals, key=lambda one: one[0], default=(0, "", query))
    if not total and query.text and query.filters != Filters():
        label, looser = "filters.words", replace(query, text="", offset=0)
        total = turn.services.search.search(replace(looser, limit=1)).total
    if not total:
        turn.say("utter_found_none", criteria=criteria)
        return
    turn.ask_later(SEARCH, state=to_state(looser))
    turn.say(
        "utter_found_none_offer",
        criteria=criteria,
        filter=turn.labels.text(label),
        total=total,
        buttons=[button(turn.labels, "drop_filter", "affirm"), button(turn.labels, "no", "deny")],
    )


def product_names(turn: Turn) -> list[str]:
    """Give the names of the products that a message names."""
    names = []
    with turn.reading() as session:
        for slug in turn.entities("product"):
            try:
                names.append(get_product(session, slug).name)
            except ProductNotFound:
                # A product that left the shelf is still a word to look for.
                names.append(slug.replace("-", " "))
    return names


def _like_focus(turn: Turn) -> SearchQuery | None:
    """Where nothing was searched for, "cheaper" is about things of the same category as the one spoken of."""
    with turn.reading() as session:
        product = focused_product(turn, session)
    if product is None or not product.categories or not turn.entity("price_direction"):
        return None
    return SearchQuery(text="", filters=Filters(categories=product.categories[-1:]), limit=PAGE)


def _shifted(turn: Turn, query: SearchQuery, direction: str) -> SearchQuery | None:
    pivot = pivot_of(turn, direction)
    return None if pivot is None else moved_price(query, direction, pivot)


def _sortings() -> tuple[str, ...]:
    return tuple(str(sort) for sort in Sort if sort is not Sort.RELEVANCE)
