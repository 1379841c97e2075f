"""Weighs the components of a score into one probability: a logistic regression that is a few numbers of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np

from recsys.arrays import FloatArray
from recsys.components import COMPONENTS, CONTENT, NEIGHBOURS
from recsys.errors import FeatureMismatch, InvalidFrame

FLOORS: Final[Mapping[str, float]] = {NEIGHBOURS: 0.01, CONTENT: 0.03}
"""Components whose logarithm counts, with the share of the scale at which "nothing" is put."""

WRITTEN_DOWN: Final = "written_down"
"""The key of `Blend.metadata` that marks weights that nothing was learnt for."""


@dataclass(frozen=True)
class Blend:
    """How much each component counts; scores are log-odds, so that their probability is calibrated.

    What is predicted is that a shopper who buys anything in the following month buys this item.

    A component that says nothing in validation (no features: no content) is not among `weights`, and `metadata` names
    it under "left_out". One that is among them must be there when scores are combined: a list that was ranked without
    a part of its evidence would look like any other.

    Attributes:
        weights: What one unit of each component adds to the log-odds.
        scales: The unit of the components that are taken as a logarithm.
        intercept: The log-odds where all is zero.
        metadata: JSON: what was learnt from, what was left out or replaced.

    Raises:
        InvalidFrame: A component is unknown, or a number is none.
    """

    weights: Mapping[str, float]
    scales: Mapping[str, float]
    intercept: float
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = sorted({*self.weights, *self.scales} - {*COMPONENTS})
        if unknown:
            raise InvalidFrame("weights", unknown, f"known components are {', '.join(COMPONENTS)}")
        numbers = [self.intercept, *self.weights.values(), *self.scales.values()]
        if not np.isfinite(numbers).all() or min(self.scales.values(), default=1.0) <= 0:
            raise InvalidFrame("blend", numbers, "finite numbers and positive scales are wanted")

    @property
    def learnt(self) -> bool:
        """Whether the weights were learnt; probabilities of a blend that was written down are no more than an order."""
        return not self.metadata.get(WRITTEN_DOWN, False)

    def combine(self, components: Mapping[str, FloatArray]) -> FloatArray:
        """Add up what the components say.

        Args:
            components: As `component_scores` gives them, (m, n) or broadcasting to it; those without a weight are
                passed over.

        Returns:
            Log-odds, float32, (m, n).

        Raises:
            FeatureMismatch: A component that has a weight is missing.
        """
        total: FloatArray = np.full((1, 1), self.intercept, dtype=np.float32)
        for contribution in self.contributions(components).values():
            total = total + contribution
        return total

    def contributions(self, components: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """Give what each component adds to the log-odds; they and the intercept sum to `combine`.

        Raises:
            FeatureMismatch: A component that has a weight is missing.
        """
        missing = sorted({*self.weights} - {*components})
        if missing:
            raise FeatureMismatch(missing=missing)
        return {
            name: np.float32(weight) * normalised(name, components[name], self.scales.get(name))
            for name, weight in self.weights.items()
        }

    def probability(self, scores: FloatArray) -> FloatArray:
        """Give the probabilities of log-odds, between 0 and 1, of the same shape."""
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(scores, -60.0, 60.0))))

    def to_json(self) -> str:
        """Write the blend as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Blend:
        """Read what `to_json` wrote.

        Raises:
            InvalidFrame: The text is not that of a blend.
        """
        try:
            state = json.loads(text)
            weights, scales = ({name: float(x) for name, x in state[key].items()} for key in ("weights", "scales"))
            return cls(weights, scales, float(state["intercept"]), state.get("metadata", {}))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidFrame("blend", text[:40], f"not the JSON of a blend ({error})") from error


def normalised(name: str, scores: FloatArray, scale: float | None) -> FloatArray:
    """Bring one component to the form in which it is added.

    Neighbours and content spread over decades, and a ratio of them means the same anywhere: they are taken as
    log(floor + score / scale). All others are in log or standard units already.
    """
    if scale is None:
        return scores
    shares = np.maximum(scores, 0.0) * np.float32(1.0 / scale)
    return np.asarray(np.log(shares + np.float32(FLOORS[name])))
