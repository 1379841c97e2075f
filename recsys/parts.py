"""Holds everything that a served model is made of, as plain arrays that numpy and scipy can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from recsys import columns as c
from recsys.arrays import Csr, FloatArray
from recsys.baskets import Baskets
from recsys.blend import Blend
from recsys.components import TRENDS, Evidence
from recsys.dataset import InteractionDataset
from recsys.errors import FeatureMismatch, InvalidFrame
from recsys.features import FeatureSpace, long_frame
from recsys.fold_in import FoldInSettings
from recsys.identifiers import IdMap
from recsys.index import ItemIndex
from recsys.representations import Representations
from recsys.times import as_utc
from recsys.weighting import DEFAULT_KINDS

VERSION = "version"
"""The key of `metadata` that names a training."""

TRAINED_UNTIL = "trained_until"
"""The key of `metadata` with the ISO time up to which `history` counts events."""


@dataclass(frozen=True, eq=False)
class Parts:
    """A trained model, ready to serve; never changed in place.

    Attributes:
        users: n_users ids; items: n_items ids.
        user_space: The columns of `user_features`; item_space: those of `item_features`.
        user_features: float32, shape (n_users, n_user_columns); item_features: (n_items, n_item_columns).
        representations: The hybrid's vectors and biases.
        evidence: What is known of all items; its item vectors and biases are those of `representations`.
        history: What users did, in worth, float32, shape (n_users, n_items).
        dismissed: What users do not want to see, likewise.
        baskets: What was bought together.
        prices: In the shop's currency, NaN where none is known, shape (n_items,).
        available_from: Seconds since 1970, NaN where not known, shape (n_items,).
        blend: How the parts of a score are weighed; its result is a calibrated probability.
        worths: What a fresh event of each positive kind is worth.
        fold_in: How events of a session are solved for.
        index: The approximate index of large catalogues.
        metadata: JSON: `VERSION`, `TRAINED_UNTIL` and what else is worth knowing.

    Raises:
        InvalidFrame: The shapes of two parts do not fit together, or `TRAINED_UNTIL` is missing or no time.
        FeatureMismatch: A feature space is not the one that the vectors were trained with.
    """

    users: IdMap
    items: IdMap
    user_space: FeatureSpace
    item_space: FeatureSpace
    user_features: Csr
    item_features: Csr
    representations: Representations
    evidence: Evidence
    history: Csr
    dismissed: Csr
    baskets: Baskets
    prices: FloatArray
    available_from: FloatArray
    blend: Blend
    worths: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_KINDS))
    fold_in: FoldInSettings = field(default_factory=FoldInSettings)
    index: ItemIndex | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n_users, n_items = len(self.users), len(self.items)
        wanted = {
            "history": (n_users, n_items),
            "dismissed": (n_users, n_items),
            "prices": (n_items,),
            "available_from": (n_items,),
        }
        for name, shape in wanted.items():
            if getattr(self, name).shape != shape:
                raise InvalidFrame(name, getattr(self, name).shape, f"shape {shape} is wanted")
        if TRAINED_UNTIL not in self.metadata:
            raise InvalidFrame("metadata", dict(self.metadata), f"{TRAINED_UNTIL} is wanted")
        as_utc(str(self.metadata[TRAINED_UNTIL]))
        if self.evidence.item_embeddings is not self.representations.item_embeddings:
            raise InvalidFrame("evidence", "item_embeddings", "the very vectors of the representations are wanted")
        if self.evidence.n_items != n_items or len(self.representations.user_embeddings) != n_users:
            raise InvalidFrame("representations", self.evidence.n_items, f"{n_items} items, {n_users} users are wanted")
        for whom in ("user", "item"):
            self._check_features(whom)

    def _check_features(self, whom: str) -> None:
        space, features = getattr(self, f"{whom}_space"), getattr(self, f"{whom}_features")
        trained = len(getattr(self.representations, f"{whom}_feature_embeddings"))
        if space.n_columns > trained:
            raise FeatureMismatch(extra=[f"{field}: {value}" for field, value in space.columns[trained:]])
        if space.n_columns < trained or features.shape[1] != trained:
            raise FeatureMismatch(missing=[f"{trained - space.n_columns} columns of the {whom} features"])

    @classmethod
    def of(
        cls,
        dataset: InteractionDataset,
        representations: Representations,
        evidence: Evidence,
        blend: Blend,
        item_features: pd.DataFrame | None,
        *,
        worths: Mapping[str, float] | None = None,
        fold_in: FoldInSettings | None = None,
        index: ItemIndex | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Parts:
        """Put together what training made.

        Args:
            dataset: What was learnt from.
            representations: The hybrid's, fitted on it.
            evidence: `recsys.blend_model.evidence_of` of both.
            blend: The weights.
            item_features: The frame that the data set was made from; prices and times are read from it.
            worths: The kinds of the `Weighting` that the data set was made with; None is the usual.
            fold_in: As chosen on validation shoppers; None is the usual.
            index: For a large catalogue, `ItemIndex.build` of the item vectors.
            metadata: JSON; `VERSION` and `TRAINED_UNTIL` are added where they are missing.
        """
        until = dataset.now.isoformat()
        return cls(
            users=dataset.users,
            items=dataset.items,
            user_space=dataset.user_space,
            item_space=dataset.item_space,
            user_features=dataset.user_features,
            item_features=dataset.item_features,
            representations=representations,
            evidence=evidence,
            history=dataset.matrix,
            dismissed=dataset.dismissed,
            baskets=Baskets.count(dataset.interactions, len(dataset.items)),
            prices=numbers_of(item_features, dataset.items),
            available_from=times_of(item_features, dataset.items),
            blend=blend,
            worths=dict(DEFAULT_KINDS if worths is None else worths),
            fold_in=fold_in or FoldInSettings(),
            index=index,
            metadata={VERSION: until, TRAINED_UNTIL: until, **(metadata or {})},
        )

    @property
    def version(self) -> str:
        """The name of the training that made this."""
        return str(self.metadata.get(VERSION, ""))

    @property
    def n_items(self) -> int:
        """How many items there are."""
        return len(self.items)

    @cached_property
    def popularity(self) -> FloatArray:
        """The users who met each item, those of 30 days ago at half, shape (n_items,)."""
        return np.asarray(np.expm1(self.evidence.trends[:, TRENDS.index("month")].astype(np.float64)))

    @cached_property
    def categories(self) -> Mapping[str, int]:
        """The column of `item_features` for each category."""
        return {value: number for number, (name, value) in enumerate(self.item_space.columns) if name == c.CATEGORY}

    @cached_property
    def items_by_feature(self) -> Csr:
        """`item_features` by column: a row holds the items that have the feature, shape (n_item_columns, n_items)."""
        return self.item_features.T.tocsr()


def numbers_of(frame: pd.DataFrame | None, items: IdMap, name: str = c.PRICE) -> FloatArray:
    """Read a number of each item from a long frame of features.

    Args:
        frame: `item_id`, `feature`, `value`; None where nothing is known.
        items: Whose numbers.
        name: The feature.

    Returns:
        float64, shape (n_items,); the last value where there are several, NaN where there is none or no number.
    """
    long = long_frame(frame, items)
    given = long[long[c.FEATURE] == name]
    numbers = np.full(len(items), np.nan)
    numbers[given["row"].to_numpy(np.int64)] = pd.to_numeric(given[c.VALUE], errors="coerce").to_numpy(np.float64)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def times_of(frame: pd.DataFrame | None, items: IdMap, name: str = c.AVAILABLE_FROM) -> FloatArray:
    """Read a time of each item from a long frame of features.

    Args:
        frame: `item_id`, `feature`, `value` in ISO 8601; None where nothing is known.
        items: Whose times.
        name: The feature.

    Returns:
        Seconds since 1970 UTC, float64, shape (n_items,); NaN where there is none or no time.
    """
    long = long_frame(frame, items)
    given = long[long[c.FEATURE] == name]
    stamps = pd.to_datetime(given[c.VALUE], utc=True, errors="coerce", format="ISO8601")
    seconds = (stamps - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(seconds=1)
    times = np.full(len(items), np.nan)
    times[given["row"].to_numpy(np.int64)] = seconds.to_numpy(np.float64)
    return times
