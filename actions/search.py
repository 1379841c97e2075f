"""Search over turns: find, narrow down, sort, see more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.adjustments import GIFT, forget_prices
from actions.base import ShopAction, take_answer
from actions.budgets import limits_everything, names_price
from actions.buying_first import buys_before_search, puts_in_cart
from actions.cards import button, named_button
from actions.cart_keeping import keeps_of_cart
from actions.cart_removal import takes_out
from actions.cart_swaps import amends_cart, swaps_instead
from actions.cart_wishes import takes_named
from actions.catalogue import show_details, tell_option
from actions.counted_goods import names_surely, takes_counted
from actions.desk import resume
from actions.desk_words import says_any
from actions.exclusions import said_colours
from actions.found import run_search, show_next
from actions.needs import say_need_unknown
from actions.occasions import for_occasion, say_taste_unknown
from actions.policy_answers import quote_policy
from actions.queries import (
    PAGE,
    from_state,
    moved_price,
    new_query,
    refined,
)
from actions.said_goods import joined_kinds, said_kinds, stems_of
from actions.slate_moves import goes_on, recommend, refine_slate, say_nothing_fits, show_again, show_more_of_slate
from actions.slates import forget_slate
from actions.targets import Target, focused_product, names_several, pick_one, pivot_of
from actions.turn import Turn
from actions.unasked import asks_whether_included
from shop.carts import view_cart
from shop.catalogue import ProductView, get_product, get_products_by_sku
from shop.errors import ProductNotFound
from shop.search import Filters, SearchQuery, Sort

_SUGGESTED = 6
# Below this a message that narrows a list down may as well speak of the one thing in it.
_SURE = 0.75


class ActionSearchProducts(ShopAction):
    """Start a new search."""

    yields_to_answer = True
    reads_plainly = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_search_products"

    def perform(self, turn: Turn) -> None:
        """Search for what was said; a new search forgets the one before. What is for somebody else is recommended."""
        buys = (
            show_by_sku(turn)
            or swaps_instead(turn)
            or puts_in_cart(turn)
            or buys_before_search(turn)
            or takes_counted(turn)
        )
        if buys or _tells_of_named(turn) or asks_whether_included(turn):
            return
        query = new_query(turn, product_names(turn))
        wanted = for_occasion(turn, query)
        if (turn.entity("adjustment") == GIFT and not names_surely(turn)) or wanted != query:
            recommend(turn, wanted)
            say_taste_unknown(turn)
        elif turn.slot("search_state") and _only_narrows(turn):
            refine(turn)
        else:
            start_search(turn)
        say_need_unknown(turn)


def _tells_of_named(turn: Turn) -> bool:
    """Answer whether a product that is named outright comes in a colour; tell whether that was asked."""
    named = turn.entities("product")
    if turn.from_button or len(named) != 1 or not said_colours(turn) or names_several(turn):
        return False
    goods = stems_of(turn, " ".join(turn.entities("product_query")))
    if not goods <= stems_of(turn, " ".join(product_names(turn))):
        return False
    target = pick_one(turn, "tell_option")
    if target:
        tell_option(turn, target)
    return True


class ActionRefineSearch(ShopAction):
    """Narrow the running search down, or shift its prices."""

    yields_to_answer = True
    reads_plainly = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_refine_search"

    def perform(self, turn: Turn) -> None:
        """Search with what was said added, unless it is about delivery, the cart, the one thing shown, or others."""
        if (_asks_about_delivery(turn) and quote_policy(turn)) or amends_cart(turn) or takes_out(turn):
            return
        buys = keeps_of_cart(turn) or puts_in_cart(turn) or buys_before_search(turn) or takes_named(turn)
        if buys or takes_counted(turn):
            return
        asked = _asked_of_the_one(turn)
        if asked:
            tell_option(turn, Target(asked))
        elif says_any(turn, "search.asks_for"):
            start_search(turn)
        else:
            refine(turn)
            say_need_unknown(turn)


def _asked_of_the_one(turn: Turn) -> ProductView | None:
    """Give the only product that is shown, where a message may as well be a question about it: "有线无线"."""
    if set(turn.named) == {"option_name"} and turn.slot("focus_sku") and not says_any(turn, "search.any_colour"):
        # "And colours?" narrows nothing down; "any colour is fine" widens the search.
        with turn.reading() as session:
            return focused_product(turn, session)
    if turn.services.advice.needs_in(turn.text) and says_any(turn, "search.asks_goods"):
        # "Is there any easier one?" asks for others.
        return None
    if set(turn.named) - {"product_query"} or turn.intent[1] >= _SURE or len(turn.slot("candidate_skus") or ()) != 1:
        return None
    with turn.reading() as session:
        return focused_product(turn, session)


class ActionSortResults(ShopAction):
    """Show the running search in another order."""

    yields_to_answer = True

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


def _asks_about_delivery(turn: Turn) -> bool:
    """Tell whether an amount is that from which delivery is free: "超过50免运费是吧"."""
    return says_any(turn, "search.delivery") and not turn.entities("product_query")


def _names_other_goods(turn: Turn) -> bool:
    """Tell whether goods are named that were not searched for: "show me sneakers, cheapest first"."""
    return _names_goods(turn, turn.entities("product_query"))


def _names_goods(turn: Turn, named: Sequence[str]) -> bool:
    """Tell whether goods are others than those that were searched for."""
    state = turn.slot("search_state")
    shown = from_state(state).text if state else ""
    return not stems_of(turn, " ".join(named)) <= stems_of(turn, shown)


class ActionShowMore(ShopAction):
    """Show the next page of the running search."""

    reads_plainly = True

    def name(self) -> str:
        """Give the name by which rules call it."""
        return "action_show_more"

    def perform(self, turn: Turn) -> None:
        """Fetch the next page; say so where there is none. "What other tables are there?" asks for no more chairs."""
        if not turn.from_button and said_kinds(turn) and _names_goods(turn, said_kinds(turn)):
            start_search(turn)
            return
        state = turn.slot("search_state")
        if goes_on(turn):
            show_more_of_slate(turn)
            return
        if state is None:
            if not resume(turn):
                turn.say("utter_nothing_to_continue")
            return
        query = from_state(state)
        if show_next(turn, query):
            return
        total = turn.services.search.search(query).total
        turn.say("utter_no_more", total=total) if total else ask_what(turn)


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
    if limits_everything(turn) and query.filters.price_max is not None:
        turn.say("utter_limit_for_all", price=turn.labels.number(query.filters.price_max))
    turn.remember(candidate_skus=None)
    turn.focus(None)
    if names and not turn.services.search.search(query).hits:
        # Mistyped words that the language model took for a product's name: it knows better what was meant.
        query = replace(query, text=joined_kinds(names))
        turn.say("utter_corrected", words=query.text)
    if direction and _say_only_one(turn, query, direction):
        return
    run_search(turn, query)


def _say_only_one(turn: Turn, query: SearchQuery, direction: str) -> bool:
    """Say that there is no cheaper one of a kind of which the only one was seen; tell whether that is so."""
    results = turn.services.search.search(query)
    if results.total != 1 or results.near or results.hits[0].product_slug not in _seen(turn):
        return False
    with turn.reading() as session:
        name = get_product(session, results.hits[0].product_slug).name
    turn.remember(candidate_skus=[results.hits[0].sku])
    turn.focus(results.hits[0].sku)
    turn.say("utter_only_one", name=name, direction=turn.labels.text(f"search.directions.{direction}"))
    return True


def _seen(turn: Turn) -> set[str]:
    """Name what was shown lately, or lies in the cart."""
    shown = [*(turn.slot("candidate_skus") or []), *(sku for skus in turn.slot("earlier_skus") or [] for sku in skus)]
    with turn.reading() as session:
        lines = view_cart(session, turn.shopper).lines
        products = get_products_by_sku(session, shown)
    return {one.slug for one in products} | {line.product_slug for line in lines}


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
    before, query = query, refined(turn, _of_its_sort(turn, query))
    if query == before and turn.entities("exclude"):
        # "Not a laptop!", where none is looked for, leaves all as it is.
        turn.say("utter_all_right")
        return
    if direction in {"lower", "higher"} and not names_price(turn):
        shifted = _shifted(turn, query, direction)
        if shifted is None:
            start_search(turn)
            return
        if _say_no_further(turn, query, shifted, direction):
            return
        query = shifted
    run_search(turn, query, keep_when_empty=True)


def _of_its_sort(turn: Turn, query: SearchQuery) -> SearchQuery:
    """Look among all of the sort of the one thing found, where others are asked for: "is any easier to look after?"."""
    results = turn.services.search.search(query)
    if results.total != 1 or said_kinds(turn) or not turn.services.advice.needs_in(turn.text):
        return query
    with turn.reading() as session:
        categories = get_product(session, results.hits[0].product_slug).categories[-1:]
    return replace(query, text="", filters=replace(query.filters, categories=categories)) if categories else query


def _say_no_further(turn: Turn, query: SearchQuery, shifted: SearchQuery, direction: str) -> bool:
    """Say that nothing is cheaper, or dearer, than what is shown; tell whether that is so."""
    search = turn.services.search.search
    results = search(replace(query, limit=1))
    if not results.hits or search(replace(shifted, limit=1)).hits:
        return False
    more = turn.labels.text(f"search.directions.{direction}")
    if results.total == 1:
        with turn.reading() as session:
            turn.say("utter_only_one", name=get_product(session, results.hits[0].product_slug).name, direction=more)
    else:
        turn.say("utter_no_further", direction=more)
    return True


def show_query(turn: Turn, query: SearchQuery) -> None:
    """Show what is looked at, a search or a list made for the shopper, within other words and filters."""
    if not goes_on(turn):
        run_search(turn, query, keep_when_empty=True)
    elif not show_again(turn, query=query):
        say_nothing_fits(turn, query)


def ask_what(turn: Turn) -> None:
    """Ask what the shopper is looking for, and name what the shop has."""
    names = turn.services.vocabulary.categories()[:_SUGGESTED]
    offered = [named_button(turn.labels.value(name), "search_products", category=name) for name in names]
    turn.say("utter_ask_what", buttons=offered)


def _only_narrows(turn: Turn) -> bool:
    """Tell whether a message names nothing to look for, only what to leave out or what it may cost: "no Sony"."""
    query = new_query(turn, product_names(turn))
    said = query.filters
    prices = Filters(price_min=said.price_min, price_max=said.price_max, price_near=said.price_near)
    narrowing = Filters(exclude=said.exclude), prices
    if not query.text and said == Filters() and turn.services.advice.needs_in(turn.text):
        # "Anything that is easy to look after?" asks of what was looked for.
        return True
    return not query.text and said != Filters() and said in narrowing


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
