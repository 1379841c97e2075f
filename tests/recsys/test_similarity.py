from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from recsys.similarity import cosine_neighbours, relative_weights, shared_rows, top_per_row, unit_rows


def some_vectors(rows: int = 23, columns: int = 11, seed: int = 5) -> sparse.csr_matrix:
    return sparse.random(rows, columns, density=0.4, random_state=seed, format="csr")


def obvious_neighbours(vectors: np.ndarray, n: int, shrinkage: float) -> np.ndarray:
    found = np.zeros((len(vectors), len(vectors)))
    for i, one in enumerate(vectors):
        similar = {}
        for j, other in enumerate(vectors):
            if i != j and one @ other:
                similar[j] = one @ other / (np.linalg.norm(one) * np.linalg.norm(other) + shrinkage)
        for j in sorted(similar, key=lambda j: (-similar[j], j))[:n]:
            found[i, j] = similar[j]
    return found


@pytest.mark.parametrize("shrinkage", [0.0, 0.7])
@pytest.mark.parametrize("n", [1, 4, 100])
def test_neighbours_are_those_of_the_obvious_slow_way(n: int, shrinkage: float) -> None:
    vectors = some_vectors()
    fast = cosine_neighbours(vectors, n, shrinkage, block=7)
    np.testing.assert_allclose(fast.toarray(), obvious_neighbours(vectors.toarray(), n, shrinkage), atol=1e-6)


def test_neighbours_do_not_depend_on_how_many_rows_are_in_memory() -> None:
    vectors = some_vectors()
    assert (cosine_neighbours(vectors, 5, block=1) != cosine_neighbours(vectors, 5, block=1000)).nnz == 0


def test_a_row_without_anything_has_no_neighbours() -> None:
    vectors = sparse.csr_matrix([[1.0, 0.0], [0.0, 0.0], [1.0, 1.0]])
    assert cosine_neighbours(vectors, 5).getnnz(axis=1).tolist() == [1, 0, 1]


def test_shrinkage_distrusts_a_likeness_that_rests_on_little() -> None:
    vectors = sparse.csr_matrix([[5.0, 0.0], [5.0, 0.1], [0.0, 0.1], [0.0, 0.1]])
    plain, shrunk = cosine_neighbours(vectors, 5).toarray(), cosine_neighbours(vectors, 5, 1.0).toarray()
    assert plain[2, 3] > plain[0, 1]
    assert shrunk[2, 3] < shrunk[0, 1]


def test_the_furthest_from_zero_are_kept_and_equal_ones_by_column() -> None:
    matrix = sparse.csr_matrix([[1.0, -3.0, 2.0, 2.0], [0.0, 0.0, 0.5, 0.0]])
    np.testing.assert_array_equal(top_per_row(matrix, 2).toarray(), [[0, -3, 2, 0], [0, 0, 0.5, 0]])


def test_weights_of_any_unit_become_the_same() -> None:
    matrix = abs(some_vectors())
    np.testing.assert_allclose(relative_weights(matrix, 0.5).data, relative_weights(matrix * 8, 0.5).data, rtol=1e-6)


@pytest.mark.parametrize(("power", "expected"), [(0.0, [1, 1]), (1.0, [0.4, 1.6]), (0.5, [0.4**0.5, 1.6**0.5])])
def test_the_power_says_how_much_a_weight_counts(power: float, expected: list[float]) -> None:
    np.testing.assert_allclose(relative_weights(sparse.csr_matrix([[2.0, 0.0, 8.0]]), power).data, expected, rtol=1e-6)


def test_scaled_rows_have_length_or_sum_1_and_empty_ones_stay_empty() -> None:
    matrix = sparse.csr_matrix([[3.0, 4.0], [0.0, 0.0]])
    np.testing.assert_allclose(unit_rows(matrix).toarray(), [[0.6, 0.8], [0, 0]])
    np.testing.assert_allclose(shared_rows(matrix).toarray(), [[3 / 7, 4 / 7], [0, 0]])


def test_scaling_leaves_the_given_matrix_as_it_is() -> None:
    matrix = some_vectors()
    before = matrix.copy()
    unit_rows(matrix), shared_rows(matrix), relative_weights(abs(matrix), 0.5), cosine_neighbours(matrix, 3)
    assert (matrix != before).nnz == 0
