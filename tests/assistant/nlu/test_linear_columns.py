"""Columns are sorted and joined without changing what they say."""

import numpy as np
import pytest
from scipy import sparse

from assistant.nlu.linear_columns import Columns
from assistant.nlu.linear_model import LinearModel


def features(rows=60):
    rng = np.random.default_rng(5)
    full = rng.normal(size=(rows, 3)) + 1
    rare = (rng.random((rows, 20)) < 0.03) * rng.random((rows, 20))
    # Twice, and in another place, what stands there already; and a column of nothing.
    return np.hstack([rare, full, rare[:, :8], np.zeros((rows, 1)), rare[:, :2]]).astype(np.float32)


def test_equal_columns_are_one():
    columns = Columns(features())
    assert columns.count <= 20 + 3 + 1


def test_scores_are_those_of_the_columns_as_they_were():
    matrix = features()
    columns = Columns(sparse.csr_matrix(matrix))
    weights = np.random.default_rng(6).normal(size=(columns.count, 4)).astype(np.float32)
    own = matrix @ columns.in_place(weights) + columns.constant(weights)
    assert columns.times(weights) == pytest.approx(own, abs=1e-4)


def test_turned_products_are_those_of_each_label_apart():
    columns = Columns(features())
    residuals = np.random.default_rng(7).normal(size=(60, 4)).astype(np.float32)
    single = np.eye(columns.count, dtype=np.float32)
    matrix = columns.times(single)
    assert columns.turned_times(residuals) == pytest.approx(matrix.T @ residuals, abs=1e-4)
    assert columns.turned_squares_times(residuals) == pytest.approx((matrix**2).T @ residuals, abs=1e-4)


def test_what_is_learnt_of_equal_columns_is_what_scikit_learn_learns_of_each():
    from sklearn.linear_model import LogisticRegression

    matrix = features(400)
    labels = np.argmax(matrix @ np.random.default_rng(8).normal(size=(matrix.shape[1], 4)), axis=1).astype(str)
    reference = LogisticRegression(C=40.0, max_iter=20_000, tol=1e-8, class_weight="balanced").fit(matrix, labels)
    found = LinearModel.fit(matrix, labels, strength=40.0, iterations=150)
    assert found.probabilities(matrix) == pytest.approx(reference.predict_proba(matrix), abs=0.01)
    assert found.weights[:, :8] == pytest.approx(found.weights[:, 23:31])
