"""Tells a photo of the catalogue from a stranger's: features of an answer, and a logistic model over them."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from vision.matcher_settings import CertaintyWeights
from vision.scoring import Scored

Values = NDArray[np.float64]

FEATURES = ("nearest", "density", "margin", "energy", "class_lead")
DENSITY_OF = 5
"""Products whose mean similarity tells how dense the catalogue is where the photo lies."""


def features(ranked: Scored, class_lead: float, temperature: float) -> dict[str, float]:
    """Give what tells a stranger.

    Args:
        ranked: the best products, in order, at least one.
        class_lead: probability of the likeliest class.
        temperature: of the softmax over products.

    Returns:
        `nearest`: similarity of the nearest product. `density`: mean of the five nearest. `margin`: how far the first
        is before the second, 0 where there is one. `energy`: temperature * log of the sum of exponentials (Liu et
        al., "Energy-based Out-of-distribution Detection", 2020). `class_lead`: as given.
    """
    similarity = np.sort(ranked.similarity)[::-1].astype(np.float64)
    scores = ranked.score.astype(np.float64)
    return {
        "nearest": float(similarity[0]),
        "density": float(similarity[:DENSITY_OF].mean()),
        "margin": float(scores[0] - scores[1]) if len(scores) > 1 else 0.0,
        "energy": temperature * float(np.logaddexp.reduce(scores / temperature)),
        "class_lead": class_lead,
    }


def certainty(found: Mapping[str, float], weights: CertaintyWeights) -> float:
    """Give the probability, 0 to 1, that the photo shows something of the catalogue."""
    logit = weights.intercept + sum(weight * found[name] for name, weight in weights.weights.items())
    return 1.0 / (1.0 + math.exp(-max(-500.0, min(500.0, logit))))
