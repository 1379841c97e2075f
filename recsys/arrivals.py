"""Finds what is new, in personal order, scored by features alone: nobody has bought it yet, or hardly anybody."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timezone

import numpy as np

from recsys import columns as c
from recsys.arrays import FloatArray, IntArray
from recsys.filters import allowed_for
from recsys.parts import Parts
from recsys.profile import Profile
from recsys.representations import represent
from recsys.served import Served
from recsys.shopper import Shopper
from recsys.slate import Reason, Slate
from recsys.sparse_rows import normalised
from recsys.times import as_utc
from recsys.topk import largest

MAX_AGE_DAYS = 30.0
"""What came longer ago is not called new."""

FADING_DAYS = 15.0
"""So many days take as much from an item as one standard deviation of taste gives it."""

POLICY = "new"
_DAY = 86_400.0


def new_items(
    served: Served,
    profile: Profile,
    k: int,
    candidates: Collection[str] | None,
    now: datetime,
    max_age_days: float = MAX_AGE_DAYS,
) -> Slate:
    """Rank the items that came lately by taste and newness; for a stranger the newest come first.

    Args:
        served: The model.
        profile: Who asks.
        k: How many.
        candidates: External ids; None is all items.
        now: Ages are counted from here; what comes later is not shown yet.
        max_age_days: What is older is left out.
    """
    parts, shopper = served.parts, served.shopper(profile)
    allowed = allowed_for(parts, shopper, profile.edits, candidates, exclude_seen=True)
    ages = (as_utc(now).timestamp() - parts.available_from) / _DAY
    rows = np.flatnonzero(allowed & (ages >= 0) & (ages <= max_age_days))
    scores = _tastes(parts, shopper, profile.edits.ignore, rows) - ages[rows] / FADING_DAYS
    best = largest(scores, k)
    chosen = rows[best]
    reasons = [(Reason("new", value=_iso(parts.available_from[row])),) for row in chosen]
    return Slate.of(parts.items.ids(chosen), scores[best].tolist(), reasons, POLICY, shopper.temperature)


def _tastes(parts: Parts, shopper: Shopper, ignored: Collection[str], rows: IntArray) -> FloatArray:
    """Give the hybrid's scores from features without identities, in standard deviations among these items."""
    if not shopper.vector.any() or not len(rows):
        return np.zeros(len(rows))
    columns = parts.item_space.columns
    features = parts.item_features[rows]
    told = [columns[column][0] not in {*ignored, c.IDENTITY, c.SPARE} for column in features.indices]
    features.data = features.data * np.array(told, dtype=np.float32)
    learnt = parts.representations
    vectors, biases = represent(normalised(features), learnt.item_feature_embeddings, learnt.item_feature_biases)
    scores = vectors.astype(np.float64) @ shopper.vector + biases
    return np.asarray((scores - scores.mean()) / (scores.std() or 1.0))


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(float(seconds), tz=timezone.utc).isoformat()
