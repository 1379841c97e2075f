"""Which training examples lie close to a message, or to one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.nlu.encoder import OnnxEncoder
from assistant.nlu.example_vectors import FOLDER, ExampleVectors, encode_each
from assistant.nlu.examples import of_length_1
from assistant.nlu.messages import KINDS
from assistant.nlu.training_text import TrainingExample

_BLOCK = 1024


@dataclass(frozen=True)
class Neighbour:
    """An example, and the cosine between it and what it is a neighbour of."""

    example: TrainingExample
    closeness: float


class Neighbourhood:
    """The examples of one kind of script, placed around their mean by its encoder, as the gate places them.

    Args:
        examples: of one kind of script.
        vectors: where the vectors of examples come from.
    """

    def __init__(self, examples: Sequence[TrainingExample], vectors: ExampleVectors) -> None:
        self.examples = tuple(examples)
        self._encoder = vectors.encoder
        raw = vectors.of([one.text for one in self.examples])
        self._mean = raw.mean(axis=0) if len(raw) else np.zeros(self._encoder.dimension, np.float32)
        self._placed = of_length_1(raw - self._mean)

    def place(self, texts: Sequence[str], what: str) -> np.ndarray:
        """Encode texts and place them among the examples, shape (texts, dimension), of length 1.

        Args:
            texts: messages of this kind of script.
            what: the title of the bar.
        """
        return of_length_1(encode_each(self._encoder, texts, what) - self._mean)

    def with_examples(self, more: Sequence[TrainingExample]) -> Neighbourhood:
        """Give a copy that has more examples, placed around the same mean."""
        grown = copy(self)
        grown.examples = (*self.examples, *more)
        grown._placed = np.vstack([self._placed, self.place([one.text for one in more], "encoding examples")])
        return grown

    def nearest(self, placed: np.ndarray, count: int) -> list[list[Neighbour]]:
        """Give the closest examples of each placed text, closest first."""
        found: list[list[Neighbour]] = []
        for start in range(0, len(placed), _BLOCK):
            for cosines in placed[start : start + _BLOCK] @ self._placed.T:
                best = np.argsort(-cosines, kind="stable")[:count]
                found.append([Neighbour(self.examples[place], float(cosines[place])) for place in best])
        return found

    def close_pairs(self, least: float) -> Iterator[tuple[TrainingExample, TrainingExample, float]]:
        """Give pairs of examples of different intents with a cosine of at least `least`, in their order."""
        intents = np.array([one.intent for one in self.examples])
        for start in range(0, len(self.examples), _BLOCK):
            cosines = self._placed[start : start + _BLOCK] @ self._placed.T
            for row, column in zip(*np.nonzero(cosines >= least), strict=True):
                first = start + int(row)
                if first < column and intents[first] != intents[column]:
                    yield self.examples[first], self.examples[int(column)], float(cosines[row, column])


def neighbourhoods(
    examples: Sequence[TrainingExample], encoders: Mapping[str, str], folder: Path = FOLDER
) -> dict[str, Neighbourhood]:
    """Place the examples of each kind of script; vectors are kept in `folder`."""
    return {
        kind: Neighbourhood(
            [one for one in examples if one.kind == kind], ExampleVectors(OnnxEncoder(encoders[kind]), folder)
        )
        for kind in KINDS
    }
