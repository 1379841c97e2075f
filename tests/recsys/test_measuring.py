"""Lists are cut fairly: ties come by lot, what may not be shown is not, and differences are taken user by user."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from recsys.arrays import FloatArray, IntArray
from recsys.calibration_check import Reliability
from recsys.cold_baselines import PopularKind
from recsys.dataset import InteractionDataset
from recsys.measuring import Figure, K, difference, measure, ranked, ratio
from recsys.popular import Popular
from recsys.ranking import top_k
from recsys.tasks import Task


class Scores:
    """A model that was told its scores."""

    name = "told"

    def __init__(self, scores: FloatArray) -> None:
        self.scores = scores

    def fit(self, dataset: InteractionDataset) -> Scores:
        return self

    def score(self, users: IntArray) -> FloatArray:
        return self.scores[users]


def task_of(users: int, items: int, **more: object) -> Task:
    truth = sparse.csr_matrix(np.eye(users, items, dtype=np.float32))
    return Task("t", np.arange(users), truth, **more)  # type: ignore[arg-type]


def test_lists_are_the_exact_ones_where_scores_differ() -> None:
    random = np.random.default_rng(2)
    scores = random.random((6, 50))
    exclude = sparse.random(6, 50, density=0.3, format="csr", random_state=2)
    candidates = random.random(50) < 0.8
    task = task_of(6, 50, exclude=exclude, candidates=candidates)
    lists = ranked(scores, task, slice(0, 6), np.random.default_rng(0))
    np.testing.assert_array_equal(lists, top_k(scores, K, exclude, candidates))


def test_equal_scores_come_in_another_order_for_each_user_and_the_same_for_each_run() -> None:
    task = task_of(40, 200)
    lists = ranked(np.zeros((40, 200)), task, slice(0, 40), np.random.default_rng(5))
    assert len(np.unique(lists)) > 100
    np.testing.assert_array_equal(lists, ranked(np.zeros((40, 200)), task, slice(0, 40), np.random.default_rng(5)))


def test_a_model_that_says_nothing_of_cold_items_is_half_right(toy: InteractionDataset) -> None:
    unmet = ~toy.hot_items
    truth = sparse.csr_matrix(np.where(unmet, [[1], [0]], 0)[:, : len(toy.items)].astype(np.float32))
    truth = sparse.csr_matrix(truth.multiply(np.arange(len(toy.items)) % 2))
    task = Task("cold items", np.array([0, 30]), truth, candidates=unmet)
    measured = measure(Popular().fit(toy), task, toy, seed=1)
    assert measured.values["auc"][0] == 0.5
    assert np.isnan(measured.values["auc"][1])
    assert set(measured.lists[0][:4]) == set(np.flatnonzero(unmet))
    assert measured.coverage == 1.0


def test_a_perfect_model_has_perfect_figures(toy: InteractionDataset) -> None:
    users = np.flatnonzero(toy.hot_users)
    truth = toy.matrix[users].copy()
    truth.data[:] = 1
    task = Task("all items", users.astype(np.int64), truth)
    measured = measure(Scores(toy.matrix.toarray()), task, toy, seed=1)
    assert measured.figure("ndcg", 1, 50).low == pytest.approx(1.0)
    assert measured.figure("hit_rate", 1, 50).mean == 1.0


def test_ratios_and_differences_are_taken_over_the_same_users() -> None:
    random = np.random.default_rng(4)
    other = random.random(300)
    twice = ratio(2 * other, other, seed=1, draws=200)
    assert (twice.mean, twice.low, twice.high) == pytest.approx((2.0, 2.0, 2.0))
    more = difference(other + 0.1, other, seed=1, draws=200)
    assert (more.mean, more.low, more.high) == pytest.approx((0.1, 0.1, 0.1))
    assert np.isnan(ratio(other, np.zeros(300), seed=1, draws=20).low)
    assert np.isnan(ratio(other[:0], other[:0], seed=1, draws=20).mean)


def test_a_figure_of_nobody_is_not_a_number() -> None:
    assert np.isnan(Figure.of(np.array([np.nan]), 1, 10).mean)


def test_reliability_is_nothing_where_everything_came_true_as_said() -> None:
    fair, proud = Reliability(), Reliability()
    fair.count(np.full(10, 0.2), np.array([1.0, 1.0, *[0.0] * 8]))
    proud.count(np.full(10, 0.9), np.array([1.0, *[0.0] * 9]))
    assert fair.error == pytest.approx(0.0, abs=1e-9)
    assert proud.error == pytest.approx(0.8)
    assert proud.means == pytest.approx((0.9, 0.1))
    assert [point["pairs"] for point in proud.points()] == [10.0]
    assert np.isnan(Reliability().error)


def test_new_items_are_ranked_by_what_is_popular_of_their_kind(toy: InteractionDataset) -> None:
    model = PopularKind().fit(toy)
    walker, reader = model.score(np.array([toy.users.row("user-00"), toy.users.row("user-39")]))
    shoe, lamp = toy.items.row("item-28"), toy.items.row("item-29")  # Nobody met either.
    assert walker[shoe] > walker[lamp]
    assert reader[lamp] > reader[shoe]
