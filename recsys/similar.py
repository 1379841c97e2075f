"""Finds what is like an item: in what it is, in who takes it, and in what it is taken with."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from recsys.errors import UnknownItem
from recsys.filters import allowed_for, mask_of
from recsys.profile import Profile
from recsys.served import Served, likeness
from recsys.slate import Reason, Slate
from recsys.topk import largest

POLICY = "similar"

LEAST_LIKENESS = 0.25
"""What is less alike is not called similar: in the demo shop a gap lies there between shoes and what is no shoe."""


def similar_items(
    served: Served, item_id: str, k: int, candidates: Collection[str] | None, profile: Profile | None
) -> Slate:
    """Rank items by their likeness to one.

    Args:
        served: The model.
        item_id: The item; it is never in the list itself.
        k: How many.
        candidates: External ids; None is all items.
        profile: What this shopper dismissed or argued away is left out, fields that shall not count do not make items
            alike, and a wish about the price holds.

    Raises:
        UnknownItem: If the model does not know the item.
    """
    parts = served.parts
    if item_id not in parts.items:
        raise UnknownItem(item_id)
    row = parts.items.row(item_id)
    who = profile or Profile()
    shopper = served.shopper(who)
    allowed = mask_of(parts, candidates)
    if profile is not None:
        allowed = allowed_for(parts, shopper, who.edits, candidates, exclude_seen=False)
    allowed[row] = False
    rows = np.flatnonzero(allowed)
    alike = likeness(served.evidence(who.edits.ignore), row, rows)
    best = largest(alike, k)
    best = best[alike[best] >= LEAST_LIKENESS]
    reasons = [(Reason("similar_to", value=item_id),)] * len(best)
    return Slate.of(parts.items.ids(rows[best]), alike[best].tolist(), reasons, POLICY, shopper.temperature)
