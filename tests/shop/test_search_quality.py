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


def slugs(search: ProductSearch, text: str) -> set[str]:
    return {hit.product_slug for hit in search.search(SearchQuery(text, limit=20)).hits}


def test_a_thing_for_cameras_is_no_camera(search: ProductSearch) -> None:
    found = slugs(search, "cameras")
    assert len(found) == 7
    assert "camera-lens" not in found
    assert slugs(search, "camera lens") == {"camera-lens"}


@pytest.mark.parametrize("text", ["tennis racket", "desk lamp", "charger"])
def test_what_is_only_near_to_what_was_asked_for_is_told_as_such(search: ProductSearch, text: str) -> None:
    results = search.search(SearchQuery(text))
    assert results.total
    assert results.near


@pytest.mark.parametrize("text", ["camera lens", "running shoes", "Nike", "RunX", "plants", "wooden stool"])
def test_what_is_called_what_was_asked_for_is_more_than_near(search: ProductSearch, text: str) -> None:
    assert not search.search(SearchQuery(text)).near


def test_what_shares_only_another_word_is_left_out(search: ProductSearch) -> None:
    assert slugs(search, "desk lamp") == {"light-shade"}
    assert slugs(search, "gaming keyboard") == {"clacky-keyboard"}


def test_a_purpose_that_no_product_states_hides_nothing_and_is_told(search: ProductSearch) -> None:
    results = search.search(SearchQuery("mechanical keyboard"))
    assert results.unsaid == ("mechanical",)
    assert results.total == 1


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("trainers", "runx-running-shoe"),
        ("sick trainers", "runx-running-shoe"),
        ("mice", "cordless-mouse"),
        ("something to sit on", "wooden-stool"),
    ],
)
def test_other_words_for_things_find_them(search: ProductSearch, said: str, meant: str) -> None:
    assert meant in slugs(search, said)


def test_chinese_words_that_mean_nothing_to_the_catalogue_hide_nothing(
    demo: Sessions, embedder: SentenceTransformerEmbedder, tmp_path: Path
) -> None:
    glossary = Glossary({"鞋": "shoes", "收纳盒": "storage box", "显示器": "monitor", "本子": "laptop"})
    search = ProductSearch(demo, embedder, tmp_path, glossary=glossary)
    walking = search.search(SearchQuery("鞋 走路", limit=20))
    assert walking.total == 6
    assert walking.unsaid == ("走路",)
    assert slugs(search, "显示器 接这个本子用的") == {"curvy-monitor", "32-inch-monitor"}
    # A box for shoes is no shoe, and a store of data is no box.
    assert search.search(SearchQuery("鞋盒")).total == 0
    assert search.search(SearchQuery("收纳盒")).total == 0
