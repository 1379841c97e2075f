"""The catalogue's version changes with what is read of it, and a search reads the catalogue only then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, delete, event, select, text, update
from sqlalchemy.orm import Session

from shop.catalogue_version import catalogue_version
from shop.db import Sessions, reading, writing
from shop.embedding import Vectors
from shop.models import Attribute, Category, Interaction, Product, ProductCategory, Variant, VariantOption
from shop.search import ProductSearch, SearchQuery
from shop.search_text import stem
from shop.search_words import full_text_of


class FlatEmbedder:
    """Finds every text alike: here words are enough."""

    model_name = "flat"

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.tile(np.array([1.0, 0.0], dtype=np.float32), (len(texts), 1))


def version(sessions: Sessions) -> str:
    with reading(sessions) as session:
        return catalogue_version(session)


def laptop(session: Session) -> Product:
    return session.scalars(select(Product).where(Product.slug == "laptop")).one()


def rename(session: Session) -> None:
    laptop(session).name = "Notebook"


def rename_in_sql(session: Session) -> None:
    session.execute(update(Product).where(Product.slug == "laptop").values(description="Thin."))


def take_off_the_shelf(session: Session) -> None:
    laptop(session).active = False


def stamp(session: Session) -> None:
    session.execute(update(Product).where(Product.slug == "mug").values(updated_at=dt.datetime.now(dt.timezone.utc)))


def stamp_with_an_older_time(session: Session) -> None:
    """A slow import commits after a quick one: its stamps are not the newest."""
    old = dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc)
    session.execute(update(Product).where(Product.slug == "mug").values(updated_at=old))


def delete_a_product(session: Session) -> None:
    session.delete(laptop(session))


def add_a_product(session: Session) -> None:
    session.add(Product(slug="new", name="New"))


def add_a_variant(session: Session) -> None:
    session.add(Variant(product=laptop(session), sku="NEW", name="New", price=Decimal(1), currency="USD"))


def take_a_variant_off_the_shelf(session: Session) -> None:
    laptop(session).variants[0].active = False


def add_an_option(session: Session) -> None:
    session.add(VariantOption(variant_id=laptop(session).variants[0].id, name="colour", value="red"))


def drop_a_fact(session: Session) -> None:
    session.delete(laptop(session).attributes[0])


def add_a_fact(session: Session) -> None:
    session.add(Attribute(product_id=laptop(session).id, name="material", value="steel"))


def rename_a_category(session: Session) -> None:
    session.execute(update(Category).values(name="Calculators"))


def leave_a_category(session: Session) -> None:
    session.execute(delete(ProductCategory))


@pytest.mark.parametrize(
    "change",
    [
        *(rename, rename_in_sql, take_off_the_shelf, stamp, stamp_with_an_older_time, delete_a_product, add_a_product),
        *(add_a_variant, take_a_variant_off_the_shelf, add_an_option, drop_a_fact, add_a_fact),
        *(rename_a_category, leave_a_category),
    ],
    ids=lambda change: change.__name__,
)
def test_what_is_read_of_the_catalogue_changes_its_version(shelf: Sessions, change: Callable[[Session], None]) -> None:
    before = version(shelf)
    with writing(shelf) as session:
        change(session)
    assert version(shelf) != before


@pytest.mark.parametrize("values", [{"stock": 0}, {"price": Decimal("1.50")}], ids=str)
def test_prices_and_stock_leave_the_version_alone(shelf: Sessions, values: dict[str, object]) -> None:
    before = version(shelf)
    with writing(shelf) as session:
        session.execute(update(Variant).values(**values))
    assert version(shelf) == before


def test_an_empty_shop_has_a_version_too(sessions: Sessions) -> None:
    assert version(sessions) == version(sessions)


@pytest.fixture
def search(shelf: Sessions, tmp_path: Path) -> Iterator[ProductSearch]:
    search = ProductSearch(shelf, FlatEmbedder(), tmp_path / "cache")
    search.refresh()
    yield search
    # The tables of the index are no migration's, so nothing else empties them.
    with writing(shelf) as session:
        for table in ("search_words_2", "search_products_2"):
            session.execute(text(f"DROP TABLE IF EXISTS {table}"))


@pytest.fixture
def catalogue_reads(engine: Engine) -> list[str]:
    """The statements that read descriptions: nothing but the making of an index does."""
    seen: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def _note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "products.description" in statement:
            seen.append(statement)

    return seen


def with_word(sessions: Sessions, word: str) -> list[str]:
    """The products in whose full text a word stands."""
    with reading(sessions) as session:
        connection = session.connection()
        found = full_text_of(connection).match(connection, [[stem(word)]], every=True)
        return list(session.scalars(select(Product.slug).where(Product.id.in_(found))))


def test_an_unchanged_catalogue_is_not_read_again(
    search: ProductSearch, shelf: Sessions, catalogue_reads: list[str]
) -> None:
    with writing(shelf) as session:
        session.execute(update(Variant).values(stock=3))
    search.refresh()
    assert catalogue_reads == []
    with writing(shelf) as session:
        rename(session)
    search.refresh()
    assert catalogue_reads
    assert with_word(shelf, "notebook") == ["laptop"]


def test_popularity_is_followed_while_the_catalogue_is_unchanged(
    search: ProductSearch, shelf: Sessions, catalogue_reads: list[str]
) -> None:
    with writing(shelf) as session:
        shirt = session.scalars(select(Product.id).where(Product.slug == "shirt")).one()
        session.add(Interaction(shopper_id="s", product_id=shirt, kind="view", source="test"))
    search.refresh()
    assert catalogue_reads == []
    assert search.search(SearchQuery("")).hits[0].product_slug == "shirt"


@pytest.mark.parametrize("table", ["search_words_2", "search_products_2"])
def test_a_full_text_that_is_gone_is_made_again(search: ProductSearch, shelf: Sessions, table: str) -> None:
    with writing(shelf) as session:
        session.execute(text(f"DROP TABLE {table}"))
    search.refresh()
    with reading(shelf) as session:
        for name in ("search_words_2", "search_products_2"):
            assert session.scalar(text(f"SELECT count(*) FROM {name}")) == 3


def test_rows_that_the_full_text_lost_are_put_back(search: ProductSearch, shelf: Sessions) -> None:
    with writing(shelf) as session:
        session.execute(text("DELETE FROM search_products_2"))
    search.refresh()
    with reading(shelf) as session:
        assert session.scalar(text("SELECT count(*) FROM search_products_2")) == 3


def test_what_was_changed_by_hand_is_found_in_the_end(search: ProductSearch, shelf: Sessions) -> None:
    with writing(shelf) as session:
        session.execute(update(Attribute).where(Attribute.value == "HDMI").values(value="Thunderbolt"))
    search.refresh()
    assert with_word(shelf, "thunderbolt") == []
    for _ in range(60):
        search.refresh()
    assert with_word(shelf, "thunderbolt") == ["laptop"]
