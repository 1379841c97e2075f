"""Chooses how to fold shoppers in, by the lists that validation shoppers get from their histories alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

import numpy as np
from scipy import sparse

from recsys.arrays import Csr
from recsys.columns import IDENTITY, SPARE
from recsys.dataset import InteractionDataset
from recsys.features import FeatureSpace
from recsys.fold_in import FoldInBasis, FoldInSettings, fold_in_all
from recsys.lightfm_training import mean_ndcg
from recsys.representations import Representations
from recsys.split import Truth

GRID: Final = tuple(FoldInSettings(*one) for one in product((10.0, 30.0), (30.0, 100.0, 300.0), (3.0, 10.0)))
"""What is tried unless something else is given."""


@dataclass(frozen=True)
class Choice:
    """The settings that stood best, and how they stand beside what training gave.

    Attributes:
        settings: Those with the highest figure.
        folded_in: Mean NDCG@10 on validation of vectors that were solved for from histories and features.
        trained: The same of the vectors that training gave these shoppers.
    """

    settings: FoldInSettings
    folded_in: float
    trained: float


def choose_fold_in(
    representations: Representations,
    dataset: InteractionDataset,
    validation: Truth,
    grid: Iterable[FoldInSettings] = GRID,
) -> Choice:
    """Try each of some settings on validation shoppers as if training had never met them.

    Their own columns are left out of the prior. The item vectors have met them, so both figures are a little too good.

    Args:
        representations: What was learnt from the data set.
        dataset: Whose matrix holds the histories.
        validation: What its users did next.
        grid: The settings to try, the first of equals is chosen; at least one.
    """
    r, users = representations, validation.users
    basis = FoldInBasis.of(r.item_embeddings, r.item_biases)
    priors = r.of_users(strangers(dataset.user_features[users], dataset.user_space))[0]
    histories = sparse.csr_matrix(dataset.matrix[users])

    def judged(settings: FoldInSettings) -> float:
        vectors = np.zeros_like(r.user_embeddings)
        vectors[users] = fold_in_all(r.item_embeddings, r.item_biases, basis, histories, priors, settings)
        return mean_ndcg(replace(r, user_embeddings=vectors), dataset, validation)

    figures = [(judged(settings), settings) for settings in grid]
    best, settings = max(figures, key=lambda one: one[0])
    return Choice(settings, best, mean_ndcg(r, dataset, validation))


def strangers(features: Csr, space: FeatureSpace) -> Csr:
    """Give the same rows of features as if training had not met them: no identity, and what is left sums to 1."""
    kept = np.array([field not in (IDENTITY, SPARE) for field, _ in space.columns], dtype=np.float32)
    known = sparse.csr_matrix(features @ sparse.diags(kept))
    known.eliminate_zeros()
    sums = np.asarray(known.sum(axis=1)).ravel()
    scale = np.divide(1.0, sums, out=np.zeros_like(sums), where=sums > 0)
    return sparse.csr_matrix(sparse.diags(scale) @ known, dtype=np.float32)
