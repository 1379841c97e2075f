"""The questions that models are asked in an evaluation: who is asked about, what may be ranked, and what is right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from scipy import sparse

from recsys import columns as c
from recsys.arrays import BoolArray, Csr, IntArray
from recsys.dataset import InteractionDataset
from recsys.frames_io import Frames
from recsys.split import Truth

NEW_ITEMS: Final = "new items"
ALL_ITEMS: Final = "all items"
COLD_ITEMS: Final = "cold items"
WARM_USERS: Final = "warm users"
COLD_USERS: Final = "cold users"


@dataclass(frozen=True, eq=False)
class Task:
    """One question to all models.

    Attributes:
        name: As in tables.
        users: Rows of the users who are asked about, (m,).
        truth: What they took, (m, n_items).
        exclude: What may not be in their lists, (m, n_items); None is nothing.
        candidates: What may be ranked, (n_items,); None is all.
        notes: What is not asked: users and purchases that no model could know.
    """

    name: str
    users: IntArray
    truth: Csr
    exclude: Csr | None = None
    candidates: BoolArray | None = None
    notes: dict[str, int] | None = None

    @property
    def n_candidates(self) -> int:
        """How many items may be ranked."""
        return int(self.truth.shape[1] if self.candidates is None else self.candidates.sum())


def time_tasks(
    dataset: InteractionDataset, later: pd.DataFrame, between: pd.DataFrame | None = None
) -> tuple[Task, Task]:
    """Ask what hot users took later: among the items that they had not had before, and among all.

    Args:
        dataset: What is known.
        later: Clean interactions of the test.
        between: Clean interactions after the data set and before the test: items of these are no longer new.

    Returns:
        The task of new items and that of all items.
    """
    had = dataset.matrix if between is None else _sum(dataset.matrix, _cells(between, dataset))
    truth = Truth.from_frame(later, dataset, new_only=False)
    taken = _wide(truth, dataset)
    new = sparse.csr_matrix(taken - taken.multiply(had > 0), dtype=np.float32)
    new.eliminate_zeros()
    notes = {"users_not_known": truth.unknown_users, "purchases_of_unknown_items": truth.unknown_items}
    fresh, again = (_of_hot(dataset, cells) for cells in (new, taken))
    return (
        Task(NEW_ITEMS, fresh, sparse.csr_matrix(new[fresh]), sparse.csr_matrix(had[fresh]), notes=notes),
        Task(ALL_ITEMS, again, sparse.csr_matrix(taken[again]), notes=notes),
    )


def cold_item_task(dataset: InteractionDataset, later: pd.DataFrame, held_out: tuple[str, ...]) -> Task:
    """Ask which of the items that nobody had met hot users took later, among just those.

    Args:
        dataset: What is known, without any interaction of the items held out, but with their features.
        later: Clean interactions of the test.
        held_out: Ids of items.
    """
    rows = dataset.items.rows(held_out)
    candidates = np.zeros(len(dataset.items), dtype=bool)
    candidates[rows[rows >= 0]] = True
    taken = _wide(Truth.from_frame(later, dataset, new_only=False), dataset)
    cold = sparse.csr_matrix(taken @ sparse.diags(candidates.astype(np.float32)), dtype=np.float32)
    cold.eliminate_zeros()
    users = _of_hot(dataset, cold)
    return Task(COLD_ITEMS, users, sparse.csr_matrix(cold[users]), candidates=candidates)


def new_user_tasks(dataset: InteractionDataset, later: pd.DataFrame) -> tuple[Task, Task]:
    """Ask what users without any history took later: those with features (warm), and those without (cold).

    Args:
        dataset: What is known, without any interaction of the users held out, but with their features.
        later: Clean interactions of the test. Who has no features is not in a data set, unless `with_strangers` put
            them there.

    Returns:
        The task of warm users and that of cold users.
    """
    taken = _wide(Truth.from_frame(later, dataset, new_only=False), dataset)
    asked = (taken.getnnz(axis=1) > 0) & ~dataset.hot_users
    told = dataset.user_features.getnnz(axis=1) > 0
    warm, cold = (np.flatnonzero(asked & which).astype(np.int64) for which in (told, ~told))
    return (
        Task(WARM_USERS, warm, sparse.csr_matrix(taken[warm])),
        Task(COLD_USERS, cold, sparse.csr_matrix(taken[cold])),
    )


def with_strangers(frames: Frames, users: Iterable[str]) -> Frames:
    """Give frames in which these users are known by name, so that they have a row, and by nothing else."""
    nothing = pd.DataFrame({c.USER_ID: sorted(users), c.FEATURE: "none", c.VALUE: "none", c.WEIGHT: 0.0})
    told = frames.user_features
    if told is None:
        return replace(frames, user_features=nothing)
    weighted = told if c.WEIGHT in told.columns else told.assign(**{c.WEIGHT: 1.0})
    return replace(frames, user_features=pd.concat([weighted, nothing], ignore_index=True))


def _of_hot(dataset: InteractionDataset, cells: Csr) -> IntArray:
    return np.flatnonzero((cells.getnnz(axis=1) > 0) & dataset.hot_users).astype(np.int64)


def _wide(truth: Truth, dataset: InteractionDataset) -> Csr:
    """Give the truth with one row for each user of the data set."""
    cells = truth.items.tocoo()
    return sparse.csr_matrix((cells.data, (truth.users[cells.row], cells.col)), shape=dataset.matrix.shape)


def _cells(interactions: pd.DataFrame, dataset: InteractionDataset) -> Csr:
    return _wide(Truth.from_frame(interactions, dataset, new_only=False), dataset)


def _sum(one: Csr, other: Csr) -> Csr:
    return sparse.csr_matrix(one + other, dtype=np.float32)
