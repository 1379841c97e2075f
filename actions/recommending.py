"""Recommend: find what may be shown, let the recommender order it, log it, and show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from actions.advisors import Advice
from actions.candidates import Candidates, candidates_of, narrowed, shown_variant
from actions.cards import button
from actions.facts import cards_facts
from actions.queries import criteria_text, remember_query
from actions.ranking import PAGE, Ranking, log_shown, rank
from actions.reasons import products_named, sensible
from actions.slate_cards import lines, recommended_card
from actions.slates import (
    DEALS,
    GOES_WITH,
    NEW,
    RECOMMEND,
    SIMILAR,
    Request,
    ShownSlate,
    page_of,
    remember_slate,
)
from actions.taste_questions import ask_taste, open_question
from actions.tastes import Taste, taste_of
from actions.turn import Turn
from actions.wishes import EXCLUDE, SIZE, Wish, each_wish, settle_wishes
from recsys.slate import Slate
from shop.carts import view_cart
from shop.catalogue import ProductView, VariantView, get_products
from shop.eligible import eligible_skus
from shop.models import utc_now
from shop.promotions import promoted_slugs, running
from shop.search import SearchQuery, Sort

_FOUND = {
    SIMILAR: "utter_similar",
    GOES_WITH: "utter_goes_with",
    NEW: "utter_new_products",
    DEALS: "utter_deals",
}
_SIMPLE = {RECOMMEND: "utter_popular_instead", SIMILAR: "utter_popular_like"}


@dataclass(frozen=True)
class _Ranked:
    """What came out for a request, and from what."""

    request: Request
    query: SearchQuery
    taste: Taste
    candidates: Candidates
    advice: Advice
    slate: Slate


def show(turn: Turn, request: Request, query: SearchQuery, *, undoable: bool = False) -> bool:
    """Recommend and show; tell whether there was anything to show.

    Args:
        turn: the turn.
        request: the task; what its `shown` names is not shown again.
        query: words and filters that narrow it down.
        undoable: whether a button takes back what the shopper has just said.
    """
    with turn.reading() as session:
        taste = taste_of(turn, session)
        promoted = _promoted(session) if request.task == DEALS else frozenset()
        in_cart = _in_cart(turn, session) if request.task == GOES_WITH else frozenset()
    out = frozenset({*request.shown, *request.seeds}) | in_cart
    candidates = candidates_of(turn, query, taste, out)
    ranking = rank(turn, request, taste, candidates.spread or candidates.slugs, promoted)
    if ranking.slate.items:
        _present(turn, _Ranked(request, query, taste, candidates, ranking.advice, ranking.slate), undoable)
    return bool(ranking.slate.items)


def what_was_asked(turn: Turn, query: SearchQuery) -> str:
    """Say in one line what every product has to fit: the search, the stock, the budget and the other wishes."""
    with turn.reading() as session:
        taste = taste_of(turn, session)
    return _criteria(turn, query, taste)


def _present(turn: Turn, ranked: _Ranked, undoable: bool) -> None:
    with turn.reading() as session:
        products = get_products(session, ranked.slate.item_ids)
        spoken_of = [slug for item in ranked.slate for slug in products_named(item.reasons)]
        named = get_products(session, [*ranked.request.seeds, *spoken_of])
        fitting = eligible_skus(session, ranked.taste.wishes, ranked.slate.item_ids)
    shown = [(one, shown_variant(one, ranked.candidates, fitting.get(one.slug, ()))) for one in products]
    names = {one.slug: one.name for one in named}
    ranked, shown = _in_order(_with_sense(ranked, [*products, *named]), shown)
    name = _log(turn, ranked)
    question = open_question(ranked.query, ranked.taste, ranked.slate, ranked.request)
    _remember(turn, ranked, name, [variant.sku for _, variant in shown], question)
    reasons = {item.item_id: item.reasons for item in ranked.slate}
    cards = [
        recommended_card(turn.labels, product, variant.sku, reasons[product.slug], names, name)
        for product, variant in shown
    ]
    turn.say(
        _response(ranked),
        told=cards_facts((product, variant.sku) for product, variant in shown),
        listing=lines(turn.labels, cards),
        criteria=_criteria(turn, ranked.query, ranked.taste, products),
        names=turn.labels.all_of(names[slug] for slug in _spoken_of(ranked) if slug in names),
        elements=cards,
        buttons=_buttons(turn, ranked, undoable),
    )
    if question:
        ask_taste(turn, question, products)


def _with_sense(ranked: _Ranked, products: Sequence[ProductView]) -> _Ranked:
    """Keep those reasons that tell the shopper anything."""
    kinds = {one.slug: next(reversed(one.categories), None) for one in products}
    narrowed = bool(ranked.query.text or ranked.query.filters.categories)
    items = (
        replace(item, reasons=sensible(item.reasons, kinds.get(item.item_id), kinds, narrowed=narrowed))
        for item in ranked.slate
    )
    return replace(ranked, slate=replace(ranked.slate, items=tuple(items)))


def _in_order(
    ranked: _Ranked, shown: list[tuple[ProductView, VariantView]]
) -> tuple[_Ranked, list[tuple[ProductView, VariantView]]]:
    """Put what was chosen into the order by price, where the shopper asked for one; only the order is theirs."""
    sort, near = ranked.query.sort, ranked.query.filters.price_near
    if sort in (Sort.PRICE_ASC, Sort.PRICE_DESC):
        shown = sorted(shown, key=lambda pair: pair[1].price.amount, reverse=sort is Sort.PRICE_DESC)
    elif sort is Sort.RELEVANCE and near is not None:
        shown = sorted(shown, key=lambda pair: abs(pair[1].price.amount - near))
    items = {item.item_id: item for item in ranked.slate}
    placed = (replace(items[product.slug], rank=rank) for rank, (product, _) in enumerate(shown, start=1))
    policy = ranked.slate.policy if sort is Sort.RELEVANCE else f"{ranked.slate.policy}+{sort}"
    return replace(ranked, slate=Slate(tuple(placed), policy, ranked.slate.temperature)), shown


def _log(turn: Turn, ranked: _Ranked) -> str:
    with turn.writing() as session:
        settle_wishes(turn, session, ranked.taste.wishes)
        return log_shown(turn, session, ranked.request.task, Ranking(ranked.advice, ranked.slate))


def _remember(turn: Turn, ranked: _Ranked, name: str, skus: list[str], question: str | None) -> None:
    slate, before = ranked.slate, ranked.request
    asked = (*before.asked, question) if question else before.asked
    request = replace(before, shown=page_of(slate.item_ids, before), asked=asked)
    reasons = {item.item_id: list(item.reasons) for item in slate}
    remember_slate(turn, ShownSlate(name, request, slate.item_ids, reasons))
    remember_query(turn, ranked.query)
    turn.remember(candidate_skus=skus)
    turn.focus(skus[0] if len(skus) == 1 else None)


def _response(ranked: _Ranked) -> str:
    if ranked.request.shown:
        return "utter_recommended_more"
    if ranked.advice.simple and ranked.request.task in _SIMPLE:
        return _SIMPLE[ranked.request.task]
    if ranked.request.task == RECOMMEND:
        return _for_anybody(ranked) if ranked.slate.temperature == "cold" else "utter_recommended"
    return _FOUND[ranked.request.task]


def _for_anybody(ranked: _Ranked) -> str:
    """Choose how a list is called that no taste has ordered: what was named, or is near a price, is simply that."""
    is_named = ranked.query.text or ranked.query.filters.price_near is not None
    return "utter_fitting" if is_named else "utter_popular"


def _spoken_of(ranked: _Ranked) -> list[str]:
    """List the products that a list is about; of several, those beside which something of it was bought."""
    seeds = list(ranked.request.seeds)
    if ranked.request.task != GOES_WITH:
        return seeds
    named = {slug for item in ranked.slate for slug in products_named(item.reasons)}
    return [slug for slug in seeds if slug in named] or seeds


def _buttons(turn: Turn, ranked: _Ranked, undoable: bool) -> list[dict[str, str]]:
    undo = [button(turn.labels, "undo", "undo_adjustment")] if undoable else []
    has_more = len(ranked.candidates.slugs) > len(ranked.slate) == PAGE
    return [*([button(turn.labels, "more", "show_more")] if has_more else []), *undo]


def _criteria(turn: Turn, query: SearchQuery, taste: Taste, shown: Sequence[ProductView] = ()) -> str:
    wishes = [_wish_text(turn, wish) for wish in each_wish(taste.wishes) if _bears_on(wish, shown)]
    parts = [criteria_text(turn.labels, narrowed(query, taste), turn.services.advice.materials), *wishes]
    return turn.labels.text("criteria.separator").join(parts)


def _bears_on(wish: Wish, shown: Sequence[ProductView]) -> bool:
    """Tell whether a wish says anything of what is shown; a size does of what is sold in such sizes."""
    if wish.kind != SIZE or not shown:
        return wish.kind in (EXCLUDE, SIZE)
    values = (value for one in shown for name in one.option_names for value in one.option_values(name))
    return any(wish.value.casefold() in value.casefold().split() for value in values)


def _wish_text(turn: Turn, wish: Wish) -> str:
    """Say a wish; a material that things say nothing of may be in them all the same."""
    text = wish.text(turn.labels)
    is_material = wish.kind == EXCLUDE and wish.value in turn.services.advice.materials
    return turn.labels.text("wishes.as_stated", wish=text) if is_material else text


def _promoted(session: Session) -> frozenset[str]:
    return frozenset(promoted_slugs(session, running(session, utc_now())))


def _in_cart(turn: Turn, session: Session) -> frozenset[str]:
    return frozenset(line.product_slug for line in view_cart(session, turn.shopper).lines)
