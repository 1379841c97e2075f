"""Goes on learning from new interactions, where users and items have grown, without mixing up what was learnt.

LightFM's `fit_partial` goes by row numbers alone: given a data set that was built anew, whose rows are in another
order, it puts the vectors of old items under new ones and says nothing. Here old rows keep their numbers, new ones come
behind them, and each learnt column is carried over by what it stands for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd
from scipy import sparse

from recsys import columns as c
from recsys.arrays import BoolArray, Csr, IntArray
from recsys.cleaning import Cleaning
from recsys.dataset import InteractionDataset
from recsys.errors import FeatureMismatch, RowsMoved
from recsys.features import FeatureSpace
from recsys.hybrid import LightFMHybrid, without_features
from recsys.identifiers import IdMap
from recsys.lightfm_state import LightFMState
from recsys.lightfm_training import HybridSettings, Training
from recsys.split import Truth
from recsys.weighting import Weighting


@dataclass(frozen=True)
class Update:
    """How a model came to know new interactions.

    Attributes:
        model: A new model; the former one is as it was.
        refitted: Whether it was trained anew.
        reason: Why, "" where it was not.
    """

    model: LightFMHybrid
    refitted: bool
    reason: str = ""


@dataclass(frozen=True)
class UpdateSettings:
    """When going on is enough.

    Attributes:
        epochs: How often to go through the histories of the users who did something new.
        max_growth: The share of users, or of items, with interactions that may be new; above it, train anew. Few steps
            teach little of many new rows, and what is known of the old ones was balanced without them.
    """

    epochs: int = 5
    max_growth: float = 0.2


def extended(
    old: InteractionDataset,
    interactions: pd.DataFrame,
    user_features: pd.DataFrame | None = None,
    item_features: pd.DataFrame | None = None,
    *,
    cleaning: Cleaning | None = None,
    weighting: Weighting | None = None,
    now: datetime | pd.Timestamp | None = None,
) -> InteractionDataset:
    """Build a data set from frames that have grown, in which all rows and columns of the old one stay where they are.

    Args:
        old: The data set that a model has learnt from.
        interactions: All interactions, the old ones too.
        user_features: All features of users.
        item_features: All features of items.
        cleaning: As for the old one, like all others.
        weighting: What events are worth.
        now: Ages are counted from here.

    Returns:
        A data set whose new users and items come behind the old, and whose new hot rows have identities: in columns
        that were spare, and where these run out, in columns behind all others.

    Raises:
        FeatureMismatch: Fields came or went; train anew.
        InvalidFrame: A frame cannot be read.
    """
    for space, frame in ((old.user_space, user_features), (old.item_space, item_features)):
        if frame is not None:
            space.require(frame)
    fresh = InteractionDataset.from_frames(
        interactions, user_features, item_features, cleaning=cleaning, weighting=weighting, fields=(), now=now
    )
    users, items = old.users.extended(fresh.users), old.items.extended(fresh.items)
    matrix, dismissed = (_moved(cells, fresh, users, items) for cells in (fresh.matrix, fresh.dismissed))
    rows = fresh.interactions
    user_space = _with_identities(old.user_space, users.ids(np.flatnonzero(matrix.getnnz(axis=1))))
    item_space = _with_identities(old.item_space, items.ids(np.flatnonzero(matrix.getnnz(axis=0))))
    return replace(
        fresh,
        users=users,
        items=items,
        interactions=rows.assign(**{c.USER: users.rows(rows[c.USER_ID]), c.ITEM: items.rows(rows[c.ITEM_ID])}),
        matrix=matrix,
        dismissed=dismissed,
        user_space=user_space,
        item_space=item_space,
        user_features=user_space.transform(user_features, users, fresh.now),
        item_features=item_space.transform(item_features, items, fresh.now),
    )


def grow(state: LightFMState, old: InteractionDataset, new: InteractionDataset) -> LightFMState:
    """Resize what was learnt for a data set that has grown; every old column keeps its values and step sizes.

    Args:
        state: What was learnt from `old`.
        old: The data set that was learnt from.
        new: The one to go on with, as `extended` gives it.

    Raises:
        RowsMoved: The old users or items are not the first ones of the new, in the same order.
        FeatureMismatch: A value of a field that was learnt of has no column any more.
    """
    for before, after in ((old.users, new.users), (old.items, new.items)):
        require_prefix(before, after)
    for learnt, given in ((old.user_space, new.user_space), (old.item_space, new.item_space)):
        lost = {column for column in learnt.columns if column[0] not in (c.SPARE, c.IDENTITY)} - set(given.columns)
        if lost:
            raise FeatureMismatch(missing=[f"{field}={value}" for field, value in lost])
    carried = state.carried("user", old.user_space.columns, new.user_space.columns)
    return carried.carried("item", old.item_space.columns, new.item_space.columns)


def fit_partial(
    model: LightFMHybrid,
    new: InteractionDataset,
    *,
    settings: UpdateSettings | None = None,
    validation: Truth | None = None,
) -> Update:
    """Go on learning from a data set that has grown, or train anew where it has grown too much.

    Learns from the whole histories of the users who did something since, so that what they took before is no negative.

    Args:
        model: A fitted model; it is not changed.
        new: All interactions, old and new, as `extended` gives them.
        settings: How long, and up to which growth; None is the default.
        validation: What to stop by; with it, going on never makes its NDCG@10 worse.

    Raises:
        NotFitted: The model has learnt nothing yet.
        RowsMoved: The data set was not made by `extended`.
        FeatureMismatch: A value that was learnt of has no column any more.
    """
    rules, old = settings or UpdateSettings(), model.fitted.dataset
    known = new if model.features else without_features(new)
    start = grow(model.fitted.state, old, known)
    reason = _too_much(old, new, rules.max_growth)
    if reason:
        anew = LightFMHybrid(model.settings, model.features).fit(new, validation=validation)
        return Update(anew, True, reason)
    shorter = replace(model.settings, epochs=rules.epochs, seed=_next_seed(model.settings, new))
    training = Training(known, shorter, start, validation, None, changed_users(old, new))
    return Update(LightFMHybrid.of_fitted(model.settings, training.run(), features=model.features), False)


def changed_users(old: InteractionDataset, new: InteractionDataset) -> IntArray:
    """Give the rows, in the new data set, of the users who did something that the old one does not know, rising."""
    before = old.interactions.groupby(c.USER).size().reindex(range(len(new.users)), fill_value=0)
    after = new.interactions.groupby(c.USER).size().reindex(range(len(new.users)), fill_value=0)
    last = old.interactions[c.TIMESTAMP].max()
    later = new.interactions.loc[new.interactions[c.TIMESTAMP] > last, c.USER].unique()
    return np.union1d(np.flatnonzero(before.to_numpy() != after.to_numpy()), later).astype(np.int64)


def require_prefix(before: IdMap, after: IdMap) -> None:
    """Check that ids have only grown.

    Raises:
        RowsMoved: An old id has another row, or none.
    """
    found = after.rows(before)
    for row in np.flatnonzero(found != np.arange(len(before))):
        raise RowsMoved(before.ids([int(row)])[0], int(row), int(found[row]))


def _too_much(old: InteractionDataset, new: InteractionDataset, limit: float) -> str:
    for name, before, after in (
        ("users", old.hot_users, new.hot_users),
        ("items", old.hot_items, new.hot_items),
    ):
        share = 1.0 - _still(before, after).sum() / max(int(after.sum()), 1)
        if share > limit:
            return f"{share:.0%} of the {name} with interactions are new, more than {limit:.0%}"
    return ""


def _still(before: BoolArray, after: BoolArray) -> BoolArray:
    return before & after[: len(before)]


def _next_seed(settings: HybridSettings, new: InteractionDataset) -> int:
    """Give another seed than the former run's, the same one for the same data."""
    return (settings.seed + len(new.interactions)) % 2**31


def _with_identities(space: FeatureSpace, hot: Iterable[str]) -> FeatureSpace:
    """Give each hot row an identity: in spare columns first, then behind the last column."""
    new = [id for id in hot if (c.IDENTITY, id) not in space.positions]
    spare = sum(field == c.SPARE for field, _ in space.columns)
    reserved = space.with_identities(new[:spare])
    return replace(reserved, columns=(*reserved.columns, *((c.IDENTITY, id) for id in new[spare:])))


def _moved(cells: Csr, fresh: InteractionDataset, users: IdMap, items: IdMap) -> Csr:
    """Give the same cells in the rows and columns of other id maps."""
    found = cells.tocoo()
    place = (users.rows(fresh.users)[found.row], items.rows(fresh.items)[found.col])
    return sparse.csr_matrix((found.data, place), shape=(len(users), len(items)), dtype=np.float32)
