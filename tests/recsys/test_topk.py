"""The exact best rows, against the obvious full sort."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.topk import inner_products, largest


def by_full_sort(scores: np.ndarray, k: int) -> list[int]:
    order = sorted(range(len(scores)), key=lambda place: (-scores[place], place))
    return [place for place in order if scores[place] > -np.inf][:k]


@given(
    seed=st.integers(0, 10_000),
    size=st.integers(0, 6_000),
    k=st.integers(1, 40),
    levels=st.sampled_from([2, 50, 1_000_000]),
)
def test_the_largest_are_those_of_a_full_sort_with_ties_in_order(seed: int, size: int, k: int, levels: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, levels, size).astype(np.float32)
    scores[rng.random(size) < 0.1] = -np.inf
    assert largest(scores, k).tolist() == by_full_sort(scores, k)


@pytest.mark.parametrize("k", [0, -3])
def test_no_places_are_asked_for(k: int) -> None:
    assert largest(np.ones(5, np.float32), k).size == 0


def test_more_places_than_scores_give_all_of_them() -> None:
    assert largest(np.array([1.0, 3.0, 2.0], np.float32), 10).tolist() == [1, 2, 0]


@pytest.mark.parametrize("place", [0, 700, 5_999])
def test_a_score_that_is_no_number_is_refused(place: int) -> None:
    scores = np.zeros(6_000, np.float32)
    scores[place] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        largest(scores, 3)


def test_scores_of_some_rows_are_those_of_all() -> None:
    rng = np.random.default_rng(0)
    vectors, biases, query = rng.normal(size=(50, 8)), rng.normal(size=50), rng.normal(size=8)
    rows = np.array([3, 7, 44])
    assert inner_products(vectors, biases, query, rows) == pytest.approx(inner_products(vectors, biases, query)[rows])
