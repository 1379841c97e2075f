"""What models learn from: cleaned and weighted interactions, and the features of users and items, as matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from recsys import columns as c
from recsys.arrays import BoolArray, Csr
from recsys.cleaning import Cleaning, CleaningReport, clean
from recsys.errors import InvalidFrame, NoInteractions
from recsys.feature_fields import FeatureField
from recsys.feature_frames import id_column_of
from recsys.features import Encoded, FeatureSpace
from recsys.identifiers import IdMap, is_id
from recsys.times import as_utc
from recsys.weighting import Weighting

EMPTY = pd.DataFrame({name: pd.Series(dtype=object) for name in c.REQUIRED_INTERACTIONS})


@dataclass(frozen=True, eq=False)
class InteractionDataset:
    """Users and items by row number, what they did, and what is known of them.

    A user or an item is hot when it has an event that counts, and warm when only its features are known.

    Attributes:
        users: n_users ids; items: n_items ids. Hot and warm ones alike.
        interactions: cleaned rows in the order of time, with `user` and `item` (int64 rows); `weight` (float64) is now
            the whole worth of the event, with its kind and its age.
        matrix: (n_users, n_items) float32, the summed worth of positive events.
        dismissed: (n_users, n_items) float32, the summed worth of dismissals that no later cart or purchase took back.
        user_space: the columns of `user_features`; item_space: those of `item_features`.
        user_features: (n_users, n_columns) float32, rows sum to 1; item_features: (n_items, n_columns) likewise.
        report: what cleaning dropped.
        now: the time from which ages are counted.
        unknown_values: for `user` and for `item`, how many values of each field got no column: rare or unreadable ones.
    """

    users: IdMap
    items: IdMap
    interactions: pd.DataFrame
    matrix: Csr
    dismissed: Csr
    user_space: FeatureSpace
    item_space: FeatureSpace
    user_features: Csr
    item_features: Csr
    report: CleaningReport
    now: pd.Timestamp
    unknown_values: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @classmethod
    def from_frames(
        cls,
        interactions: pd.DataFrame | None,
        user_features: pd.DataFrame | None = None,
        item_features: pd.DataFrame | None = None,
        *,
        cleaning: Cleaning | None = None,
        weighting: Weighting | None = None,
        fields: Sequence[FeatureField] | None = None,
        now: datetime | pd.Timestamp | None = None,
        identity_weight: float = 1.0,
        spare_users: int = 0,
        spare_items: int = 0,
    ) -> InteractionDataset:
        """Build a data set from raw frames; without any event it holds warm users and items only.

        Args:
            interactions: `user_id`, `item_id`, `kind`, `timestamp`, and what else `recsys.columns` names; may be None.
            user_features: long: `user_id`, `feature`, `value`, optional `weight`; its users count without events too.
            item_features: long, likewise with `item_id`.
            cleaning: what is impossible. Where it sets no `max_time`, nothing after `now` is possible.
            weighting: what events are worth.
            fields: how features are read, for users and items alike; None is the usual.
            now: ages are counted from here; None is the time of the last clean event.
            identity_weight: how much the identity of a hot row weighs beside a field.
            spare_users: columns to reserve for users of later.
            spare_items: columns to reserve for items of later.

        Raises:
            InvalidFrame: a frame lacks a column, or a column cannot be what it says.
        """
        rows, report = _cleaned(interactions, cleaning or Cleaning(), now)
        users = IdMap.from_ids((*rows[c.USER_ID].unique(), *known_ids(user_features, c.USER_ID)))
        items = IdMap.from_ids((*rows[c.ITEM_ID].unique(), *known_ids(item_features, c.ITEM_ID)))
        moment = _moment(rows, now)
        rows = rows.assign(**{c.USER: users.rows(rows[c.USER_ID]), c.ITEM: items.rows(rows[c.ITEM_ID])})
        rows[c.WEIGHT] = (weighting or Weighting()).worths(rows, moment)
        matrix = _matrix(rows[rows[c.KIND].isin(c.POSITIVE_KINDS)], (len(users), len(items)))
        read = partial(_described, fields=fields, now=moment, identity_weight=identity_weight)
        user_space, of_users = read(user_features, users, matrix.getnnz(axis=1), spare=spare_users)
        item_space, of_items = read(item_features, items, matrix.getnnz(axis=0), spare=spare_items)
        return cls(
            users=users,
            items=items,
            interactions=rows,
            matrix=matrix,
            dismissed=_matrix(_standing_dismissals(rows), matrix.shape),
            user_space=user_space,
            item_space=item_space,
            user_features=of_users.matrix,
            item_features=of_items.matrix,
            report=report,
            now=moment,
            unknown_values={c.USER: of_users.unknown, c.ITEM: of_items.unknown},
        )

    @property
    def hot_users(self) -> BoolArray:
        """Tell the users with a positive event; shape (n_users,)."""
        return np.asarray(self.matrix.getnnz(axis=1) > 0)

    @property
    def hot_items(self) -> BoolArray:
        """Tell the items with a positive event; shape (n_items,)."""
        return np.asarray(self.matrix.getnnz(axis=0) > 0)

    def require_interactions(self, wanted_by: str) -> None:
        """Check that there is something to learn from.

        Raises:
            NoInteractions: no positive event is left.
        """
        if self.matrix.nnz == 0:
            raise NoInteractions(wanted_by)


def known_ids(features: pd.DataFrame | None, id_column: str) -> list[str]:
    """Give the ids that a frame of features describes, each once, those that are no ids left out.

    Raises:
        InvalidFrame: it is no frame of features of those.
    """
    if features is None:
        return []
    if id_column_of(features) != id_column:
        raise InvalidFrame(id_column, list(features.columns), "a column is missing")
    return [id for id in features[id_column].unique() if is_id(id)]


def _cleaned(
    interactions: pd.DataFrame | None, rules: Cleaning, now: datetime | pd.Timestamp | None
) -> tuple[pd.DataFrame, CleaningReport]:
    if now is not None and rules.max_time is None:
        rules = replace(rules, max_time=as_utc(now).to_pydatetime())
    return clean(EMPTY if interactions is None else interactions, rules)


def _moment(rows: pd.DataFrame, now: datetime | pd.Timestamp | None) -> pd.Timestamp:
    if now is not None:
        return as_utc(now)
    return rows[c.TIMESTAMP].max() if len(rows) else as_utc(datetime.now(UTC))


def _described(
    frame: pd.DataFrame | None,
    ids: IdMap,
    events: npt.NDArray[np.integer[Any]],
    *,
    fields: Sequence[FeatureField] | None,
    now: pd.Timestamp,
    identity_weight: float,
    spare: int,
) -> tuple[FeatureSpace, Encoded]:
    """Learn the columns of features, with an identity for each row that has any events, and encode all rows."""
    seen = np.flatnonzero(events).astype(np.int64)
    space = FeatureSpace.fit(frame, ids, fields, seen, now, identity_weight=identity_weight, spare=spare)
    return space, space.encode(frame, ids, now)


def _matrix(rows: pd.DataFrame, shape: tuple[int, int]) -> Csr:
    place = (rows[c.USER].to_numpy(np.int64), rows[c.ITEM].to_numpy(np.int64))
    matrix = sparse.coo_matrix((rows[c.WEIGHT].to_numpy(np.float64), place), shape=shape).tocsr()
    matrix.eliminate_zeros()
    return sparse.csr_matrix(matrix, dtype=np.float32)


def _standing_dismissals(rows: pd.DataFrame) -> pd.DataFrame:
    """Give the dismissals after which the shopper neither put the item in the cart nor bought it."""
    wanted = rows[rows[c.KIND].isin((c.CART, c.PURCHASE))].groupby([c.USER, c.ITEM])[c.TIMESTAMP].max()
    dismissals = rows[rows[c.KIND] == c.DISMISS]
    later = wanted.reindex(pd.MultiIndex.from_frame(dismissals[[c.USER, c.ITEM]]))
    return dismissals[~(later.to_numpy() > dismissals[c.TIMESTAMP].to_numpy())]
