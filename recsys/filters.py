"""Says which items may be shown at all, before anything is ranked."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from recsys.arrays import BoolArray, IntArray
from recsys.edits import Edits
from recsys.errors import InvalidFrame
from recsys.identifiers import IdMap
from recsys.parts import Parts
from recsys.shopper import Shopper


def rows_among(items: IdMap, item_ids: Collection[str]) -> IntArray:
    """Give the rows of items, sorted and each once; ids that the model does not know are passed over."""
    rows = items.rows(item_ids)
    return np.asarray(np.unique(rows[rows >= 0]), dtype=np.int64)


def mask_of(parts: Parts, candidates: Collection[str] | None) -> BoolArray:
    """Mark the candidates, shape (n_items,); None marks all items."""
    if candidates is None:
        return np.ones(parts.n_items, dtype=bool)
    mask = np.zeros(parts.n_items, dtype=bool)
    mask[rows_among(parts.items, candidates)] = True
    return mask


def allowed_for(
    parts: Parts, shopper: Shopper, edits: Edits, candidates: Collection[str] | None, exclude_seen: bool
) -> BoolArray:
    """Mark the items that may be shown to a shopper, shape (n_items,).

    Args:
        parts: The model.
        shopper: What was dismissed or argued away is out, whatever else is asked for.
        edits: A wish about the price keeps out what does not fit it, and what has no price.
        candidates: External ids; None is all items.
        exclude_seen: Whether what the shopper had to do with is out too.
    """
    mask = mask_of(parts, candidates)
    mask[shopper.hidden] = False
    if exclude_seen:
        mask[shopper.met] = False
    return np.asarray(mask & edits.affordable(parts.prices))


def check_k(k: int) -> None:
    """Refuse to rank no items.

    Raises:
        InvalidFrame: If k is below 1.
    """
    if k < 1:
        raise InvalidFrame("k", k, "at least 1 is wanted")


def check_share(name: str, share: float) -> None:
    """Refuse what is no share.

    Raises:
        InvalidFrame: If it is not between 0 and 1, or NaN.
    """
    if not 0.0 <= share <= 1.0:
        raise InvalidFrame(name, share, "a number from 0 to 1 is wanted")
