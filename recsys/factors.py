"""Factor models: users and items as short vectors, found by a singular value decomposition or by least squares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.linalg import svds
from threadpoolctl import threadpool_limits

from recsys.arrays import Csr, FloatArray, IntArray
from recsys.model import Baseline

if TYPE_CHECKING:
    from recsys.dataset import InteractionDataset


class PureSVD(Baseline):
    """Rank by the truncated singular value decomposition of the interaction matrix, whose gaps are zeros.

    A history h is scored by h V V', with V the first right singular vectors (Cremonesi, Koren and Turrin, "Performance
    of recommender algorithms on top-n recommendation tasks", 2010). Items that nobody has met are scored 0.
    """

    name = "svd"

    def __init__(self, factors: int = 48, power: float = 0.5, seed: int = 17) -> None:
        self.factors = factors
        self.power = power
        self.seed = seed

    def _learn(self, histories: Csr, dataset: InteractionDataset) -> None:
        self._vectors = right_vectors(histories, self.factors, self.seed)

    def _score(self, users: IntArray, histories: Csr) -> FloatArray:
        return (histories @ self._vectors) @ self._vectors.T


def right_vectors(matrix: Csr, factors: int, seed: int) -> FloatArray:
    """Find the right singular vectors of the largest singular values.

    Args:
        matrix: Shape (n_rows, n_columns).
        factors: How many; less are given where the matrix has no more.
        seed: Of the vector with which the iteration starts.

    Returns:
        Vectors in columns, float32, shape (n_columns, at most factors).
    """
    smaller = min(matrix.shape)
    if factors >= smaller:  # ARPACK finds fewer than all of the vectors; a matrix so small is solved as a whole
        vectors = np.linalg.svd(matrix.toarray().astype(np.float64), full_matrices=False)[2]
    else:
        start = np.random.default_rng(seed).standard_normal(smaller)
        vectors = svds(matrix.astype(np.float64), k=factors, v0=start)[2]
    return vectors.T.astype(np.float32)


class ALS(Baseline):
    """Rank by implicit alternating least squares, as `implicit` solves it on one thread.

    Weights are confidences (Hu, Koren and Volinsky, "Collaborative filtering for implicit feedback datasets", 2008).
    The penalty is `regularisation` times the mean number of items that a user met: one that suits long histories would
    press the vectors of short ones to zero.
    Users without a history and items that nobody has met have zero vectors, so their scores are 0.
    """

    name = "als"

    def __init__(
        self,
        factors: int = 64,
        regularisation: float = 0.2,
        alpha: float = 1.0,
        iterations: int = 15,
        power: float = 0.5,
        seed: int = 17,
    ) -> None:
        self.factors = factors
        self.regularisation = regularisation
        self.alpha = alpha
        self.iterations = iterations
        self.power = power
        self.seed = seed

    def _learn(self, histories: Csr, dataset: InteractionDataset) -> None:
        from implicit.cpu.als import AlternatingLeastSquares

        with threadpool_limits(1, "blas"):  # implicit warns of, and is slowed down by, the threads of BLAS
            model = AlternatingLeastSquares(
                factors=self.factors,
                regularization=self.regularisation * histories.nnz / dataset.hot_users.sum(),
                alpha=self.alpha,
                iterations=self.iterations,
                num_threads=1,
                random_state=self.seed,
            )
            model.fit(histories, show_progress=False)
        self._users, self._items = model.user_factors, model.item_factors

    def _score(self, users: IntArray, histories: Csr) -> FloatArray:
        scores: FloatArray = self._users[users] @ self._items.T
        return scores
