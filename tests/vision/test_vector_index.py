from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vision.encoder import Vectors
from vision.errors import ArtifactDamaged
from vision.vector_index import NO_ROW, VectorIndex


def unit_vectors(count: int, dimensions: int = 16, clusters: int = 0, seed: int = 0) -> Vectors:
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(count, dimensions))
    if clusters:
        vectors = random.normal(size=(clusters, dimensions))[random.integers(clusters, size=count)] + 0.5 * vectors
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def nearest_slowly(vectors: Vectors, query: Vectors, k: int, among: list[int]) -> list[int]:
    return sorted(among, key=lambda row: (-float(np.float32((vectors[row] * query).sum())), row))[:k]


@pytest.mark.parametrize("among", [None, [5, 3, 999, 998, 3, 17]], ids=["all", "some"])
def test_an_exact_search_finds_what_comparing_one_by_one_finds(among: list[int] | None) -> None:
    vectors, queries = unit_vectors(20_000), unit_vectors(5, seed=1)
    scores, rows = VectorIndex(vectors).search(queries, 4, None if among is None else np.array(among))
    for query, found in zip(queries, rows, strict=True):
        assert found.tolist() == nearest_slowly(vectors, query, 4, sorted({*(among or range(20_000))}))
    assert scores.shape == (5, 4)
    assert scores.dtype == np.float32
    assert (np.diff(scores, axis=1) <= 0).all()


def test_equal_vectors_score_equal_wherever_they_stand_and_come_in_the_order_of_rows() -> None:
    vectors = unit_vectors(10_007, 384)
    doubles = [0, 1, 4_001, 8_191, 8_192, 9_999, 10_006]
    vectors[doubles] = vectors[0]
    index = VectorIndex(vectors)
    for queries in (vectors[:1], vectors[:7], unit_vectors(1, 384, seed=3)):
        scores, rows = index.search(queries, 5, np.array(doubles))
        assert rows[0].tolist() == doubles[:5]
        assert len({*scores[0].tolist()}) == 1
    assert index.search(vectors[:1], 7)[1][0].tolist() == doubles


def test_an_answer_does_not_hang_on_the_other_queries_of_its_batch() -> None:
    vectors, queries = unit_vectors(9_000, 384), unit_vectors(33, 384, seed=1)
    index = VectorIndex(vectors)
    scores, rows = index.search(queries, 10)
    for line in range(0, 33, 8):
        alone_scores, alone_rows = index.search(queries[line : line + 1], 10)
        assert (alone_scores[0] == scores[line]).all()
        assert (alone_rows[0] == rows[line]).all()


def test_there_are_no_more_places_than_rows() -> None:
    index = VectorIndex(unit_vectors(3))
    assert index.search(unit_vectors(2, seed=1), 10)[1].shape == (2, 3)
    assert index.search(unit_vectors(2), 10, np.array([], dtype=np.int64))[1].shape == (2, 0)
    assert VectorIndex(unit_vectors(0)).search(unit_vectors(1), 5)[0].shape == (1, 0)


@pytest.fixture(scope="module")
def many() -> Vectors:
    return unit_vectors(60_000, clusters=3_000)


@pytest.fixture(scope="module")
def lists(many: Vectors) -> VectorIndex:
    return VectorIndex.build(many)


def test_above_fifty_thousand_a_search_is_approximate_and_finds_nearly_all(many: Vectors, lists: VectorIndex) -> None:
    assert lists.approximate
    assert not VectorIndex.build(many[:50_000]).approximate
    queries = unit_vectors(100, clusters=3_000, seed=0)
    scores, found = lists.search(queries, 10)
    true_scores, true = VectorIndex(many).search(queries, 10)
    shared = [len({*a.tolist()} & {*b.tolist()}) for a, b in zip(found, true, strict=True)]
    assert np.mean(shared) / 10 >= 0.9
    assert (scores <= true_scores).all()
    assert (scores[found == true] == true_scores[found == true]).all(), "what is found has its exact score"


def test_hard_filters_hold_in_an_approximate_search(many: Vectors, lists: VectorIndex) -> None:
    few, most = np.arange(100, 400), np.arange(5_000, 60_000)
    query = many[:1]
    assert lists.search(query, 5, few)[1][0].tolist() == VectorIndex(many).search(query, 5, few)[1][0].tolist()
    found = lists.search(query, 5, most)[1][0]
    assert (found[found != NO_ROW] >= 5_000).all()


def test_inverted_lists_are_read_back_and_belong_to_their_vectors(
    many: Vectors, lists: VectorIndex, tmp_path: Path
) -> None:
    lists.save(tmp_path / "index.faiss")
    again = VectorIndex.load(many, tmp_path / "index.faiss")
    queries = unit_vectors(20, seed=4)
    assert (again.search(queries, 5)[1] == lists.search(queries, 5)[1]).all()
    with pytest.raises(ArtifactDamaged):
        VectorIndex.load(many[:59_999], tmp_path / "index.faiss")
    # Not into the file that is mapped: what is read of a mapped file after it was cut ends the process.
    (tmp_path / "damaged.faiss").write_bytes(b"no index")
    with pytest.raises(ArtifactDamaged):
        VectorIndex.load(many, tmp_path / "damaged.faiss")
