"""Finds what is like an item: in what it is, in who takes it, and in what it is taken with."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from recsys.arrays import BoolArray
from recsys.errors import UnknownItem
from recsys.filters import allowed_for, mask_of
from recsys.profile import Profile
from recsys.served import SPARSE_SHARE, Scored, Served, likeness
from recsys.slate import Reason, Slate

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
    rows, alike = _ranked(served, who, row, allowed).best(k)
    rows, alike = rows[alike >= LEAST_LIKENESS], alike[alike >= LEAST_LIKENESS]
    reasons = [(Reason("similar_to", value=item_id),)] * len(rows)
    return Slate.of(parts.items.ids(rows), alike.tolist(), reasons, POLICY, shopper.temperature)


def _ranked(served: Served, who: Profile, row: int, allowed: BoolArray) -> Scored:
    evidence = served.evidence(who.edits.ignore)
    if allowed.sum() < SPARSE_SHARE * len(allowed):
        rows = np.flatnonzero(allowed)
        return Scored(rows, likeness(evidence, row, rows))
    return Scored(None, np.where(allowed, likeness(evidence, row), np.float32(-np.inf)))
