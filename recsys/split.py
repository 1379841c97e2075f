"""What is learnt from and what is asked about: by time, or by items or users that are held out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from scipy import sparse

from recsys import columns as c
from recsys.arrays import Csr, IntArray
from recsys.dataset import InteractionDataset
from recsys.errors import InvalidFrame
from recsys.times import as_utc, parsed_times

Moment = datetime | pd.Timestamp | str


@dataclass(frozen=True)
class TimeSplit:
    """Interactions before, between and after two moments; clean each by itself, so that none knows the next."""

    train: pd.DataFrame
    valid: pd.DataFrame
    test: pd.DataFrame


@dataclass(frozen=True)
class ColdSplit:
    """Interactions without the ids that are held out, and those of them."""

    train: pd.DataFrame
    test: pd.DataFrame
    held_out: tuple[str, ...]


def time_split(
    interactions: pd.DataFrame, train_end: Moment, valid_end: Moment, test_end: Moment | None = None
) -> TimeSplit:
    """Cut interactions by time; a moment belongs to the part that it begins.

    Args:
        interactions: with `timestamp`; times without a zone are UTC, and what is no time lies behind all.
        train_end: the first moment that is no longer learnt from: to train on all of July, the first of August.
        valid_end: the first moment of the test.
        test_end: the first moment after the test; None keeps all that is left in it.

    Raises:
        InvalidFrame: the moments do not rise.
    """
    ends = [as_utc(train_end), as_utc(valid_end), *([] if test_end is None else [as_utc(test_end)])]
    if ends != sorted(set(ends)):
        raise InvalidFrame("train_end, valid_end, test_end", [str(end) for end in ends], "rising moments are wanted")
    times = parsed_times(interactions[c.TIMESTAMP])
    part = np.searchsorted(pd.DatetimeIndex(ends), pd.DatetimeIndex(times), side="right")
    part[times.isna().to_numpy()] = len(ends)
    train, valid, test = (interactions[part == number].reset_index(drop=True) for number in range(3))
    return TimeSplit(train, valid, test)


def cold_item_split(interactions: pd.DataFrame, share: float, seed: int) -> ColdSplit:
    """Hold out a share of the items with all that was done with them, as if they were new.

    Raises:
        InvalidFrame: the share is not between 0 and 1.
    """
    return _cold_split(interactions, c.ITEM_ID, share, seed)


def cold_user_split(interactions: pd.DataFrame, share: float, seed: int) -> ColdSplit:
    """Hold out a share of the users with all that they did, as if they came for the first time.

    Raises:
        InvalidFrame: the share is not between 0 and 1.
    """
    return _cold_split(interactions, c.USER_ID, share, seed)


def _cold_split(interactions: pd.DataFrame, id_column: str, share: float, seed: int) -> ColdSplit:
    if not 0 < share < 1:
        raise InvalidFrame("share", share, "a share between 0 and 1 is wanted")
    ids = np.array(sorted(interactions[id_column].dropna().unique()), dtype=object)
    number = min(max(round(share * len(ids)), 1), len(ids))
    held_out = sorted(np.random.default_rng(seed).choice(ids, size=number, replace=False).tolist())
    cold = interactions[id_column].isin(held_out)
    return ColdSplit(
        interactions[~cold].reset_index(drop=True), interactions[cold].reset_index(drop=True), tuple(held_out)
    )


@dataclass(frozen=True, eq=False)
class Truth:
    """What users went on to do, in the row numbers of the data set that was learnt from.

    Attributes:
        users: (m,) rows of the users who did anything that counts, rising.
        items: (m, n_items) float32, 1 where the user of that place took the item.
        new_only: whether items that the user had before are left out.
        unknown_users: how many users are not in the data set, and so are not asked about.
        unknown_items: how many pairs were with items that are not in the data set.
    """

    users: IntArray
    items: Csr
    new_only: bool
    unknown_users: int = 0
    unknown_items: int = 0

    @classmethod
    def from_frame(
        cls,
        interactions: pd.DataFrame,
        dataset: InteractionDataset,
        *,
        new_only: bool,
        kinds: Collection[str] = (c.PURCHASE,),
    ) -> Truth:
        """Read the truth from the cleaned interactions of a later time.

        Args:
            interactions: what happened after, cleaned (`recsys.cleaning.clean`).
            dataset: what was learnt from.
            new_only: leave out the items that the user has a positive event with in `dataset`.
            kinds: the kinds of events that count.
        """
        counted = interactions[interactions[c.KIND].isin(kinds)].drop_duplicates([c.USER_ID, c.ITEM_ID])
        users, items = dataset.users.rows(counted[c.USER_ID]), dataset.items.rows(counted[c.ITEM_ID])
        known = (users >= 0) & (items >= 0)
        cells = sparse.csr_matrix(
            (np.ones(int(known.sum()), dtype=np.float32), (users[known], items[known])), shape=dataset.matrix.shape
        )
        if new_only:
            cells = sparse.csr_matrix(cells - cells.multiply(dataset.matrix > 0), dtype=np.float32)
            cells.eliminate_zeros()
        rows = np.flatnonzero(cells.getnnz(axis=1)).astype(np.int64)
        strangers = counted[c.USER_ID][users < 0].nunique()
        return cls(
            rows, sparse.csr_matrix(cells[rows]), new_only, int(strangers), int(((users >= 0) & (items < 0)).sum())
        )

    def exclude(self, dataset: InteractionDataset) -> Csr | None:
        """Give the cells (m, n_items) that a list judged by this truth leaves out; None where any item may come."""
        return sparse.csr_matrix(dataset.matrix[self.users]) if self.new_only else None
