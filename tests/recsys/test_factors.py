from __future__ import annotations

import warnings

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from recsys.dataset import InteractionDataset
from recsys.factors import ALS, PureSVD, right_vectors
from recsys.model import Model
from recsys.similarity import relative_weights


def test_vectors_span_what_a_dense_decomposition_finds(toy: InteractionDataset) -> None:
    dense = np.linalg.svd(toy.matrix.toarray(), full_matrices=False)[2][:5].T
    sparse = right_vectors(toy.matrix, 5, seed=1)
    np.testing.assert_allclose(sparse @ sparse.T, dense @ dense.T, atol=1e-4)


@pytest.mark.parametrize("factors", [30, 31, 500])
def test_with_as_many_factors_as_items_the_matrix_comes_back(factors: int, toy: InteractionDataset) -> None:
    model = PureSVD(factors=factors, power=1.0).fit(toy)
    np.testing.assert_allclose(model.score(np.arange(42)), relative_weights(toy.matrix, 1.0).toarray(), atol=1e-4)


@pytest.mark.parametrize("model", [PureSVD(factors=4), ALS(factors=4)], ids=lambda model: model.name)
def test_what_was_met_is_scored_above_what_was_not(model: Model, toy: InteractionDataset) -> None:
    scores = model.fit(toy).score(np.arange(42))
    met = toy.matrix.toarray() > 0
    assert scores[met].mean() > 2 * scores[~met].mean()


@pytest.mark.parametrize("model", [PureSVD(factors=4), ALS(factors=4)], ids=lambda model: model.name)
def test_items_that_nobody_met_are_scored_zero(model: Model, toy: InteractionDataset) -> None:
    scores = model.fit(toy).score(np.arange(42))
    np.testing.assert_allclose(scores[:, ~toy.hot_items], 0.0, atol=1e-6)
    assert np.abs(scores[:, toy.hot_items]).max() > 0.1


def test_another_seed_starts_elsewhere(toy: InteractionDataset) -> None:
    one, other = (ALS(factors=4, iterations=1, seed=seed).fit(toy).score(np.arange(42)) for seed in (1, 2))
    assert not np.array_equal(one, other)


def test_least_squares_warn_of_nothing_and_leave_the_threads_of_blas_alone(toy: InteractionDataset) -> None:
    before = threadpool_info()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ALS(factors=4, iterations=2).fit(toy)
    assert threadpool_info() == before
