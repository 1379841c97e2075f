"""The figures of retrieval are what their definitions say, worked out the slow and obvious way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vision.metrics import auroc, false_match_rate, mean_average_precision, ranks, recall_at_k, threshold_at_recall

SEEDS = st.integers(0, 10_000)


def a_ranking(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 6, (7, 9)).astype(np.float64)
    relevant = rng.random((7, 9)) < 0.3
    relevant[np.arange(7), rng.integers(0, 9, 7)] = True
    return scores, relevant


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_a_rank_counts_all_that_is_not_worse(seed: int) -> None:
    scores, relevant = a_ranking(seed)
    slow = []
    for row, true in zip(scores, relevant, strict=True):
        best = max(score for score, hit in zip(row, true, strict=True) if hit)
        slow.append(1 + sum(score >= best and not hit for score, hit in zip(row, true, strict=True)))
    assert ranks(scores, relevant).tolist() == slow
    for k in (1, 3, 9):
        assert recall_at_k(scores, relevant, k) == pytest.approx(np.mean([place <= k for place in slow]))


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_average_precision_is_precision_at_each_hit_averaged(seed: int) -> None:
    scores, relevant = a_ranking(seed)
    slow = []
    for row, true in zip(scores, relevant, strict=True):
        order = sorted(range(len(row)), key=lambda column: (-row[column], column))
        hits = [place for place, column in enumerate(order, start=1) if true[column]]
        slow.append(sum((number + 1) / place for number, place in enumerate(hits)) / len(hits))
    assert mean_average_precision(scores, relevant) == pytest.approx(np.mean(slow))


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_auroc_is_the_share_of_pairs_in_the_right_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    known, strange = rng.integers(0, 5, 8).astype(float), rng.integers(0, 4, 6).astype(float)
    pairs = [1.0 if one > other else 0.5 if one == other else 0.0 for one in known for other in strange]
    assert auroc(known, strange) == pytest.approx(np.mean(pairs))


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_a_threshold_is_the_highest_that_enough_known_queries_reach(seed: int) -> None:
    known = np.random.default_rng(seed).integers(0, 30, 41).astype(float)
    slow = max(limit for limit in known if np.mean(known >= limit) >= 0.95)
    assert threshold_at_recall(known) == slow


def test_strangers_that_pass_the_threshold_are_false_matches() -> None:
    known = np.arange(20.0)
    assert threshold_at_recall(known) == 1.0
    assert false_match_rate(known, np.array([0.0, 0.5, 1.0, 5.0])) == 0.5


def test_a_query_that_nothing_answers_is_refused() -> None:
    with pytest.raises(ValueError, match="query 1"):
        recall_at_k(np.zeros((2, 3)), np.array([[True, False, False], [False, False, False]]), 1)


@pytest.mark.parametrize(("known", "strange"), [([], [1.0]), ([1.0], [])], ids=["no known", "no strange"])
def test_auroc_needs_both_sides(known: list[float], strange: list[float]) -> None:
    with pytest.raises(ValueError, match="both are needed"):
        auroc(np.array(known), np.array(strange))
