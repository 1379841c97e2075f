"""The benchmark's catalogue, and the search checked against the obvious slow one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import func, select

from ops.bench_catalogue import fill
from ops.bench_queries import queries_by_kind
from ops.bench_search import SharingEmbedder, measure, slow_search
from shop.db import Sessions, make_sessions, open_engine, reading
from shop.embedding import Vectors
from shop.models import Base, Product, Variant
from shop.search import ProductSearch, Sort


class FlatEmbedder:
    """Every text means the same."""

    model_name = "flat"

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.full((len(texts), 4), 0.5, dtype=np.float32)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sessions]:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('bench') / 'shop.db'}", timeout_s=30)
    Base.metadata.create_all(engine)
    sessions = make_sessions(engine)
    fill(sessions, 300)
    yield sessions
    engine.dispose()


@pytest.fixture(scope="module")
def search(catalogue: Sessions, tmp_path_factory: pytest.TempPathFactory) -> ProductSearch:
    return ProductSearch(catalogue, SharingEmbedder(FlatEmbedder()), tmp_path_factory.mktemp("index"))


def test_the_catalogue_is_as_large_as_asked(catalogue: Sessions) -> None:
    with reading(catalogue) as session:
        assert session.scalar(select(func.count()).select_from(Product)) == 300
        assert session.scalar(select(func.count()).select_from(Variant)) > 300


def test_filters_find_exactly_what_the_slow_way_finds(catalogue: Sessions, search: ProductSearch) -> None:
    for query in queries_by_kind(25)["filters only"]:
        whole = replace(query, limit=200, sort=Sort.PRICE_ASC)
        with reading(catalogue) as session:
            slow = slow_search(session, whole)
        assert {hit.product_slug for hit in search.search(whole).hits} == set(slow), query


def test_every_kind_of_query_is_timed_in_both_ways(catalogue: Sessions, search: ProductSearch) -> None:
    timings = measure(search, catalogue, queries=2, slow_queries=1)
    assert [timing.kind for timing in timings][-1] == "all kinds"
    assert all(timing.p50_ms > 0 and timing.slow_p50_ms > 0 for timing in timings)
    assert timings[-1].queries == 2 * (len(timings) - 1)


def test_shared_vectors_differ_a_little_and_queries_are_encoded_as_they_are() -> None:
    rows = SharingEmbedder(FlatEmbedder()).encode(["Compact Oak Sofa 123", "Slim Oak Sofa 456"])
    assert not np.array_equal(rows[0], rows[1])
    assert float(rows[0] @ rows[1]) > 0.9
    assert SharingEmbedder(FlatEmbedder()).encode(["sofa"]).tolist() == [[0.5] * 4]
