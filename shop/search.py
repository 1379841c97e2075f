"""Finding products: the words of the database and the meaning of the text, under filters that nothing may break.

The full text of the database and the sentence vectors each rank what they find; reciprocal rank fusion makes one
order of both. Price, category, brand, option, colour and stock are asked of the database at that very moment.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.db import Sessions, reading
from shop.embedding import QueryCache, TextEmbedder
from shop.glossary import Glossary, has_han
from shop.models import Product
from shop.nearest_terms import NearestTerms
from shop.search_filters import Conditions, matching
from shop.search_index import SearchIndex, build_index, is_current
from shop.search_kind import called_so, of_kind
from shop.search_page import browse, hits_of, in_order, offers_among
from shop.search_query import MAX_TEXT, Filters, SearchHit, SearchQuery, SearchResults, Sort
from shop.search_relevance import Closeness, Floors, WordMatches, fused_scores, relevant_rows
from shop.search_text import words
from shop.search_words import full_text_of
from shop.spelling import Reading

__all__ = [
    "Filters",
    "Floors",
    "ProductSearch",
    "SearchHit",
    "SearchQuery",
    "SearchResults",
    "Sort",
    "closeness",
    "taken_for_term",
    "word_matches",
]

_READ_ANYWAY = 60
_OF = "的"


class ProductSearch:
    """The search of a shop. One object serves all threads of a process.

    Args:
        sessions: sessions of the shop's database.
        embedder: turns texts into vectors.
        cache_dir: where product vectors are kept between starts.
        floors: how close in meaning a product must be; the default is calibrated for all-MiniLM-L6-v2.
        glossary: what the catalogue calls what shoppers of another language ask for.
        nearest_terms: which word of the glossary is meant by one that it does not have; None: such words find nothing.
    """

    def __init__(
        self,
        sessions: Sessions,
        embedder: TextEmbedder,
        cache_dir: Path,
        floors: Floors | None = None,
        glossary: Glossary | None = None,
        nearest_terms: NearestTerms | None = None,
    ) -> None:
        self._sessions = sessions
        self._embedder = embedder
        self._queries = QueryCache(embedder)
        self._cache_dir = cache_dir
        self._floors = floors or Floors()
        self._glossary = glossary or Glossary({})
        self._nearest_terms = nearest_terms
        self._index: SearchIndex | None = None
        self._skipped = 0
        self._lock = threading.Lock()

    def refresh(self) -> None:
        """Index what is new, changed or gone since the last time; searches go on meanwhile.

        Where `shop.catalogue_version` says that nothing changed, the catalogue is not read: with 50,000 products that
        takes seconds. It is read anyway every 60th time, for what was changed by hand and not stamped.

        Raises:
            ShopUnavailable: the database does not answer; the index stays as it was.
        """
        with self._lock:
            skipping = (
                self._index is not None and self._skipped < _READ_ANYWAY and is_current(self._sessions, self._index)
            )
            self._skipped = self._skipped + 1 if skipping else 0
            if not skipping:
                self._index = self._built()

    def search(self, query: SearchQuery) -> SearchResults:
        """Find products.

        Raises:
            ShopUnavailable: the database does not answer.
        """
        index = self._ready()
        taken_for = taken_for_term(_plain(query.text), self._glossary, self._nearest_terms, index)
        if taken_for:
            return replace(self._searched(replace(query, text=taken_for), index), corrected=taken_for)
        return self._searched(query, index)

    def _searched(self, query: SearchQuery, index: SearchIndex) -> SearchResults:
        spoken, asides = self._spoken(_plain(query.text), index)
        understood = index.speller.read(spoken)
        # A lone emoji asks for something, and it is not "everything you have".
        if query.text.strip() and not spoken and query.filters == Filters():
            return SearchResults((), 0)
        with reading(self._sessions) as session:
            conditions = matching(query.filters, index.spellings, session)
            if not understood.groups:
                page, total = browse(session, conditions, query)
                return SearchResults(hits_of(session, conditions, page, {}), total)
            results = self._by_text(session, conditions, index, query, understood)
        if not results.total and understood.head_group and len(understood.groups) > 1:
            return self._by_head(query, index, understood)
        return replace(results, unsaid=(*results.unsaid, *asides)) if results.total else results

    def _by_head(self, query: SearchQuery, index: SearchIndex, understood: Reading) -> SearchResults:
        """Search for the kind of thing alone: of what purpose or taste it is no product may say."""
        alone = index.speller.read([understood.head or ""])
        with reading(self._sessions) as session:
            if not _called(session, alone):
                return SearchResults((), 0)
            results = self._by_text(session, matching(query.filters, index.spellings, session), index, query, alone)
        others = tuple(word for word in understood.wishes if word != understood.head)
        return replace(results, unsaid=others)

    def _spoken(self, text: str, index: SearchIndex) -> tuple[list[str], tuple[str, ...]]:
        """Split a text into words of the catalogue, apart from those of another script that mean nothing to it.

        Those are left aside where other words are known: "shoes 走路". What follows a word that is known makes another
        thing of it, though, and stays: "鞋盒" is no shoe. What ends in 的 only tells more of a thing.
        """
        spoken: list[str] = []
        asides: list[str] = []
        for token in text.split():
            meant = words(self._glossary.translated(token, index.speller.knows))
            foreign = [word for word in meant if has_han(word) and not index.speller.knows(word)]
            if foreign and (meant == foreign or token.endswith(_OF)):
                asides.append(token)
            elif foreign and meant[-1] not in foreign:
                spoken += [word for word in meant if word not in foreign]
            else:
                spoken += meant
        return (spoken, tuple(asides)) if spoken else (words(text), ())

    def sells(self, text: str) -> bool:
        """Tell whether products are named after the kind of thing that a text says: "grey sofas", and not "leather".

        Raises:
            ShopUnavailable: the database does not answer.
        """
        index = self._ready()
        understood = index.speller.read(self._spoken(_plain(text), index)[0])
        if not understood.head_group:
            return False
        with reading(self._sessions) as session:
            return bool(_called(session, understood))

    def passing(self, filters: Filters) -> frozenset[str]:
        """Name every product that satisfies filters now, by its slug, however many they are.

        Raises:
            ShopUnavailable: the database does not answer.
        """
        with reading(self._sessions) as session:
            conditions = matching(filters, self._ready().spellings, session)
            return frozenset(session.scalars(select(Product.slug).where(conditions.any_variant)))

    def variants(self, filters: Filters, slugs: Sequence[str]) -> dict[str, str]:
        """Give for each of some products the SKU that stands for it under filters; one that fails them has none.

        Raises:
            ShopUnavailable: the database does not answer.
        """
        with reading(self._sessions) as session:
            conditions = matching(filters, self._ready().spellings, session)
            ids = list(session.scalars(select(Product.id).where(Product.slug.in_(slugs))))
            return {hit.product_slug: hit.sku for hit in hits_of(session, conditions, ids, {})}

    def _by_text(
        self,
        session: Session,
        conditions: Conditions,
        index: SearchIndex,
        query: SearchQuery,
        understood: Reading,
    ) -> SearchResults:
        close = closeness(index, self._queries, understood)
        matches = word_matches(session, index, understood)
        fitting = index.product_ids[relevant_rows(close, matches, self._floors)]
        kind = of_kind(session, understood, fitting.tolist(), self._close_to_head(index, understood))
        offers = offers_among(session, conditions, sorted(kind.product_ids))
        # Filters first: ranks are counted among what passed them.
        rows = index.rows_of([offer.product_id for offer in offers])
        scores = {int(index.product_ids[row]): score for row, score in fused_scores(rows, close.text, matches).items()}
        page = in_order(offers, scores, query.sort, query.filters.price_near)[query.offset : query.offset + query.limit]
        hits = hits_of(session, conditions, page, scores)
        corrected = understood.text if understood.corrected else None
        return SearchResults(hits, len(offers), corrected, near=kind.near, unsaid=kind.unsaid)

    def _close_to_head(self, index: SearchIndex, understood: Reading) -> list[int]:
        """Name the products that are near in meaning to the word that says what is wanted."""
        cosines = index.cosines(self._queries.encode_one(understood.head or understood.text))
        close: list[int] = index.product_ids[cosines >= self._floors.head].tolist()
        return close

    def _ready(self) -> SearchIndex:
        index = self._index
        if index is not None:
            return index
        with self._lock:
            if self._index is None:
                self._index = self._built()
            return self._index

    def _built(self) -> SearchIndex:
        return build_index(self._sessions, self._embedder, self._cache_dir)


def _called(session: Session, understood: Reading) -> frozenset[int]:
    """Name the products whose name ends in the word that says what is wanted."""
    connection = session.connection()
    titled = full_text_of(connection).match(connection, [understood.head_group], every=True, in_title=True)
    return called_so(session, understood, titled)


def closeness(index: SearchIndex, queries: QueryCache, understood: Reading) -> Closeness:
    """Ask the vectors how close every product is to what was understood."""
    text = index.cosines(queries.encode_one(understood.text))
    head = understood.unknown_head
    return Closeness(text, index.cosines(queries.encode_one(head)) if head else None)


def word_matches(session: Session, index: SearchIndex, understood: Reading) -> WordMatches:
    """Ask the full text for the words of a query: for all of them, or for any where no product has all."""
    known = [group for group in understood.groups if group]
    if not known:
        return WordMatches()
    connection = session.connection()
    full_text = full_text_of(connection)
    if len(known) == len(understood.groups) and (ranked := full_text.match(connection, known, every=True)):
        title = full_text.match(connection, known, every=True, in_title=True)
        return WordMatches(index.rows_of(ranked).tolist(), every=True, title=index.rows_of(title).tolist())
    return WordMatches(index.rows_of(full_text.match(connection, known, every=False)).tolist())


def taken_for_term(text: str, glossary: Glossary, nearest_terms: NearestTerms | None, index: SearchIndex) -> str | None:
    """Give the glossary's word that a text is taken for, where neither glossary nor catalogue knows any of it."""
    if nearest_terms is None or not has_han(text) or glossary.speaks_of(text):
        return None
    return None if any(map(index.speller.knows, words(text))) else nearest_terms.nearest(text)


def _plain(text: str) -> str:
    """Cut a text to what is read, without the halves of characters that no tokenizer takes."""
    return text[:MAX_TEXT].encode("utf-8", "ignore").decode("utf-8")
