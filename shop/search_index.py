"""What a search keeps in memory, and how it is brought up to date with the catalogue."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, bindparam, func, inspect, select, update
from tqdm import tqdm

from shop.catalogue_version import catalogue_version
from shop.db import Sessions, reading, writing
from shop.embedding import TextEmbedder, Vectors
from shop.files import replacing
from shop.models import Interaction, utc_now
from shop.search_facts import Spellings
from shop.search_text import ProductText, read_products, words
from shop.search_vectors import VectorCache
from shop.search_words import INDEXED, Indexed, full_text_of
from shop.spelling import Speller

_RECENT = dt.timedelta(days=90)
# Small enough that a shopper's order never waits long for the write lock.
_BATCH = 1_000
_PATIENCE_S = 5


@dataclass(frozen=True)
class SearchIndex:
    """All active products as of one moment; a row is a product's place in it.

    Attributes:
        product_ids: the product of each row, ascending.
        vectors: the meaning of each row.
        speller: knows the words of all products.
        spellings: knows how brands, options and attributes are written.
        version: the state of the catalogue that it was made from.
    """

    product_ids: NDArray[np.int64]
    vectors: Vectors
    speller: Speller
    spellings: Spellings
    version: str

    def cosines(self, vector: Vectors) -> Vectors:
        """Tell how close each row is to a text, from -1 to 1."""
        if not len(self.product_ids):
            return np.zeros(0, dtype=np.float32)
        return np.asarray(self.vectors @ vector, dtype=np.float32)

    def rows_of(self, product_ids: Sequence[int]) -> NDArray[np.intp]:
        """Give the rows of products, in their order; products that are newer than the index are left out."""
        wanted = np.asarray(product_ids, dtype=np.int64)
        places: NDArray[np.intp] = np.searchsorted(self.product_ids, wanted)
        if not len(self.product_ids):
            return np.zeros(0, dtype=np.intp)
        known = self.product_ids[np.minimum(places, len(self.product_ids) - 1)] == wanted
        return np.asarray(places[known], dtype=np.intp)


def build_index(sessions: Sessions, embedder: TextEmbedder, folder: Path) -> SearchIndex:
    """Bring the full text and the vectors up to date, and load them; nothing is written where nothing changed."""
    with reading(sessions) as session:
        # Before the products: what changes meanwhile is then found at the next time.
        version = catalogue_version(session)
        products = list(read_products(session))
        spellings = Spellings.read(session)
        popularity = {key: count for key, count in session.execute(_recent_interactions())}
    _bring_up_to_date(sessions, products, popularity)
    return SearchIndex(
        product_ids=np.array([product.product_id for product in products], dtype=np.int64),
        vectors=VectorCache(folder, embedder).vectors(products),
        speller=Speller(_vocabulary(products, folder)),
        spellings=spellings,
        version=version,
    )


def is_current(sessions: Sessions, index: SearchIndex) -> bool:
    """Tell whether the catalogue and the full text are still those of an index; if so, bring popularity up to date."""
    with reading(sessions) as session:
        connection = session.connection()
        full_text = full_text_of(connection)
        tables = inspect(connection)
        if not (tables.has_table(INDEXED.name) and tables.has_table(full_text.words.name)):
            return False
        if catalogue_version(session) != index.version:
            return False
        indexed = full_text.indexed(connection)
        popularity = {key: count for key, count in session.execute(_recent_interactions())}
    if sorted(indexed) != index.product_ids.tolist():
        return False
    if changed := _popularity_changes(indexed, popularity):
        with writing(sessions) as session:
            _write_popularity(session.connection(), changed)
    return True


def _recent_interactions() -> Select[int, int]:
    since = utc_now() - _RECENT
    counted = select(Interaction.product_id, func.count()).where(Interaction.happened_at >= since)
    return counted.where(Interaction.kind != "dismiss").group_by(Interaction.product_id)


def _bring_up_to_date(sessions: Sessions, products: Sequence[ProductText], popularity: Mapping[int, int]) -> None:
    with writing(sessions) as session:
        connection = session.connection()
        full_text = full_text_of(connection)
        full_text.prepare(connection)
        indexed = full_text.indexed(connection)
        full_text.remove(connection, indexed.keys() - {product.product_id for product in products})
        _write_popularity(connection, _popularity_changes(indexed, popularity))
    changed = [item for item in products if _digest(indexed, item) != item.digest]
    with tqdm(total=len(changed), desc="products indexed", unit="", delay=_PATIENCE_S) as bar:
        for start in range(0, len(changed), _BATCH):
            batch = changed[start : start + _BATCH]
            with writing(sessions) as session:
                full_text.put(session.connection(), batch, popularity)
            bar.update(len(batch))


def _digest(indexed: Mapping[int, Indexed], product: ProductText) -> str | None:
    held = indexed.get(product.product_id)
    return held.digest if held else None


def _popularity_changes(indexed: Mapping[int, Indexed], popularity: Mapping[int, int]) -> list[dict[str, int]]:
    return [
        {"key": key, "new": popularity.get(key, 0)}
        for key, held in indexed.items()
        if held.popularity != popularity.get(key, 0)
    ]


def _write_popularity(connection: Connection, changes: Sequence[dict[str, int]]) -> None:
    if changes:
        change = update(INDEXED).where(INDEXED.c.product_id == bindparam("key"))
        connection.execute(change.values(popularity=bindparam("new")), changes)


def _vocabulary(products: Sequence[ProductText], folder: Path) -> dict[str, int]:
    """Count in how many products each word stands; kept on disk, as counting 50,000 products takes seconds."""
    digests = "".join(product.digest for product in products)
    fingerprint = hashlib.sha256(digests.encode()).hexdigest()
    path = folder / "vocabulary.json"
    with contextlib.suppress(OSError, ValueError, LookupError):
        # Missing or damaged, it is written anew.
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["fingerprint"] == fingerprint:
            return dict(kept["words"])
    counts: Counter[str] = Counter()
    for product in products:
        everything = (product.name, *product.categories, *product.facts, product.description)
        counts.update(set(words(" ".join(everything))))
    with replacing(path) as draft:
        draft.write_text(json.dumps({"fingerprint": fingerprint, "words": counts}), encoding="utf-8")
    return dict(counts)
