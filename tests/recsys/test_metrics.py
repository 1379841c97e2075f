from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from recsys import metrics
from recsys.ranking import top_k

M, N, K = 60, 25, 10


def slow_top_k(scores, k, exclude=None, candidates=None):
    """Sort every row in full, with the row's own order among equals."""
    lists = np.full((len(scores), k), -1)
    for row, values in enumerate(scores):
        allowed = [
            column
            for column, value in enumerate(values)
            if not math.isnan(value)
            and value > -math.inf
            and (candidates is None or candidates[column])
            and (exclude is None or not exclude[row, column])
        ]
        best = sorted(allowed, key=lambda column: (-values[column], column))[:k]
        lists[row, : len(best)] = best
    return lists


def a_world(seed):
    random = np.random.default_rng(seed)
    scores = random.integers(0, 8, size=(M, N)).astype(np.float32)
    truth = sparse.csr_matrix((random.random((M, N)) < 0.1).astype(np.float32))
    return top_k(scores, K), truth


def as_rectools(recommended, truth):
    rows, places = np.nonzero(recommended >= 0)
    reco = pd.DataFrame({"user_id": rows, "item_id": recommended[rows, places], "rank": places + 1})
    users, items = truth.nonzero()
    return reco, pd.DataFrame({"user_id": users, "item_id": items})


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    k=st.integers(1, 12),
    shape=st.tuples(st.integers(1, 6), st.integers(1, 9)),
    levels=st.integers(1, 6),
)
def test_the_fast_top_k_is_the_slow_one(seed, k, shape, levels):
    random = np.random.default_rng(seed)
    scores = random.integers(0, levels, size=shape).astype(np.float32)
    scores[random.random(shape) < 0.1] = np.nan
    scores[random.random(shape) < 0.1] = -np.inf
    excluded = random.random(shape) < 0.3
    candidates = random.random(shape[1]) < 0.7
    fast = top_k(scores, k, sparse.csr_matrix(excluded), candidates)
    assert fast.dtype == np.int64
    assert fast.tolist() == slow_top_k(scores, k, excluded, candidates).tolist()
    assert top_k(scores, k).tolist() == slow_top_k(scores, k).tolist()


def test_equal_scores_come_in_the_order_of_their_rows():
    assert top_k(np.zeros((2, 5)), 3).tolist() == [[0, 1, 2], [0, 1, 2]]


def test_a_list_that_cannot_be_filled_ends_in_nothing():
    assert top_k(np.array([[1.0, 2.0]]), 3).tolist() == [[1, 0, -1]]
    assert top_k(np.zeros((2, 0)), 2).tolist() == [[-1, -1], [-1, -1]]
    assert top_k(np.zeros((0, 4)), 2).shape == (0, 2)


def test_the_scores_that_were_given_are_not_changed():
    scores = np.array([[1.0, 2.0]])
    top_k(scores, 1, sparse.csr_matrix([[0, 1]]), np.array([True, True]))
    assert scores.tolist() == [[1.0, 2.0]]


