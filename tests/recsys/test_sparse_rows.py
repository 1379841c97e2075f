"""Operations on compressed rows, against the obvious dense ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from recsys.sparse_rows import empty, normalised, padded, replaced, row_of


def some(seed: int, rows: int = 6, columns: int = 5) -> sparse.csr_matrix:
    return sparse.random(rows, columns, density=0.4, format="csr", dtype=np.float32, random_state=seed)


@given(seed=st.integers(0, 1_000), chosen=st.lists(st.integers(0, 5), unique=True))
def test_replaced_rows_are_the_new_ones_and_others_stay(seed: int, chosen: list[int]) -> None:
    matrix, rows = some(seed), np.array(chosen, dtype=np.int64)
    new = some(seed + 1, len(rows)) if chosen else empty((0, 5))
    wanted = matrix.toarray()
    wanted[rows] = new.toarray()
    assert replaced(matrix, rows, new).toarray() == pytest.approx(wanted)


def test_a_padded_matrix_has_nothing_in_its_new_rows_and_columns() -> None:
    matrix = some(1)
    wide = padded(matrix, (8, 9))
    assert wide.toarray()[:6, :5] == pytest.approx(matrix.toarray())
    assert wide.nnz == matrix.nnz


def test_rows_are_read_as_they_are() -> None:
    matrix = some(2)
    for row in range(6):
        columns, values = row_of(matrix, row)
        assert values == pytest.approx(matrix.toarray()[row, columns])


def test_normalised_rows_sum_to_one_or_to_nothing() -> None:
    sums = np.asarray(normalised(some(3)).sum(axis=1)).ravel()
    assert all(total == pytest.approx(1.0) or total == 0.0 for total in sums)


def test_an_empty_matrix_has_its_shape_and_type() -> None:
    nothing = empty((2, 3), np.int32)
    assert (nothing.shape, nothing.nnz, nothing.dtype) == ((2, 3), 0, np.int32)
