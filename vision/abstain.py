"""Tells a photo of the catalogue from a stranger's: features of an answer, and a logistic model over them."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from vision.matcher_settings import CertaintyWeights
from vision.metrics import auroc
from vision.scoring import Scored

Values = NDArray[np.float64]

FEATURES = ("nearest", "density", "margin", "energy", "class_lead")
_NEWTON_STEPS = 15
_CHOICES = (("energy",), ("density",), ("nearest",), ("energy", "class_lead"), ("nearest", "class_lead"))
"""What may decide, in the order of preference: how clearly one product or class leads tells little of a photo that lies
far from all, so it never decides alone."""
_GAIN = 0.01
"""By how much an AUROC has to be better."""
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


def fit_certainty(known: Values, strange: Values, groups: NDArray[np.int64], recall: float = 0.95) -> CertaintyWeights:
    """Learn to tell strangers, and place the limit where this share of the known photos passes.

    The features that are used are chosen by cross-validation: one of distance, or one with the lead of the class.

    Args:
        known: features of photos of the catalogue, columns as `FEATURES`, shape (m, 5).
        strange: features of strangers, shape (n, 5).
        groups: kind of each stranger, shape (n,): each kind counts alike, however many there are of it.
        recall: share of the known that has to pass.
    """
    choices = [[FEATURES.index(name) for name in names] for names in _CHOICES]
    chosen, most = choices[0], -np.inf
    for choice in choices:
        quality = _held_out_quality(known[:, choice], strange[:, choice], groups)
        if quality > most + _GAIN:
            chosen, most = choice, quality
    weights = _logistic(known[:, chosen], strange[:, chosen], groups)
    passing = float(np.quantile(known[:, chosen] @ weights, 1 - recall, method="lower"))
    return CertaintyWeights(
        {FEATURES[column]: float(weight) for column, weight in zip(chosen, weights, strict=True)}, -passing
    )


def _held_out_quality(known: Values, strange: Values, groups: NDArray[np.int64]) -> float:
    """Fit on one half, judge on the other, both ways: the mean over kinds of strangers of the AUROC."""
    qualities = []
    for half in (0, 1):
        fit, test = (np.arange(len(known)) % 2 == half, np.arange(len(strange)) % 2 == half)
        weights = _logistic(known[fit], strange[test], groups[test])
        left, kinds = strange[~test] @ weights, groups[~test]
        qualities += [auroc(known[~fit] @ weights, left[kinds == kind]) for kind in np.unique(kinds)]
    return float(np.mean(qualities))


def _logistic(known: Values, strange: Values, groups: NDArray[np.int64], penalty: float = 1.0) -> Values:
    """Give the weights of a logistic model, known against strange, by Newton's method on standardised features."""
    rows = np.concatenate([known, strange])
    mean, scale = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-9)
    inputs = np.column_stack([(rows - mean) / scale, np.ones(len(rows))])
    truth = np.concatenate([np.ones(len(known)), np.zeros(len(strange))])
    kinds, counts = np.unique(groups, return_counts=True)
    share = dict(zip(kinds.tolist(), (len(known) / len(kinds) / counts).tolist(), strict=True))
    importance = np.concatenate([np.ones(len(known)), [share[int(kind)] for kind in groups]])
    ridge = np.diag([penalty] * (inputs.shape[1] - 1) + [1e-9])
    weights = np.zeros(inputs.shape[1])
    for _ in range(_NEWTON_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        slope = inputs.T @ (importance * (truth - chance)) - ridge @ weights
        curve = (inputs * (importance * chance * (1 - chance) + 1e-9)[:, np.newaxis]).T @ inputs + ridge
        weights += np.linalg.solve(curve, slope)
    return np.asarray(weights[:-1] / scale)
