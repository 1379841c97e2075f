"""Which products may be recommended at all: in stock, within the shopper's wishes and what was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import islice, zip_longest

from actions.adjustments import price_bounds
from actions.advice_words import KINDS
from actions.tastes import Taste
from actions.turn import Turn
from shop.catalogue import ProductView, VariantView
from shop.eligible import eligible_slugs
from shop.search import Filters, SearchQuery

_MOST = 200
_PAGE = 5


@dataclass(frozen=True)
class Candidates:
    """What may be shown.

    Attributes:
        slugs: the products.
        skus: by slug the variant that a search found for it; without a search there is none.
        spread: of several kinds of goods the best of each, or what is nearest to a price, as many as a page holds; else
            empty.
    """

    slugs: frozenset[str]
    skus: Mapping[str, str] = field(default_factory=dict)
    spread: tuple[str, ...] = ()


def candidates_of(turn: Turn, query: SearchQuery, taste: Taste, without: frozenset[str] = frozenset()) -> Candidates:
    """Find what passes; what the shopper does not want to see is left out, and so is what is named in `without`.

    Words and filters are the search's own business, so that "running shoes under 100" means the same everywhere; of a
    very long list the best 200 are taken.
    """
    with turn.reading() as session:
        passing = frozenset(eligible_slugs(session, taste.wishes, exclude=taste.hidden | without))
    if not query.text and query.filters == Filters() and price_bounds(taste.steps) == (None, None):
        return Candidates(passing)
    wanted = replace(narrowed(query, taste), offset=0, limit=_MOST)
    kinds = [_hits(turn, replace(wanted, text=kind), passing) for kind in KINDS.split(query.text)]
    skus = {slug: sku for kind in reversed(kinds) for slug, sku in kind.items()}
    # Of what is to be near a price the nearest is shown, as the search has ordered it.
    is_spread = len(kinds) > 1 or query.filters.price_near is not None
    return Candidates(frozenset(skus), skus, _spread(kinds) if is_spread else ())


def _hits(turn: Turn, query: SearchQuery, passing: frozenset[str]) -> dict[str, str]:
    hits = turn.services.search.search(query).hits
    return {hit.product_slug: hit.sku for hit in hits if hit.product_slug in passing}


def _spread(kinds: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """Take the best of each kind, then the second best of each, until a page is full."""
    in_turn = (slug for place in zip_longest(*kinds) for slug in place if slug)
    return tuple(islice(dict.fromkeys(in_turn), _PAGE))


def narrowed(query: SearchQuery, taste: Taste) -> SearchQuery:
    """Add stock, the budget and what was said of prices to a search."""
    low, high = price_bounds(taste.steps)
    filters = query.filters
    return replace(
        query,
        filters=replace(
            filters,
            price_min=_most(filters.price_min, low),
            price_max=_least(filters.price_max, high, taste.wishes.price_max),
            in_stock=True,
        ),
    )


def shown_variant(product: ProductView, candidates: Candidates, fitting: Sequence[str]) -> VariantView:
    """Choose the variant that stands for a product: the one that a search found, else the cheapest.

    Args:
        product: the product.
        candidates: what a search found.
        fitting: the SKUs of its variants that are in stock and pass the wishes.
    """
    good = [one for one in product.variants if one.sku in fitting] or list(product.variants)
    found = next((one for one in good if one.sku == candidates.skus.get(product.slug)), None)
    return found or min(good, key=lambda one: one.price.amount)


def _least(*bounds: Decimal | None) -> Decimal | None:
    return min((one for one in bounds if one is not None), default=None)


def _most(*bounds: Decimal | None) -> Decimal | None:
    return max((one for one in bounds if one is not None), default=None)
