"""Run a search, and tell what it found: what fits, what is only near to it, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.cards import button, listing, product_card
from actions.conditions import as_near, as_preferred, say_currency
from actions.facts import cards_facts
from actions.pending import SEARCH
from actions.queries import PAGE, criteria_text, relaxations, remember_query, to_state
from actions.said_goods import joined_kinds, kinds_of
from actions.slates import forget_photo, forget_slate
from actions.turn import Turn, clean_words
from shop.catalogue import ProductView, get_products_by_sku
from shop.search import Filters, SearchHit, SearchQuery, SearchResults

EACH = 3
"""How many products are shown of each of several kinds."""

Shown = list[tuple[ProductView, str]]


def run_search(turn: Turn, query: SearchQuery, *, keep_when_empty: bool = False) -> None:
    """Search, and show what was found or say honestly that nothing was.

    Args:
        turn: the turn.
        query: what to look for; each of several kinds of goods is looked for by itself.
        keep_when_empty: whether a search that finds nothing leaves the one before as it was.
    """
    say_currency(turn)
    query = as_preferred(turn, query)
    kinds = kinds_of(query.text)
    if len(kinds) > 1 and _show_each(turn, query, kinds):
        return
    query = as_near(turn, query) if len(kinds) < 2 else query
    results = turn.services.search.search(query) if len(kinds) < 2 else SearchResults((), 0)
    if results.hits:
        _show(turn, query, results)
        return
    if query.text and query.filters.categories and _shows_apart(turn, query, kinds):
        return
    if not keep_when_empty:
        forget_photo(turn)
        remember_query(turn, query)
    say_nothing_found(turn, query)


def show_next(turn: Turn, query: SearchQuery) -> bool:
    """Show the next page of a search; tell whether there was one."""
    kinds = kinds_of(query.text)
    if len(kinds) > 1:
        return _show_each(turn, replace(query, offset=query.offset + EACH), kinds)
    query = replace(query, offset=query.offset + PAGE)
    results = turn.services.search.search(query)
    if results.hits:
        _show(turn, query, results)
    return bool(results.hits)


def say_nothing_found(turn: Turn, query: SearchQuery) -> None:
    """Say that nothing fits, and offer the search without the filter that keeps most away."""
    criteria = criteria_text(turn.labels, query, turn.services.advice.materials)
    totals = [(_total(turn, looser), label, looser) for label, looser in relaxations(query)]
    # The tightest filter is the one that keeps most away.
    total, label, looser = max(totals, key=lambda one: one[0], default=(0, "", query))
    if not total and query.text and len(totals) > 1:
        label, looser = "filters.all", replace(query, filters=Filters(), offset=0)
        total = _total(turn, looser)
    if not total and query.text and query.filters != Filters():
        label, looser = "filters.words", replace(query, text="", offset=0)
        total = _total(turn, looser)
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


def _shows_apart(turn: Turn, query: SearchQuery, kinds: Sequence[str]) -> bool:
    """Show goods and a category, where no goods are in the category: "an ornament, or plants"."""
    apart = replace(query, filters=replace(query.filters, categories=()))
    return _show_each(turn, apart, [*kinds, *query.filters.categories])


def _total(turn: Turn, query: SearchQuery) -> int:
    kinds = kinds_of(query.text) or [""]
    return sum(turn.services.search.search(replace(query, text=kind, limit=1)).total for kind in kinds)


def _show(turn: Turn, query: SearchQuery, results: SearchResults) -> None:
    shown = _views(turn, results.hits)
    last = query.offset + len(shown)
    if results.corrected:
        if not _only_longer(query.text, results.corrected):
            turn.say("utter_corrected", words=clean_words(results.corrected))
        query = replace(query, text=results.corrected)
    forget_slate(turn)
    remember_query(turn, query)
    turn.remember(candidate_skus=[sku for _, sku in shown])
    turn.focus(shown[0][1] if results.total == 1 else None)
    unstated = _say_not_stated(turn, query, results)
    turn.say(
        "utter_found_closest" if unstated else _response(query, results, last),
        told=cards_facts(shown),
        total=results.total,
        count=len(shown),
        first=query.offset + 1,
        last=last,
        criteria=criteria_text(turn.labels, query, turn.services.advice.materials),
        within=_within(turn, query),
        listing=listing(turn.labels, shown),
        elements=[product_card(turn.labels, product, sku) for product, sku in shown],
        buttons=[button(turn.labels, "more", "show_more")] if last < results.total else [],
    )


def _response(query: SearchQuery, results: SearchResults, last: int) -> str:
    if query.offset:
        return "utter_found_next"
    if results.near:
        return "utter_found_near"
    if results.total == 1:
        return "utter_found_one"
    return "utter_found_some" if last < results.total else "utter_found_all"


def _only_longer(said: str, corrected: str) -> bool:
    """Tell whether a word was only completed, "花" to "花卉": that goes without saying."""
    return said.casefold() in corrected.casefold()


def _say_not_stated(turn: Turn, query: SearchQuery, results: SearchResults) -> bool:
    """Say which words of the shopper's nothing that is shown says of itself; tell whether there are any."""
    if results.near or query.offset:
        return False
    said = [token for token in query.text.split() if _is_unsaid(turn, token, results.unsaid)]
    if said:
        turn.say("utter_words_not_stated", words=_quoted(turn, said))
    return bool(said)


