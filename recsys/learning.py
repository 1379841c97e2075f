"""Learns one model from frames, up to a moment: the one way in which every model of a training is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from recsys import columns as c
from recsys.arrays import FloatArray, IntArray
from recsys.blend import Blend
from recsys.blend_model import evidence_of
from recsys.components import Evidence, component_scores
from recsys.config import TrainingConfig
from recsys.dataset import InteractionDataset
from recsys.errors import InvalidFrame
from recsys.fold_in import FoldInSettings
from recsys.frames_io import Frames
from recsys.hybrid import LightFMHybrid
from recsys.index import INDEX_FROM, ItemIndex
from recsys.lightfm_training import Epoch
from recsys.new_shop import features_only, learnt_nothing, newest_first
from recsys.parts import Parts
from recsys.representations import Representations
from recsys.split import Truth
from recsys.times import as_utc, parsed_times

OnEpoch = Callable[[Epoch], None]


@dataclass(frozen=True, eq=False)
class Learnt:
    """What was learnt, all but the weights of the blend.

    Attributes:
        dataset: From what.
        representations: The hybrid's.
        evidence: About its items.
        epochs: Those of LightFM; none where there was nothing to learn from.
        best: The one that was kept, 0 where there was none.
    """

    dataset: InteractionDataset
    representations: Representations
    evidence: Evidence
    epochs: tuple[Epoch, ...] = ()
    best: int = 0

    @property
    def from_behaviour(self) -> bool:
        """Whether there was any behaviour to learn from."""
        return bool(self.dataset.matrix.nnz)

    def scores(self, blend: Blend) -> Callable[[IntArray], FloatArray]:
        """Give what scores all items for some rows of users by a blend, as it is served."""

        def score(users: IntArray) -> FloatArray:
            vectors = self.representations.user_embeddings[users]
            combined = blend.combine(component_scores(self.evidence, self.dataset.matrix[users], vectors))
            return np.array(np.broadcast_to(combined, (len(users), self.evidence.n_items)))

        return score


def span_of(frames: Frames, config: TrainingConfig) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """Give the time in which things happened; None where nothing possible did.

    It begins with the hundredth part of the events: a few with a wrong clock do not make a young shop old.
    """
    times = parsed_times(frames.interactions[c.TIMESTAMP])
    latest = config.cleaning.max_time or pd.Timestamp.now(tz="UTC")
    possible = times[(times >= as_utc(config.cleaning.min_time)) & (times <= as_utc(latest))]
    if possible.empty:
        return None
    ordered = possible.sort_values()
    return as_utc(ordered.iloc[len(ordered) // 100]), as_utc(ordered.iloc[-1])


def before(frames: Frames, moment: pd.Timestamp) -> Frames:
    """Give the same frames with only what happened before a moment."""
    times = parsed_times(frames.interactions[c.TIMESTAMP])
    return replace(frames, interactions=frames.interactions[(times < moment).to_numpy()].reset_index(drop=True))


def dataset_of(frames: Frames, config: TrainingConfig, now: pd.Timestamp | None = None) -> InteractionDataset:
    """Build the data set of frames as a configuration says.

    Args:
        frames: Raw frames.
        config: How.
        now: Ages are counted from here; None is the time of the last clean event.

    Raises:
        InvalidFrame: A frame cannot be read, or there is no item at all.
    """
    items = frames.item_features if len(frames.interactions) else newest_first(frames.item_features)
    dataset = InteractionDataset.from_frames(
        frames.interactions,
        frames.user_features,
        items,
        cleaning=config.cleaning,
        weighting=config.weighting,
        fields=config.fields,
        now=now,
        identity_weight=config.identity_weight,
    )
    if not len(dataset.items):
        raise InvalidFrame("interactions", 0, "without any item there is nothing to recommend")
    return dataset


def learn(
    frames: Frames,
    dataset: InteractionDataset,
    config: TrainingConfig,
    *,
    validation: Truth | None = None,
    epochs: int | None = None,
    on_epoch: OnEpoch | None = None,
) -> Learnt:
    """Learn from a data set: LightFM, neighbours, popularity and content; without behaviour, content alone.

    Args:
        frames: Those of the data set.
        dataset: `dataset_of` them.
        config: How.
        validation: What LightFM stops by; None runs all epochs.
        epochs: How many; None is what `config.hybrid` says.
        on_epoch: Called after each epoch.
    """
    if not dataset.matrix.nnz:
        nothing = learnt_nothing(dataset)
        return Learnt(dataset, nothing, features_only(dataset, nothing, frames.item_features))
    settings = config.hybrid if epochs is None else replace(config.hybrid, epochs=epochs)
    if validation is None:
        settings = replace(settings, patience=settings.epochs + 1)
    fitted = LightFMHybrid(settings).fit(dataset, validation=validation, on_epoch=on_epoch).fitted
    evidence = evidence_of(dataset, fitted.representations, config.neighbours)
    return Learnt(dataset, fitted.representations, evidence, fitted.epochs, fitted.best)


def parts_of(
    learnt: Learnt,
    frames: Frames,
    config: TrainingConfig,
    blend: Blend,
    fold_in: FoldInSettings | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Parts:
    """Put together what is served of what was learnt; without a choice, shoppers are folded in as usual."""
    items = learnt.representations
    large = len(learnt.dataset.items) >= INDEX_FROM
    index = ItemIndex.build(items.item_embeddings, items.item_biases, config.seed) if large else None
    return Parts.of(
        learnt.dataset,
        learnt.representations,
        learnt.evidence,
        blend,
        frames.item_features,
        worths=config.weighting.kinds,
        fold_in=fold_in,
        index=index,
        metadata=metadata,
    )
