"""Puts what is on offer into personal order; what is on offer is for the shop to say, never guessed from prices."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from recsys.filters import allowed_for, mask_of
from recsys.profile import Profile
from recsys.reasons import MOST, reasons_for
from recsys.served import Served
from recsys.slate import Reason, Slate

POLICY = "deals"


def deals(
    served: Served, profile: Profile, promoted: Collection[str], k: int, candidates: Collection[str] | None
) -> Slate:
    """Rank promoted items for a shopper, those that were seen before too: a lower price is news of them.

    Args:
        served: The model.
        profile: Who asks; what was dismissed stays away.
        promoted: External ids of what is on offer; those that the model does not know cannot be ranked and are left
            out until `Recommender.update_items` has told of them.
        k: How many.
        candidates: External ids; None is all items.
    """
    parts, shopper = served.parts, served.shopper(profile)
    allowed = allowed_for(parts, shopper, profile.edits, candidates, exclude_seen=False) & mask_of(parts, promoted)
    rows, scores = served.score_rows(shopper, profile.edits, np.flatnonzero(allowed)).best(k)
    reasons = [(Reason("promotion"), *others)[:MOST] for others in reasons_for(served, shopper, profile.edits, rows)]
    return Slate.of(
        parts.items.ids(rows),
        scores.tolist(),
        reasons,
        POLICY,
        shopper.temperature,
        probabilities=parts.blend.probability(scores).tolist() if parts.blend.learnt else None,
    )
