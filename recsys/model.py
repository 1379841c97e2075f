"""The one interface behind which every way of ranking items stands, from the most popular to the blend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from typing_extensions import Self

    from recsys.dataset import InteractionDataset

IntArray = NDArray[np.int64]
"""Row numbers, as `IdMap` gives them."""

FloatArray = NDArray[np.floating[Any]]
"""Scores and vectors; float32 wherever size matters."""


class Model(Protocol):
    """Rank all items for each user; nothing is known of what a score means, only that more is better.

    A model may be fitted again, which forgets all of the former data. Equal data and settings give equal scores: every
    model that draws random numbers takes its seed as a setting and runs on one thread by default.
    """

    name: str
    """The model's name in tables and settings."""

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
