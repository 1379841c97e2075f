"""Tries something else in the last place now and then, with the exact chance of each outcome on record."""

from __future__ import annotations

import numpy as np

from recsys.arrays import FloatArray, IntArray

POOL = 20
"""How many items may stand in the last place instead of the one that belongs there."""


def explored(
    ranked: IntArray, k: int, exploration: float, rng: np.random.Generator | None
) -> tuple[IntArray, FloatArray]:
    """Choose the first k, and in the last place one of the next `POOL` with a small chance.

    Each of the next ones has the same chance, so what is shown there can be judged without bias (inverse propensity
    scoring; Bottou et al., "Counterfactual reasoning and learning systems", 2013).

    Args:
        ranked: Places, best first; at least k + POOL of them where there are as many.
        k: How many are shown.
        exploration: The chance that the last place is given away, 0 to 1.
        rng: Where chance comes from; None draws from the system.

    Returns:
        The k that are shown and the chance with which each stands where it does.
    """
    chosen, others = ranked[:k].copy(), ranked[k : k + POOL]
    propensities = np.ones(len(chosen))
    if len(chosen) < k or not len(others) or exploration <= 0:
        return chosen, propensities
    chance = rng or np.random.default_rng()
    if chance.random() < exploration:
        chosen[-1] = others[int(chance.integers(len(others)))]
        propensities[-1] = exploration / len(others)
    else:
        propensities[-1] = 1 - exploration
    return chosen, propensities
