"""What every benchmark is: interactions, what was known of users and items at a time, and where time is cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from recsys import columns as c
from recsys.cleaning import Cleaning, clean
from recsys.dataset import InteractionDataset
from recsys.errors import InvalidFrame
from recsys.feature_fields import FeatureField
from recsys.frames_io import Frames
from recsys.lightfm_training import HybridSettings
from recsys.weighting import Weighting

Features = tuple[pd.DataFrame | None, pd.DataFrame | None]
"""Long frames of users and of items."""


@dataclass(frozen=True)
class BenchmarkSettings:
    """How the data are read and LightFM learns; all of it was chosen before the test period was looked at.

    Attributes:
        weighting: What events are worth.
        cleaning: What is impossible.
        fields: How features are read; None is the usual.
        identity_weight: How much the identity of a hot row weighs beside a field.
        hybrid: How LightFM learns.
    """

    weighting: Weighting = field(default_factory=Weighting)
    cleaning: Cleaning = field(default_factory=Cleaning)
    fields: tuple[FeatureField, ...] | None = None
    identity_weight: float = 1.0
    hybrid: HybridSettings = field(default_factory=HybridSettings)


@dataclass(frozen=True)
class Benchmark:
    """One data set and how it is cut by time: learn, choose, test.

    Attributes:
        name: As in tables.
        about: Where the data are from, for the reader of a figure.
        interactions: All of them, not cleaned.
        features_at: What was known of users and items at a moment.
        train_end: The first moment that is chosen by.
        valid_end: The first moment of the test.
        test_end: The first moment after the test.
        settings: How it is learnt from.
        cold_items: Whether items are held out.
        cold_users: Whether users are held out.
        notes: What was done to the data before, for the report.
    """

    name: str
    about: str
    interactions: pd.DataFrame
    features_at: Callable[[pd.Timestamp], Features]
    train_end: pd.Timestamp
    valid_end: pd.Timestamp
    test_end: pd.Timestamp
    settings: BenchmarkSettings = field(default_factory=BenchmarkSettings)
    cold_items: bool = True
    cold_users: bool = False
    notes: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.train_end < self.valid_end < self.test_end:
            moments = [str(moment) for moment in (self.train_end, self.valid_end, self.test_end)]
            raise InvalidFrame(self.name, moments, "rising moments are wanted")

    def earlier(self) -> Benchmark:
        """Give the same data cut one period earlier: what is the test here is what the other chooses by."""
        train_end = self.train_end - (self.valid_end - self.train_end)
        return replace(self, train_end=train_end, valid_end=self.train_end, test_end=self.valid_end)

    def frames_at(self, moment: pd.Timestamp) -> Frames:
        """Give what was known at a moment."""
        earlier = self.interactions[self.interactions[c.TIMESTAMP] < moment].reset_index(drop=True)
        return Frames(earlier, *self.features_at(moment))

    def dataset_of(self, frames: Frames, moment: pd.Timestamp) -> InteractionDataset:
        """Build what models learn from.

        Raises:
            NoInteractions: Nothing happened before the moment, or nothing is left of it.
        """
        settings = self.settings
        dataset = InteractionDataset.from_frames(
            frames.interactions,
            frames.user_features,
            frames.item_features,
            cleaning=settings.cleaning,
            weighting=settings.weighting,
            fields=settings.fields,
            now=moment,
            identity_weight=settings.identity_weight,
        )
        dataset.require_interactions(self.name)
        return dataset

    def happened(self, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
        """Give the clean interactions of a period; what was sent back within it did not happen."""
        times = self.interactions[c.TIMESTAMP]
        rows = self.interactions[(times >= start) & (times < end)].reset_index(drop=True)
        return clean(rows, self.settings.cleaning)[0]


def utc(moment: str) -> pd.Timestamp:
    """Read a moment of a split."""
    return pd.Timestamp(moment, tz="UTC")


def long(frame: pd.DataFrame, id_column: str, fields: dict[str, str]) -> pd.DataFrame:
    """Turn a wide frame into a long one of features; what is missing is left out.

    Args:
        frame: One row an item or user.
        id_column: What the ids are to be called; they are in the frame's index.
        fields: The feature for each column to take.
    """
    parts = [
        pd.DataFrame({id_column: values.index, c.FEATURE: fields[name], c.VALUE: values.astype(str).to_numpy()})
        for name in fields
        for values in [frame[name].dropna()]
    ]
    return pd.concat(parts, ignore_index=True)
