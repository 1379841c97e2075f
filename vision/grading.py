"""Says of a match "exact", "very similar" or "similar", by limits found on photos whose product is known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vision.matcher_settings import GradeLimits
from vision.matching import Grade

Floats = NDArray[np.float32]
Truth = NDArray[np.bool_]

EXACT_PRECISION = 0.99
"""How often "exact" has to be true on validation photos: it is a claim, and one that is not made costs little."""
VERY_SIMILAR_PRECISION = 0.9
"""How often something "very similar" has to be of the class that the photo shows."""
FEWEST = 20
"""Validation photos that a limit has to hold for: fewer prove nothing, and then the grade is not given."""
NEVER = 2.0
"""A limit that no similarity and no probability reaches."""


def grade(similarity: float, probability: float, limits: GradeLimits) -> Grade:
    """Give the grade of a match."""
    if probability >= limits.exact_probability and similarity >= limits.exact_similarity:
        return Grade.EXACT
    if probability >= limits.very_similar_probability and similarity >= limits.very_similar_similarity:
        return Grade.VERY_SIMILAR
    return Grade.SIMILAR


def exact_limits(similarity: Floats, probability: Floats, same_item: Truth) -> tuple[float, float]:
    """Find the limits of probability and similarity that say "exact" of as many true matches as may be.

    Args:
        similarity: of the best match of each validation photo, shape (m,); strangers may be among them, as untrue.
        probability: of the same matches.
        same_item: whether the match is what the photo shows.
    """
    return _fit(similarity, probability, same_item, EXACT_PRECISION)


def very_similar_limit(similarity: Floats, same_class: Truth) -> float:
    """Find the limit of similarity that says "very similar" of as many matches of the photo's class as may be.

    Args:
        similarity: of the best match of each validation photo, shape (m,).
        same_class: whether it is what the photo shows, or of the same class.
    """
    _, limit = _fit(similarity, np.ones_like(similarity), same_class, VERY_SIMILAR_PRECISION)
    return limit


def _fit(similarity: Floats, probability: Floats, true: Truth, precision: float) -> tuple[float, float]:
    """Give the limits of probability and similarity that keep most true ones at this precision."""
    best, kept = (NEVER, NEVER), FEWEST - 1
    for probable in np.unique(np.quantile(probability, np.linspace(0, 0.95, 20))):
        inside = probability >= probable
        limit, count = _similarity_limit(similarity[inside], true[inside], precision)
        if count > kept:
            best, kept = (float(probable), limit), count
    return best


def _similarity_limit(similarity: Floats, true: Truth, precision: float) -> tuple[float, int]:
    """Give the lowest limit with this precision above it, and how many true ones it keeps."""
    order = np.argsort(-similarity, kind="stable")
    hits = np.cumsum(true[order])
    good = np.flatnonzero(hits / np.arange(1, len(order) + 1) >= precision)
    # A limit between equal values would not separate them.
    ranked = similarity[order]
    good = good[(good == len(order) - 1) | (ranked[good] > ranked[np.minimum(good + 1, len(order) - 1)])]
    return (float(ranked[good[-1]]), int(hits[good[-1]])) if len(good) else (NEVER, 0)
