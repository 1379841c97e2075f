"""The approximate index, against exact search."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recsys.arrays import FloatArray
from recsys.errors import ArtifactDamaged
from recsys.index import ItemIndex, augmented
from recsys.topk import inner_products, largest

Catalogue = tuple[FloatArray, FloatArray]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """4,000 items in 40 clusters with uneven lengths and biases, as LightFM makes them."""
    rng = np.random.default_rng(5)
    centres = rng.normal(size=(40, 16)) * rng.uniform(0.5, 2.0, size=(40, 1))
    vectors = centres[rng.integers(0, 40, 4_000)] + 0.3 * rng.normal(size=(4_000, 16))
    return vectors.astype(np.float32), rng.normal(scale=0.5, size=4_000).astype(np.float32)


@pytest.fixture(scope="module")
def index(catalogue: Catalogue) -> ItemIndex:
    return ItemIndex.build(*catalogue)


def test_distances_to_augmented_vectors_rank_as_scores_do(catalogue: Catalogue) -> None:
    vectors, biases = catalogue
    query = np.random.default_rng(1).normal(size=16).astype(np.float32)
    point = np.concatenate([query, [1.0, 0.0]])
    distances = np.linalg.norm(augmented(vectors, biases) - point, axis=1)
    best = largest(inner_products(vectors, biases, query), 20)
    assert np.argsort(distances)[:20].tolist() == best.tolist()


def test_it_finds_nearly_all_of_the_best_ten(catalogue: Catalogue, index: ItemIndex) -> None:
    rng = np.random.default_rng(2)
    found = 0
    for query in rng.normal(size=(50, 16)).astype(np.float32):
        exact = set(largest(inner_products(*catalogue, query), 10).tolist())
        found += len(exact & set(index.top(*catalogue, query, 10).tolist()))
    assert found / 500 >= 0.98


def test_what_it_finds_is_in_the_order_of_exact_scores(catalogue: Catalogue, index: ItemIndex) -> None:
    query = np.random.default_rng(3).normal(size=16).astype(np.float32)
    scores = inner_products(*catalogue, query, index.top(*catalogue, query, 10))
    assert (np.diff(scores) <= 0).all()


def test_it_is_the_same_after_saving_and_loading(catalogue: Catalogue, index: ItemIndex, tmp_path: Path) -> None:
    index.save(tmp_path / "items.faiss")
    again = ItemIndex.load(tmp_path / "items.faiss")
    query = np.random.default_rng(4).normal(size=16).astype(np.float32)
    assert len(again) == len(index) == 4_000
    assert again.top(*catalogue, query, 10).tolist() == index.top(*catalogue, query, 10).tolist()


def test_a_file_cut_short_is_refused(index: ItemIndex, tmp_path: Path) -> None:
    path = tmp_path / "items.faiss"
    index.save(path)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ArtifactDamaged, match="not an index"):
        ItemIndex.load(path)


def test_a_catalogue_of_one_item_can_be_indexed() -> None:
    vectors, biases = np.ones((1, 4), np.float32), np.zeros(1, np.float32)
    assert ItemIndex.build(vectors, biases).top(vectors, biases, np.ones(4, np.float32), 10).tolist() == [0]
