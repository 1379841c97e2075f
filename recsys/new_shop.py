"""What serves a shop before behaviour can teach: features alone, or a blend that is written down.

A shop that has just opened has items and no events. Its shoppers are recommended by what items are: the first click is
enough for items with like features to come first, and who has clicked nothing sees the newest items first. As soon as
there are events LightFM learns; until there are enough shoppers to choose by, how much each component counts is the
blend below, and not learnt.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys import columns as c
from recsys.arrays import FloatArray
from recsys.blend import WRITTEN_DOWN, Blend
from recsys.components import CONTENT, HYBRID, NEIGHBOURS, REPEAT, TRENDS, Evidence
from recsys.content import item_vectors
from recsys.dataset import InteractionDataset
from recsys.fold_in import FoldInBasis
from recsys.parts import times_of
from recsys.representations import Representations
from recsys.sparse_rows import empty

FEATURES_ONLY = Blend(
    {CONTENT: 1.0, "since_first": -0.2}, {CONTENT: 1.0}, -3.0, {"learnt_from_users": 0, WRITTEN_DOWN: True}
)
"""Like what was clicked, the newer of equals first. Its probabilities are no more than an order."""

FEW_EVENTS = Blend(
    {HYBRID: 0.7, NEIGHBOURS: 0.3, CONTENT: 0.3, REPEAT: 0.2, "month": 0.5},
    {NEIGHBOURS: 0.1, CONTENT: 1.0},
    -3.0,
    {"learnt_from_users": 0, WRITTEN_DOWN: True},
)
"""Signs and rough sizes as blends have them that were learnt on larger shops; not calibrated."""


def newest_first(item_features: pd.DataFrame | None) -> pd.DataFrame | None:
    """Order a frame of items by when they came, the newest in front; those of no known time keep their order behind.

    Where nothing else tells items apart they are shown in the order of the frame.
    """
    if item_features is None:
        return None
    told = item_features[item_features[c.FEATURE] == c.AVAILABLE_FROM].drop_duplicates(c.ITEM_ID, keep="last")
    times = pd.to_datetime(told[c.VALUE], utc=True, errors="coerce", format="ISO8601")
    since = dict(zip(told[c.ITEM_ID], times, strict=True))
    came = item_features[c.ITEM_ID].map(since)
    return item_features.loc[came.sort_values(ascending=False, kind="stable", na_position="last").index]


def learnt_nothing(dataset: InteractionDataset) -> Representations:
    """Give representations in which every vector is zero, one component long."""

    def zeros(n: int) -> tuple[FloatArray, FloatArray]:
        return np.zeros((n, 1), dtype=np.float32), np.zeros(n, dtype=np.float32)

    return Representations.of_features(
        dataset.item_features,
        dataset.user_features,
        zeros(dataset.item_features.shape[1]),
        zeros(dataset.user_features.shape[1]),
    )


def features_only(
    dataset: InteractionDataset, representations: Representations, item_features: pd.DataFrame | None
) -> Evidence:
    """Gather what is known of items that nobody has met: their features, and since when they are there."""
    n_items = len(dataset.items)
    embeddings, biases = representations.item_embeddings, representations.item_biases
    return Evidence(
        embeddings,
        biases,
        FoldInBasis.of(embeddings, biases),
        empty((n_items, n_items)),
        item_vectors(dataset),
        _ages(dataset, item_features),
        1.0,
        {HYBRID: "nothing learnt: no interactions", NEIGHBOURS: "none: no interactions"},
    )


def _ages(dataset: InteractionDataset, item_features: pd.DataFrame | None) -> FloatArray:
    """Give the columns of `TRENDS` of items without sales: only their age, of those of no known time the highest."""
    days = (dataset.now.timestamp() - times_of(item_features, dataset.items)) / 86_400
    days = np.nan_to_num(np.maximum(days, 0.0), nan=float(np.nanmax(np.append(days, 0.0))))
    ages = np.zeros((len(dataset.items), len(TRENDS)), dtype=np.float32)
    ages[:, TRENDS.index("since_first")] = np.log1p(days)
    return ages
