"""The vectors of training examples, kept to tell how close a message is to what was learnt for an intent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

VECTORS, LABELS = "vectors.npz", "labels.json"


@dataclass(frozen=True)
class Examples:
    """Vectors around their mean: encoders put all sentences into a narrow cone, where cosines tell little.

    Attributes:
        labels: the intents, sorted.
        codes: the number of each example's intent, in rising order.
        vectors: shape (examples, columns), of length 1 after the mean was taken off.
        mean: shape (columns,).
        filled: which columns of a message count; the others are another encoder's, and zero for all examples.
    """

    labels: tuple[str, ...]
    codes: np.ndarray
    vectors: np.ndarray
    mean: np.ndarray
    filled: np.ndarray

    @classmethod
    def of(cls, vectors: np.ndarray, intents: Sequence[str]) -> Examples:
        """Take examples, shape (examples, columns), with their intents."""
        labels, codes = np.unique(np.asarray(intents, dtype=str), return_inverse=True)
        order = np.argsort(codes, kind="stable")
        filled = np.flatnonzero(np.abs(vectors).sum(axis=0))
        kept = vectors[order][:, filled].astype(np.float32)
        mean = kept.mean(axis=0)
        return cls(tuple(map(str, labels)), codes[order], of_length_1(kept - mean), mean, filled)

    def closeness(self, vector: np.ndarray, intents: Sequence[str]) -> list[float]:
        """Give the cosine between a message and the closest example of each intent; 0 where it is below, or has none.

        Args:
            vector: of the message, with all encoders' columns.
            intents: those that are asked about; comparing with all examples takes two milliseconds.
        """
        own = of_length_1(vector[self.filled] - self.mean)
        return [self._closest(own, intent) for intent in intents]

    def _closest(self, vector: np.ndarray, intent: str) -> float:
        if intent not in self.labels:
            return 0.0
        place = self.labels.index(intent)
        first, end = np.searchsorted(self.codes, [place, place + 1])
        return max(0.0, float((self.vectors[first:end] @ vector).max()))

    def save(self, folder: Path) -> None:
        """Write both files; half precision keeps three digits of each cosine."""
        halves = self.vectors.astype(np.float16)
        np.savez(folder / VECTORS, vectors=halves, codes=self.codes, mean=self.mean, filled=self.filled)
        (folder / LABELS).write_text(json.dumps(self.labels, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Examples:
        """Read what `save` wrote."""
        labels = json.loads((folder / LABELS).read_text(encoding="utf-8"))
        with np.load(folder / VECTORS, allow_pickle=False) as arrays:
            vectors = arrays["vectors"].astype(np.float32)
            return cls(tuple(labels), arrays["codes"], vectors, arrays["mean"], arrays["filled"])


def of_length_1(vectors: np.ndarray) -> np.ndarray:
    """Scale each vector to length 1; one of zeros stays."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9))
