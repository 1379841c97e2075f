"""Re-ranking for diversity, against the obvious slow version."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.diversity import intra_list_similarity, mmr


def slow_mmr(relevance: np.ndarray, vectors: np.ndarray, k: int, diversity: float) -> list[int]:
    def cosine(a: np.ndarray, b: np.ndarray) -> float:
        length = float(np.linalg.norm(a) * np.linalg.norm(b))
        return float(a @ b) / length if length else 0.0

    low, high = relevance.min(), relevance.max()
    stretched = (relevance - low) / (high - low) if high > low else np.zeros(len(relevance))
    chosen: list[int] = []
    while len(chosen) < min(k, len(relevance)):
        left = [place for place in range(len(relevance)) if place not in chosen]
        worth = [
            (1 - diversity) * stretched[place]
            - diversity * max((0.0, *(cosine(vectors[place], vectors[other]) for other in chosen)))
            for place in left
        ]
        chosen.append(left[int(np.argmax(np.round(worth, 9)))])
    return chosen


# In steps: a hair's breadth below 1 rounding alone would decide which comes first.
@given(
    seed=st.integers(0, 10_000),
    size=st.integers(1, 25),
    k=st.integers(1, 30),
    diversity=st.integers(0, 100).map(lambda step: step / 100),
)
def test_the_fast_order_is_the_slow_one(seed: int, size: int, k: int, diversity: float) -> None:
    rng = np.random.default_rng(seed)
    relevance, vectors = rng.normal(size=size), rng.normal(size=(size, 6))
    assert mmr(relevance, vectors, k, diversity).tolist() == slow_mmr(relevance, vectors, k, diversity)


def test_no_diversity_keeps_the_order_of_relevance() -> None:
    relevance = np.array([0.1, 0.9, 0.5])
    assert mmr(relevance, np.eye(3), 3, 0.0).tolist() == [1, 2, 0]


def test_the_twin_of_the_best_gives_way_to_something_else() -> None:
    vectors = np.array([[1.0, 0.0], [1.0, 0.001], [0.0, 1.0]])
    assert mmr(np.array([1.0, 0.99, 0.6]), vectors, 2, 0.5).tolist() == [0, 2]


def test_more_diversity_makes_lists_less_alike() -> None:
    rng = np.random.default_rng(3)
    relevance, vectors = rng.normal(size=200), rng.normal(size=(200, 5))
    alike = [intra_list_similarity(vectors[mmr(relevance, vectors, 10, amount)]) for amount in (0.0, 0.3, 0.9)]
    assert alike[0] > alike[1] > alike[2]


def test_how_alike_a_list_is_is_the_mean_cosine_of_its_pairs() -> None:
    assert intra_list_similarity(np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]])) == pytest.approx(1 / 3)
    assert intra_list_similarity(np.ones((1, 2))) == 0.0


def test_an_empty_pool_stays_empty() -> None:
    assert mmr(np.zeros(0), np.zeros((0, 4)), 3, 0.5).size == 0


@pytest.mark.parametrize("diversity", [-0.1, 1.1, float("nan")])
def test_an_amount_outside_of_0_to_1_is_refused(diversity: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        mmr(np.ones(2), np.eye(2), 1, diversity)
