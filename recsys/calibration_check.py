"""Checks whether what was said to be probable came true as often as was said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from recsys.arrays import FloatArray
from recsys.blend_model import BlendModel
from recsys.measuring import USERS_AT_ONCE, K
from recsys.ranking import top_k
from recsys.tasks import Task

EDGES: Final = tuple(float(edge) for edge in 10.0 ** np.arange(-5.75, 0.0, 0.25))
"""Borders of the bins, four to a decade: most items are improbable for most shoppers."""


@dataclass(eq=False)
class Reliability:
    """What was said and what came true, bin by bin; shapes (n_bins,)."""

    number: FloatArray = field(default_factory=lambda: np.zeros(len(EDGES) + 1))
    said: FloatArray = field(default_factory=lambda: np.zeros(len(EDGES) + 1))
    true: FloatArray = field(default_factory=lambda: np.zeros(len(EDGES) + 1))

    def count(self, probabilities: FloatArray, labels: FloatArray) -> None:
        """Add pairs, (n,) each."""
        bins = np.searchsorted(EDGES, probabilities)
        for sums, values in ((self.number, np.ones(len(bins))), (self.said, probabilities), (self.true, labels)):
            sums += np.bincount(bins, weights=values, minlength=len(sums))

    @property
    def error(self) -> float:
        """Expected calibration error: the mean gap between said and true over bins, weighed by their pairs."""
        total = self.number.sum()
        return float(np.abs(self.said - self.true).sum() / total) if total else float("nan")

    @property
    def means(self) -> tuple[float, float]:
        """The mean probability that was said, and the share that came true."""
        total = max(float(self.number.sum()), 1.0)
        return float(self.said.sum() / total), float(self.true.sum() / total)

    def points(self) -> list[dict[str, float]]:
        """Give the bins that hold anything: how many pairs, what was said and what came true."""
        return [
            {"pairs": float(n), "said": float(said / n), "true": float(true / n)}
            for n, said, true in zip(self.number, self.said, self.true, strict=True)
            if n
        ]


@dataclass(frozen=True, eq=False)
class Checked:
    """The reliability of all pairs that might have been shown, and of those that would have been: the first ten."""

    pairs: Reliability
    shown: Reliability


def check_calibration(model: BlendModel, task: Task) -> Checked:
    """Compare the probabilities of a fitted blend with what came true in a task."""
    checked = Checked(Reliability(), Reliability())
    for start in range(0, len(task.users), USERS_AT_ONCE):
        block = slice(start, start + USERS_AT_ONCE)
        scores = model.score(task.users[block])
        taken = task.truth[block].toarray() > 0
        excluded = None if task.exclude is None else task.exclude[block]
        asked = np.ones(scores.shape, dtype=bool)
        if excluded is not None:
            asked[excluded.nonzero()] = False
        probabilities = model.blend.probability(scores)
        checked.pairs.count(probabilities[asked], taken[asked].astype(np.float64))
        rows, shown = np.arange(len(scores))[:, np.newaxis], top_k(scores, K, exclude=excluded)
        there = shown >= 0
        checked.shown.count(probabilities[rows, shown][there], taken[rows, shown][there].astype(np.float64))
    return checked
