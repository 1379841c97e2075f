"""Tells whether two messages say nearly the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from assistant.nlu.messages import KINDS, kind_of_text
from assistant.nlu.neighbours import Neighbourhood

# Of consecutive messages with different intents in the conversations that test the assistant, which all mean what they
# are taken for, hardly any pair is as close.
ALIKE = 0.65


class Alikeness:
    """Compares messages of one script by the cosine around the mean of the examples; others are never alike."""

    def __init__(self, places: Mapping[str, Neighbourhood]) -> None:
        self._places = places

    def of(self, pairs: Sequence[tuple[str, str]]) -> list[bool]:
        """Tell of each pair whether both say nearly the same."""
        vectors = self._vectors(sorted({text for pair in pairs for text in pair}))
        return [
            kind_of_text(one) == kind_of_text(other) and float(vectors[one] @ vectors[other]) >= ALIKE
            for one, other in pairs
        ]

    def _vectors(self, texts: Sequence[str]) -> dict[str, np.ndarray]:
        vectors: dict[str, np.ndarray] = {}
        for kind in KINDS:
            own = [text for text in texts if kind_of_text(text) == kind]
            vectors |= dict(zip(own, self._places[kind].place(own, "comparing messages"), strict=True))
        return vectors
