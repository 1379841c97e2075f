"""The search of the demo catalogue with the real model, on labelled queries."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from ops.evaluate_search import Score, gather, measure, read_queries, slugs_of
from shop.db import Sessions, make_sessions, open_engine
from shop.embedding import SentenceTransformerEmbedder
from shop.glossary import Glossary
from shop.importers.importing import import_file
from shop.migrate import upgrade
from shop.search import Filters, Floors, ProductSearch, SearchQuery
from shop.search_index import build_index

CATALOGUE = Path("artifacts/npm/vendure-create/assets/products.csv")
QUERIES = Path("data/evaluation/search.csv")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sessions]:
    if not CATALOGUE.exists():
        pytest.skip(f"{CATALOGUE} is not there; `make setup` fetches it")
    url = f"sqlite:///{tmp_path_factory.mktemp('demo') / 'shop.db'}"
    upgrade(url)
    engine = open_engine(url, timeout_s=30)
    import_file(make_sessions(engine), "vendure", CATALOGUE)
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def embedder() -> SentenceTransformerEmbedder:
    made = SentenceTransformerEmbedder()
    with warnings.catch_warnings():
        # What torch and transformers say of each other while they load is not what is tested here.
        warnings.simplefilter("ignore")
        made.encode(["warm"])
    return made


@pytest.fixture(scope="module")
def search(
    demo: Sessions, embedder: SentenceTransformerEmbedder, tmp_path_factory: pytest.TempPathFactory
) -> ProductSearch:
    return ProductSearch(demo, embedder, tmp_path_factory.mktemp("index"))


def score(part: str, demo: Sessions, embedder: SentenceTransformerEmbedder, folder: Path) -> Score:
    index = build_index(demo, embedder, folder)
    queries = [query for query in read_queries(QUERIES) if query.part == part]
    return measure(gather(demo, index, embedder, queries, Glossary({})), slugs_of(demo, index), Floors())


def test_queries_held_out_of_the_calibration_are_mostly_right(
    demo: Sessions, embedder: SentenceTransformerEmbedder, tmp_path: Path
) -> None:
    held_out = score("test", demo, embedder, tmp_path)
    assert held_out.precision >= 0.87
    assert held_out.recall >= 0.87
    assert held_out.nothing_right >= 0.9


@pytest.mark.parametrize("text", ["helicopter", "wedding dress", "pizza", "nike jacket", "camera bag"])
def test_what_the_demo_shop_does_not_have_is_not_found(search: ProductSearch, text: str) -> None:
    assert search.search(SearchQuery(text)).total == 0


def test_running_shoes_under_100_are_three(search: ProductSearch) -> None:
    results = search.search(SearchQuery("running shoes", Filters(price_max=Decimal(100))))
    assert {hit.product_slug for hit in results.hits} == {
        "ultraboost-running-shoe",
        "pureboost-running-shoe",
        "runx-running-shoe",
    }


def test_a_chair_in_yellow_is_the_mustard_one(search: ProductSearch) -> None:
    hit = search.search(SearchQuery("chair", Filters(colours=("yellow",)))).hits[0]
    assert hit.sku == search.search(SearchQuery("chair", Filters(colours=("mustard",)))).hits[0].sku
