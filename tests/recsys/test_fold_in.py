"""Folding in: the shopper's vector from what just happened, beside the obvious slow solution."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import minimize

from recsys.arrays import FloatArray, IntArray
from recsys.errors import InvalidFrame, UnknownRow
from recsys.fold_in import FoldInBasis, FoldInSettings, fold_in, fold_in_all, fold_in_by_row

N, D = 60, 4
SETTINGS = FoldInSettings(spread=3.0, strength=2.0, margin=1.5, power=0.5)


@pytest.fixture
def items() -> tuple[FloatArray, FloatArray]:
    random = np.random.default_rng(1)
    return random.normal(size=(N, D)).astype(np.float32), random.normal(size=N).astype(np.float32)


def loss(
    user: FloatArray,
    vectors: FloatArray,
    biases: FloatArray,
    rows: IntArray,
    weights: FloatArray,
    prior: FloatArray,
) -> float:
    """What folding in is said to make smallest, written out over all items."""
    scores = vectors.astype(float) @ user + biases
    scores = scores - scores.mean()
    size = np.abs(weights) ** SETTINGS.power
    apart = size @ (scores[rows] - np.sign(weights) * SETTINGS.margin) ** 2
    scale = float(np.mean(np.var(vectors.astype(float), axis=0)))
    return float(
        apart + SETTINGS.spread * size.sum() * np.var(scores) + SETTINGS.strength * scale * np.sum((user - prior) ** 2)
    )


def test_the_solve_finds_what_a_general_minimiser_finds(items: tuple[FloatArray, FloatArray]) -> None:
    rows, weights, prior = np.array([3, 17, 17, 40]), np.array([1.0, 4.0, 1.0, -2.0]), np.array([0.5, 0.0, -1.0, 0.2])
    found = fold_in(*items, FoldInBasis.of(*items), rows, weights, prior, SETTINGS)
    slow = minimize(loss, np.zeros(D), args=(*items, rows, weights, prior), method="BFGS", options={"gtol": 1e-8})
    np.testing.assert_allclose(found, slow.x, atol=1e-4)


def test_the_basis_does_not_depend_on_how_items_are_cut_into_blocks(items: tuple[FloatArray, FloatArray]) -> None:
    vectors, biases = items
    whole = FoldInBasis.of(vectors, biases)
    cut = FoldInBasis.of_blocks(((vectors[s : s + 7], biases[s : s + 7]) for s in range(0, N, 7)), D)
    np.testing.assert_allclose(cut.covariance, whole.covariance)
    np.testing.assert_allclose(whole.covariance, np.cov(vectors.T.astype(float), bias=True), atol=1e-6)
    np.testing.assert_allclose(whole.mean, vectors.mean(axis=0), atol=1e-6)


def test_what_is_taken_rises_and_what_is_dismissed_sinks_with_all_that_is_like_it(
    items: tuple[FloatArray, FloatArray],
) -> None:
    vectors, biases = items
    basis = FoldInBasis.of(vectors, biases)
    twin = np.vstack((vectors, vectors[5]))
    nothing, taken, dismissed = (
        fold_in(vectors, biases, basis, np.array([5]), np.array([weight])) @ twin[-1] for weight in (0.0, 1.0, -1.0)
    )
    assert dismissed < nothing < taken


def test_without_any_event_the_vector_is_the_prior(items: tuple[FloatArray, FloatArray]) -> None:
    nothing, prior = (np.zeros(0, np.int64), np.zeros(0)), np.array([1.0, 2.0, 3.0, 4.0])
    basis = FoldInBasis.of(*items)
    np.testing.assert_allclose(fold_in(*items, basis, *nothing, prior), prior, rtol=1e-6)
    assert not fold_in(*items, basis, *nothing).any()


def test_the_more_happens_the_less_the_prior_counts(items: tuple[FloatArray, FloatArray]) -> None:
    basis, prior = FoldInBasis.of(*items), np.full(D, 5.0)
    vectors = [fold_in(*items, basis, np.arange(n), np.ones(n), prior) for n in (1, 10, 50)]
    without = [fold_in(*items, basis, np.arange(n), np.ones(n)) for n in (1, 10, 50)]
    gaps = [float(np.linalg.norm(a - b)) for a, b in zip(vectors, without, strict=True)]
    assert gaps == sorted(gaps, reverse=True)


def test_the_parts_of_events_sum_to_the_vector(items: tuple[FloatArray, FloatArray]) -> None:
    arguments = (*items, FoldInBasis.of(*items), np.array([1, 2, 9]), np.array([1.0, -1.0, 8.0]), np.ones(D))
    parts = fold_in_by_row(*arguments)
    np.testing.assert_allclose(parts.vector, fold_in(*arguments), atol=1e-5)
    np.testing.assert_allclose(parts.by_row.sum(axis=0) + parts.rest, parts.vector, atol=1e-5)
    assert parts.by_row[0] @ items[0][1] > 0


def test_many_shoppers_at_once_are_each_as_alone(items: tuple[FloatArray, FloatArray]) -> None:
    histories = sparse.random(6, N, density=0.1, format="csr", random_state=2, dtype=np.float32)
    priors, basis = np.random.default_rng(3).normal(size=(6, D)), FoldInBasis.of(*items)
    together = fold_in_all(*items, basis, histories, priors)
    for shopper in range(6):
        row = histories[shopper]
        alone = fold_in(*items, basis, row.indices.astype(np.int64), row.data, priors[shopper])
        np.testing.assert_array_equal(together[shopper], alone)


def test_a_shop_of_one_item_and_one_of_equal_items_still_give_a_vector() -> None:
    for vectors in (np.ones((1, D), np.float32), np.ones((5, D), np.float32)):
        biases = np.zeros(len(vectors), np.float32)
        found = fold_in(vectors, biases, FoldInBasis.of(vectors, biases), np.array([0]), np.array([1.0]))
        assert np.isfinite(found).all()


@pytest.mark.parametrize("row", [-1, N], ids=["an unknown id", "beyond the last"])
def test_a_row_that_is_no_item_is_refused(items: tuple[FloatArray, FloatArray], row: int) -> None:
    with pytest.raises(UnknownRow) as caught:
        fold_in(*items, FoldInBasis.of(*items), np.array([row]), np.array([1.0]))
    assert (caught.value.row, caught.value.rows) == (row, N)


@pytest.mark.parametrize("weights", [[np.nan], [np.inf], [1.0, 1.0]], ids=["NaN", "infinity", "one too many"])
def test_weights_that_are_none_are_refused(items: tuple[FloatArray, FloatArray], weights: list[float]) -> None:
    with pytest.raises(InvalidFrame):
        fold_in(*items, FoldInBasis.of(*items), np.array([1]), np.array(weights))


def test_settings_that_make_no_solution_are_refused() -> None:
    with pytest.raises(InvalidFrame):
        FoldInSettings(strength=0.0)
