"""The one interface behind which every way of ranking items stands, from the most popular to the blend."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Protocol

import numpy as np

from recsys.arrays import Csr, FloatArray, IntArray
from recsys.errors import NoInteractions, NotFitted, UnknownRow
from recsys.similarity import relative_weights

if TYPE_CHECKING:
    from typing_extensions import Self

    from recsys.dataset import InteractionDataset


class Model(Protocol):
    """Rank all items for each user; nothing is known of what a score means, only that more is better.

    A model may be fitted again, which forgets all of the former data. Equal data and settings give equal scores: every
    model that draws random numbers takes its seed as a setting and runs on one thread by default.
    """

    @property
    def name(self) -> str:
        """The model's name in tables and settings."""
        ...

    def fit(self, dataset: InteractionDataset) -> Self:
        """Learn from a data set, forgetting any that was learnt before.

        Args:
            dataset: What is known of users and items; its row numbers are those of `score`.

        Returns:
            The model itself.
        """
        ...

    def score(self, users: IntArray) -> FloatArray:
        """Score every item for each of some users.

        Items that a user has already met are scored like all others: `top_k(..., exclude=...)` leaves them out.

        Args:
            users: Rows of users in the data set that was fitted, shape (m,).

        Returns:
            Scores, shape (m, n_items). A user of whom the model knows nothing has a row of equal scores or of what
            the model gives to everybody; no score is NaN.
        """
        ...


def checked_rows(rows: IntArray, n_rows: int) -> IntArray:
    """Refuse row numbers that lie outside of a matrix, which numpy would count from its end.

    Args:
        rows: Row numbers, shape (m,).
        n_rows: How many rows there are.

    Returns:
        The same row numbers.

    Raises:
        UnknownRow: If one is negative or too large.
    """
    wrong = rows[(rows < 0) | (rows >= n_rows)]
    if wrong.size:
        raise UnknownRow(int(wrong[0]), n_rows)
    return rows


class Baseline(ABC):
    """Hold what the simple models share: they keep the users' histories, and refuse what nobody could answer.

    A subclass learns in `_learn` and scores histories, rows of the weighed interaction matrix, in `_score`. It gives a
    user without a history a row of zeros, unless its own text says otherwise.
    """

    name: str
    power: float = 0.0
    """How much the weight of an interaction counts, see `relative_weights`."""

    _histories: Csr | None = None

    def fit(self, dataset: InteractionDataset) -> Self:
        """Learn from a data set, forgetting any that was learnt before.

        Args:
            dataset: What is known of users and items.

        Returns:
            The model itself.

        Raises:
            NoInteractions: If there are none.
        """
        if dataset.matrix.nnz == 0:
            raise NoInteractions(self.name)
        histories = relative_weights(dataset.matrix, self.power)
        self._learn(histories, dataset)
        self._histories = histories
        return self

    def score(self, users: IntArray) -> FloatArray:
        """Score every item for each of some users.

        Args:
            users: Rows of users in the data set that was fitted, shape (m,).

        Returns:
            Scores, float32, shape (m, n_items).

        Raises:
            NotFitted: If `fit` was not called.
            UnknownRow: If a row is not one of the data set's.
        """
        if self._histories is None:
            raise NotFitted(self.name)
        rows = checked_rows(np.asarray(users, dtype=np.int64), self._histories.shape[0])
        return self._score(rows, self._histories[rows]).astype(np.float32, copy=False)

    @abstractmethod
    def _learn(self, histories: Csr, dataset: InteractionDataset) -> None:
        """Learn from the histories of all users, which are not empty, and from what else the data set holds."""

    @abstractmethod
    def _score(self, users: IntArray, histories: Csr) -> FloatArray:
        """Score all items for rows of users that are known, whose histories are given, shape (m, n_items)."""
