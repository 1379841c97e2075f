"""The second best recommender: what is popular in the shop, asked of its database, without any training."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from recsys.profile import Profile
from recsys.slate import Reason, Recommendation, Slate
from shop.catalogue import get_product
from shop.db import Sessions, reading
from shop.errors import ProductNotFound
from shop.search import Filters, SearchQuery, Sort

if TYPE_CHECKING:
    from actions.bootstrap import Search

_PAGE = 200
_MOST_PAGES = 10
_POPULAR = Reason("popular")


class PopularAdvisor:
    """Ranks by what shoppers did most with in the last 90 days; everybody gets the same.

    Args:
        search: the shop's search, which knows what is popular.
        sessions: the shop's database.
    """

    version = "popular-in-database"

    def __init__(self, search: Search, sessions: Sessions) -> None:
        self._search = search
        self._sessions = sessions

    def recommend(
        self,
        profile: Profile,
        k: int = 5,
        *,
        candidates: Collection[str] | None = None,
        exclude_seen: bool = True,
        diversity: float = 0.0,
        exploration: float = 0.0,
        rng: np.random.Generator | None = None,
    ) -> Slate:
        """Give what is popular; history, diversity and exploration need a model and are passed over."""
        return self._best(SearchQuery(), k, candidates, _POPULAR)

    def similar_items(
        self, item_id: str, k: int = 5, *, candidates: Collection[str] | None = None, profile: Profile | None = None
    ) -> Slate:
        """Give what is popular in the innermost category of the item; none where it stands in no category."""
        try:
            with reading(self._sessions) as session:
                categories = get_product(session, item_id).categories[-1:]
        except ProductNotFound:
            categories = ()
        if not categories:
            return _slate(())
        query = SearchQuery(filters=Filters(categories=categories))
        reason = Reason("popular", "category", categories[0])
        return self._best(query, k, candidates, reason, without=frozenset({item_id}))

    def bought_together(
        self, item_ids: Collection[str], k: int = 5, *, candidates: Collection[str] | None = None
    ) -> Slate:
        """Give nothing: what goes with what is only known from baskets."""
        return _slate(())

    def new_items(
        self, profile: Profile, k: int = 5, *, candidates: Collection[str] | None = None, now: dt.datetime
    ) -> Slate:
        """Give what the shop took up last."""
        return self._best(SearchQuery(sort=Sort.NEWEST), k, candidates, Reason("new"))

    def deals(
        self, profile: Profile, promoted: Collection[str], k: int = 5, *, candidates: Collection[str] | None = None
    ) -> Slate:
        """Give what is popular among the products on offer."""
        allowed = set(promoted) if candidates is None else set(promoted) & set(candidates)
        return self._best(SearchQuery(), k, allowed, Reason("promotion"))

    def _best(
        self,
        query: SearchQuery,
        k: int,
        candidates: Collection[str] | None,
        reason: Reason,
        without: frozenset[str] = frozenset(),
    ) -> Slate:
        wanted = None if candidates is None else set(candidates)
        found: list[str] = []
        for slug in self._in_order(query):
            if len(found) == k:
                break
            if slug not in without and (wanted is None or slug in wanted):
                found.append(slug)
        items = (Recommendation(slug, rank, 1.0 / rank, reasons=(reason,)) for rank, slug in enumerate(found, start=1))
        return _slate(tuple(items))

    def _in_order(self, query: SearchQuery) -> Iterator[str]:
        for page in range(_MOST_PAGES):
            hits = self._search.search(replace(query, offset=page * _PAGE, limit=_PAGE)).hits
            yield from (hit.product_slug for hit in hits)
            if len(hits) < _PAGE:
                return


def _slate(items: tuple[Recommendation, ...]) -> Slate:
    return Slate(items, PopularAdvisor.version, "cold")
