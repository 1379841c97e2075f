"""Multinomial logistic regression, kept as an npz and a json file: nothing to unpickle, nothing to trust."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy import sparse

from assistant.nlu.linear_training import train

Features = np.ndarray | sparse.csr_matrix

WEIGHTS = "weights.npz"
LABELS = "labels.json"


@dataclass(frozen=True)
class LinearModel:
    """One row of weights and one bias a label."""

    labels: tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together."""
        if self.weights.shape[0] != len(self.labels) or self.bias.shape != (len(self.labels),):
            raise ValueError(
                f"{len(self.labels)} labels, weights {self.weights.shape} and bias {self.bias.shape} differ"
            )

    @classmethod
    def fit(cls, features: Features, labels: Sequence[str], strength: float, iterations: int) -> LinearModel:
        """Learn from examples; `strength` is scikit-learn's C, the inverse of the regularisation."""
        names, codes = np.unique(np.asarray(labels, dtype=str), return_inverse=True)
        if len(names) < 2:
            raise ValueError(f"an intent classifier needs at least two intents, not {list(names)}")
        return cls(tuple(str(name) for name in names), *train(features, codes, strength, iterations))

    @classmethod
    def fit_filled(
        cls, features: sparse.csr_matrix, labels: Sequence[str], strength: float, iterations: int
    ) -> LinearModel:
        """Learn from the columns that these rows fill, as `fit` does; the others weigh nothing."""
        filled = np.flatnonzero(features.getnnz(axis=0))
        model = cls.fit(features[:, filled], labels, strength, iterations)
        weights = np.zeros((len(model.labels), features.shape[1]), model.weights.dtype)
        weights[:, filled] = model.weights
        return replace(model, weights=weights)

    def probabilities(self, features: Features) -> np.ndarray:
        """Give the probability of each label, of shape (rows, labels)."""
        return _shares(np.asarray(features @ self._turned) + self.bias)

    def probabilities_of(self, columns: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Give the probability of each label, shape (labels,), for a row of which only these columns are filled."""
        return _shares(values.astype(self._turned.dtype) @ self._turned[columns] + self.bias)

    @cached_property
    def _turned(self) -> np.ndarray:
        """Lay the weights out by column, as SciPy multiplies sparse rows; else it copies them at each message."""
        return np.ascontiguousarray(self.weights.T)

    def ranking(self, probabilities: np.ndarray, length: int) -> list[tuple[str, float]]:
        """Pair the likeliest labels of one row with their probability, best first."""
        order = np.argsort(-probabilities, kind="stable")[:length]
        return [(self.labels[index], float(probabilities[index])) for index in order]

    def save(self, folder: Path) -> None:
        """Write both files."""
        np.savez(folder / WEIGHTS, weights=self.weights, bias=self.bias)
        (folder / LABELS).write_text(json.dumps(self.labels, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> LinearModel:
        """Read what `save` wrote."""
        labels = json.loads((folder / LABELS).read_text(encoding="utf-8"))
        with np.load(folder / WEIGHTS, allow_pickle=False) as arrays:
            return cls(tuple(labels), arrays["weights"], arrays["bias"])


def _shares(scores: np.ndarray) -> np.ndarray:
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: np.ndarray = scores / scores.sum(axis=-1, keepdims=True)
    return shares