def _is_unsaid(turn: Turn, token: str, unsaid: Sequence[str]) -> bool:
    return bool({token, *turn.services.glossary.translated(token.casefold()).split()} & {*unsaid})


def _show_each(turn: Turn, query: SearchQuery, kinds: Sequence[str]) -> bool:
    """Show some of each of several kinds under its name, and name what there is nothing of; False: there is nothing."""
    found = _apart({kind: _results(turn, query, kind) for kind in kinds})
    there = {kind: results for kind, results in found.items() if results.hits}
    if not there:
        return False
    if not query.offset:
        _say_missing(turn, query, [kind for kind in found if kind not in there])
        if len(there) == 1:
            run_search(turn, replace(query, text=next(iter(there))))
            return True
    shown = {kind: _views(turn, results.hits) for kind, results in there.items()}
    everything = [one for each in shown.values() for one in each]
    forget_slate(turn)
    remember_query(turn, replace(query, text=joined_kinds(there)))
    turn.remember(candidate_skus=[sku for _, sku in everything])
    turn.focus(None)
    more = any(query.offset + EACH < results.total for results in there.values())
    turn.say(
        "utter_found_kinds",
        told=cards_facts(everything),
        within=_within(turn, query),
        listing=_listed(turn, there, shown),
        elements=[product_card(turn.labels, product, sku) for product, sku in everything],
        buttons=[button(turn.labels, "more", "show_more")] if more else [],
    )
    return True


def _within(turn: Turn, query: SearchQuery) -> str:
    """Say which conditions hold for each kind; nothing where there are none."""
    criteria = criteria_text(turn.labels, replace(query, text=""), turn.services.advice.materials)
    return turn.labels.text("search.within", criteria=criteria) if criteria else ""


def _results(turn: Turn, query: SearchQuery, kind: str) -> SearchResults:
    return turn.services.search.search(replace(query, text=kind, limit=EACH))


def _apart(found: dict[str, SearchResults]) -> dict[str, SearchResults]:
    """Leave each product under the first kind that it is of, or else is near to."""
    taken: set[str] = set()
    apart: dict[str, SearchResults] = {}
    for kind, results in sorted(found.items(), key=lambda one: one[1].near):
        hits = tuple(hit for hit in results.hits if hit.product_slug not in taken)
        apart[kind] = replace(results, hits=hits)
        taken.update(hit.product_slug for hit in hits)
    return {kind: apart[kind] for kind in found}


def _say_missing(turn: Turn, query: SearchQuery, kinds: Sequence[str]) -> None:
    """Name the kinds that are not there: those that the shop has nothing of, and those that fit no filter."""
    bare = SearchQuery(limit=1)
    sold = [kind for kind in kinds if _is_there(turn, replace(bare, text=kind))]
    none = [kind for kind in kinds if kind not in sold]
    if none:
        turn.say("utter_kinds_missing", kinds=_quoted(turn, none, "one_of"))
    if sold and query.filters != Filters():
        criteria = criteria_text(turn.labels, replace(query, text=""), turn.services.advice.materials)
        turn.say("utter_kinds_not_fitting", kinds=_quoted(turn, sold, "one_of"), criteria=criteria)


def _is_there(turn: Turn, query: SearchQuery) -> bool:
    results = turn.services.search.search(query)
    return bool(results.total) and not results.near


def _listed(turn: Turn, there: dict[str, SearchResults], shown: dict[str, Shown]) -> str:
    """Write the products below the names of their kinds, numbered throughout."""
    lines: list[str] = []
    place = 1
    for kind, products in shown.items():
        # "二手相机" is what no row says to be second-hand.
        label = "search.near_kind" if there[kind].near or there[kind].unsaid else "search.kind"
        lines.append(turn.labels.text(label, kind=clean_words(turn.labels.value(kind)), total=there[kind].total))
        lines.append(listing(turn.labels, products, first=place))
        place += len(products)
    return "\n".join(lines)


def _views(turn: Turn, hits: Sequence[SearchHit]) -> Shown:
    with turn.reading() as session:
        products = get_products_by_sku(session, [hit.sku for hit in hits])
    skus = {hit.product_slug: hit.sku for hit in hits}
    return [(product, skus.get(product.slug, product.variants[0].sku)) for product in products]


def _quoted(turn: Turn, said: Sequence[str], join: str = "all_of") -> str:
    quoted = [turn.labels.text("criteria.words", words=clean_words(word)) for word in said]
    return turn.labels.one_of(quoted) if join == "one_of" else turn.labels.all_of(quoted)
