"""The full text of the database: SQLite's FTS5 and PostgreSQL's tsvector behind one interface.

Both hold the stems that `shop.search_text` makes, so both match the same products; only their ranking differs
(bm25 and ts_rank_cd). The tables are an index: `refresh` of `shop.search` makes and mends them, no migration does.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    cast,
    delete,
    func,
    insert,
    inspect,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, REAL, TSQUERY, TSVECTOR, array

from shop.search_text import LAYOUT, ProductText

Groups = Sequence[Sequence[str]]

# How much a word weighs by where it stands: in the name, among the facts, in the description.
_WEIGHTS = (10.0, 4.0, 1.0)

# Not the shop's own metadata: these tables come and go with the index, and no migration knows them.
_METADATA = MetaData()
INDEXED = Table(
    f"search_products_{LAYOUT}",
    _METADATA,
    Column("product_id", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(32), nullable=False),
    Column("popularity", Integer, nullable=False),
    Index(f"ix_search_products_{LAYOUT}_popularity", "popularity", "product_id"),
)
_WORDS = f"search_words_{LAYOUT}"


@dataclass(frozen=True)
class Indexed:
    """What the index holds of a product: the digest of its text, and how much shoppers did with it of late."""

    digest: str
    popularity: int


class FullText(ABC):
    """The words of all products in the database of a connection."""

    words: Table
    key: Column[int]

    def prepare(self, connection: Connection) -> None:
        """Make the tables where they are missing, and drop those of an earlier layout."""
        for layout in range(1, LAYOUT):
            connection.execute(text(f"DROP TABLE IF EXISTS search_words_{layout}"))
            connection.execute(text(f"DROP TABLE IF EXISTS search_products_{layout}"))
        self._wait_for_turn(connection)
        if not inspect(connection).has_table(_WORDS):
            # What is written down as indexed is gone with the words.
            INDEXED.drop(connection, checkfirst=True)
            self._make_words(connection)
        INDEXED.create(connection, checkfirst=True)

    def indexed(self, connection: Connection) -> dict[int, Indexed]:
        """Read what is indexed, by product id."""
        return {row.product_id: Indexed(row.digest, row.popularity) for row in connection.execute(select(INDEXED))}

    def remove(self, connection: Connection, product_ids: Collection[int]) -> None:
        """Take products out of the index."""
        keys = [{"gone": product_id} for product_id in product_ids]
        if keys:
            connection.execute(delete(INDEXED).where(INDEXED.c.product_id == bindparam("gone")), keys)
            connection.execute(delete(self.words).where(self.key == bindparam("gone")), keys)

    def put(self, connection: Connection, products: Sequence[ProductText], popularity: Mapping[int, int]) -> None:
        """Index products anew, whether they were there or not."""
        self.remove(connection, [product.product_id for product in products])
        rows = [
            {"product_id": item.product_id, "digest": item.digest, "popularity": popularity.get(item.product_id, 0)}
            for item in products
        ]
        if rows:
            connection.execute(insert(INDEXED), rows)
            connection.execute(insert(self.words), [self._row(product) for product in products])

    @abstractmethod
    def match(self, connection: Connection, groups: Groups, every: bool, in_title: bool = False) -> list[int]:
        """Give the ids of the products that match, best first.

        Args:
            connection: a connection to the database.
            groups: for each word of the query the stems that stand for it; one of them is enough.
            every: whether each group must match, or one of them is enough.
            in_title: whether only names and facts count, and not descriptions.
        """

    @abstractmethod
    def _wait_for_turn(self, connection: Connection) -> None: ...

    @abstractmethod
    def _make_words(self, connection: Connection) -> None: ...

    @abstractmethod
    def _row(self, product: ProductText) -> dict[str, Any]: ...


class SqliteFullText(FullText):
    """FTS5, ranked by bm25."""

    words = Table(
        _WORDS,
        MetaData(),
        Column("rowid", Integer, primary_key=True),
        *(Column(name, String) for name in ("name", "facts", "description")),
    )
    key = words.c.rowid

    def match(self, connection: Connection, groups: Groups, every: bool, in_title: bool = False) -> list[int]:
        """Give the ids of the products that match, best first."""
        pattern = (" AND " if every else " OR ").join(
            "(" + " OR ".join(f'"{stem}"' for stem in group) + ")" for group in groups
        )
        whole_row: Column[str] = literal_column(_WORDS)  # type: ignore[assignment]
        query = select(self.key).where(whole_row.op("MATCH")(f"{{name facts}} : ({pattern})" if in_title else pattern))
        return list(connection.scalars(query.order_by(func.bm25(whole_row, *_WEIGHTS), self.key)))

    def _wait_for_turn(self, connection: Connection) -> None:
        """Do nothing: a writing session has the database to itself."""

    def _make_words(self, connection: Connection) -> None:
        # Accents are gone before the words get here, and a second opinion on them could only differ.
        connection.execute(
            text(
                f"CREATE VIRTUAL TABLE {_WORDS} "
                "USING fts5(name, facts, description, tokenize = 'unicode61 remove_diacritics 0')"
            )
        )

    def _row(self, product: ProductText) -> dict[str, Any]:
        name, facts, description = product.fields
        return {"rowid": product.product_id, "name": name, "facts": facts, "description": description}


class PostgresFullText(FullText):
    """A tsvector under a GIN index, ranked by ts_rank_cd."""

    words = Table(
        _WORDS,
        MetaData(),
        Column("product_id", Integer, primary_key=True, autoincrement=False),
        Column("words", TSVECTOR, nullable=False),
    )
    key = words.c.product_id
    _index = Index(f"ix_{_WORDS}", words.c.words, postgresql_using="gin")

    def match(self, connection: Connection, groups: Groups, every: bool, in_title: bool = False) -> list[int]:
        """Give the ids of the products that match, best first."""
        label = ":AB" if in_title else ""
        pattern = (" & " if every else " | ").join(
            "(" + " | ".join(f"'{stem}'{label}" for stem in group) + ")" for group in groups
        )
        wanted = cast(pattern, TSQUERY)
        # PostgreSQL counts labels from D, which is not used, up to A, and none may weigh more than 1.
        weights = cast(array([0.0, *(weight / _WEIGHTS[0] for weight in reversed(_WEIGHTS))]), ARRAY(REAL))
        query = select(self.key).where(self.words.c.words.op("@@")(wanted))
        ranked = query.order_by(func.ts_rank_cd(weights, self.words.c.words, wanted).desc(), self.key)
        return list(connection.scalars(ranked))

    def _wait_for_turn(self, connection: Connection) -> None:
        # Two processes start together.
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(_WORDS))))

    def _make_words(self, connection: Connection) -> None:
        self.words.create(connection)

    def _row(self, product: ProductText) -> dict[str, Any]:
        return {"product_id": product.product_id, "words": _tsvector(product.fields)}


def full_text_of(connection: Connection) -> FullText:
    """Choose the full text that the database of a connection has."""
    return SqliteFullText() if connection.dialect.name == "sqlite" else PostgresFullText()


def _tsvector(fields: tuple[str, str, str]) -> str:
    """Write a tsvector with places and labels, so that PostgreSQL does not split words in its own way."""
    placed = [(stem, label) for label, field in zip("ABC", fields, strict=True) for stem in field.split()]
    return " ".join(f"'{stem}':{place}{label}" for place, (stem, label) in enumerate(placed, start=1))