def test_fewer_than_one_item_cannot_be_asked_for():
    with pytest.raises(ValueError, match="at least 1"):
        top_k(np.zeros((1, 1)), 0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_figures_of_users_are_those_of_rectools(seed):
    import rectools.metrics as theirs

    recommended, truth = a_world(seed)
    reco, interactions = as_rectools(recommended, truth)
    pairs = {
        metrics.precision: theirs.Precision(k=K),
        metrics.recall: theirs.Recall(k=K),
        metrics.hit_rate: theirs.HitRate(k=K),
        metrics.mrr: theirs.MRR(k=K),
        metrics.ndcg: theirs.NDCG(k=K, divide_by_achievable=True),
    }
    for ours, other in pairs.items():
        values = ours(recommended, truth)
        expected = other.calc_per_user(reco, interactions).reindex(range(M))
        assert np.allclose(values, expected, equal_nan=True), other


def test_figures_of_the_catalogue_are_those_of_rectools():
    import rectools.metrics as theirs

    recommended, history = a_world(4)
    reco, interactions = as_rectools(recommended, history)
    users_per_item = np.asarray(history.getnnz(axis=0)).astype(np.int64)
    bits = metrics.novelty(recommended, users_per_item, interactions["user_id"].nunique())
    assert np.allclose(bits, theirs.MeanInvUserFreq(k=K).calc_per_user(reco, interactions))
    catalogue = theirs.CatalogCoverage(k=K, normalize=True).calc(reco, list(range(N)))
    assert metrics.coverage(recommended, N) == pytest.approx(catalogue)


def test_figures_are_those_of_the_obvious_loop():
    recommended, truth = a_world(5)
    for row, listed in enumerate(recommended.tolist()):
        true = set(truth[row].nonzero()[1].tolist())
        if not true:
            assert math.isnan(metrics.ndcg(recommended, truth)[row])
            continue
        found = [item in true for item in listed]
        gain = sum(1 / math.log2(place + 2) for place, hit in enumerate(found) if hit)
        best = sum(1 / math.log2(place + 2) for place in range(min(K, len(true))))
        assert metrics.precision(recommended, truth)[row] == pytest.approx(sum(found) / K)
        assert metrics.recall(recommended, truth)[row] == pytest.approx(sum(found) / len(true))
        assert metrics.hit_rate(recommended, truth)[row] == float(any(found))
        assert metrics.mrr(recommended, truth)[row] == pytest.approx(1 / (found.index(True) + 1) if any(found) else 0)
        assert metrics.ndcg(recommended, truth)[row] == pytest.approx(gain / best)


def test_nothing_recommended_is_no_hit_and_has_no_novelty():
    nothing, truth = np.full((1, 3), -1), sparse.csr_matrix([[1.0, 0.0]])
    assert metrics.precision(nothing, truth).tolist() == [0.0]
    assert metrics.ndcg(nothing, truth).tolist() == [0.0]
    assert np.isnan(metrics.novelty(nothing, np.array([1, 1]), 2)).all()
    assert metrics.coverage(nothing, 2) == 0.0


def test_lists_and_truth_of_different_users_are_refused():
    with pytest.raises(ValueError, match="2 lists, 1 rows"):
        metrics.precision(np.zeros((2, 1), dtype=np.int64), sparse.csr_matrix((1, 3)))


def test_the_interval_holds_the_mean_and_narrows_with_more_users():
    values = np.random.default_rng(0).random(2_000)
    low, high = metrics.bootstrap_interval(values, seed=1)
    few_low, few_high = metrics.bootstrap_interval(values[:50], seed=1)
    assert low < values.mean() < high
    assert high - low == pytest.approx(2 * 1.96 * values.std() / math.sqrt(len(values)), rel=0.15)
    assert few_high - few_low > 3 * (high - low)
    assert (low, high) == metrics.bootstrap_interval(np.append(values, np.nan), seed=1)
    assert all(math.isnan(bound) for bound in metrics.bootstrap_interval(np.array([]), seed=1))


def test_auroc_is_that_of_scikit_learn_with_ties_too():
    from sklearn.metrics import roc_auc_score

    random = np.random.default_rng(3)
    scores, labels = random.integers(0, 5, 300).astype(float), random.random(300) < 0.3
    assert metrics.auroc(scores, labels) == pytest.approx(roc_auc_score(labels, scores))
    assert math.isnan(metrics.auroc(scores, np.zeros(300)))


def test_calibration_error_is_the_mean_gap_of_the_bins():
    said = np.array([0.05, 0.05, 0.95, 1.0])
    assert metrics.expected_calibration_error(said, np.array([0, 0, 1, 1])) == pytest.approx(0.0375)
    assert metrics.expected_calibration_error(said, np.array([1, 1, 0, 0])) == pytest.approx(0.9625)
    assert math.isnan(metrics.expected_calibration_error(np.array([]), np.array([])))
