"""Turns scores into probabilities without changing the order of what is ranked by them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from recsys.arrays import BoolArray, FloatArray, IntArray
from recsys.errors import InvalidFrame
from recsys.metrics import expected_calibration_error

Method = Literal["platt", "isotonic"]

SMALLEST = 1e-6
"""No probability is nearer to 0 or 1: nothing that a shopper may do is certain."""


@dataclass(frozen=True)
class Curve:
    """A rising curve from scores to probabilities.

    Attributes:
        method: "platt" is the logistic function of `slope * score + intercept` (Platt 1999); "isotonic" joins the
            middles of the steps of the best rising staircase (Zadrozny and Elkan 2002) by straight lines.
        slope: Of the logistic function, not negative.
        intercept: Of the logistic function.
        scores: The middles of steps, rising, (n,).
        probabilities: Their probabilities, not falling, (n,).
    """

    method: Method
    slope: float = 0.0
    intercept: float = 0.0
    scores: tuple[float, ...] = ()
    probabilities: tuple[float, ...] = ()

    def probability(self, scores: FloatArray) -> FloatArray:
        """Give the probability of each score, any shape, float64; never falling with the score."""
        if self.method == "platt":
            raw = 0.5 * (1.0 + np.tanh(0.5 * (self.slope * np.asarray(scores, dtype=np.float64) + self.intercept)))
        else:
            raw = np.interp(np.asarray(scores, dtype=np.float64), self.scores, self.probabilities)
        return np.asarray(np.clip(raw, SMALLEST, 1.0 - SMALLEST))


@dataclass(frozen=True)
class Calibration:
    """A curve and how well it held on scores that it was not fitted to.

    Attributes:
        curve: The chosen curve, fitted to all scores.
        ece: Expected calibration error, cross-fitted.
        log_loss: Mean negative log likelihood, cross-fitted.
        rejected_log_loss: That of the method which was not chosen.
    """

    curve: Curve
    ece: float
    log_loss: float
    rejected_log_loss: float

    @classmethod
    def fit(cls, scores: FloatArray, labels: npt.NDArray[np.generic], *, folds: int = 5, seed: int = 17) -> Calibration:
        """Fit both curves, each to all folds but one in turn, and keep the one with the lower log loss on the rest.

        Args:
            scores: Scores of pairs of a shopper and an item, (n,), from a time that training did not see.
            labels: Whether the shopper went for the item, (n,).
            folds: How many parts.
            seed: Of the drawing of parts.

        Raises:
            InvalidFrame: Nothing to learn from, a score that is no number, or shapes that do not fit.
        """
        scores, labels = _checked(scores, labels)
        fold = np.random.default_rng(seed).permutation(len(scores)) % min(folds, len(scores))
        said = {method: _cross_fitted(method, scores, labels, fold) for method in get_args(Method)}
        losses = {method: _log_loss(probabilities, labels) for method, probabilities in said.items()}
        chosen, rejected = sorted(get_args(Method), key=lambda method: losses[method])
        error = expected_calibration_error(said[chosen], labels)
        return cls(fit_curve(chosen, scores, labels), error, losses[chosen], losses[rejected])

    def probability(self, scores: FloatArray) -> FloatArray:
        """Give the probability of each score, any shape, float64; who ranks by it ranks as by the score."""
        return self.curve.probability(scores)

    def to_json(self) -> str:
        """Write the calibration as JSON text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Calibration:
        """Read what `to_json` wrote.

        Raises:
            InvalidFrame: The text is not that of a calibration.
        """
        try:
            state = json.loads(text)
            given = state["curve"]
            numbers = {name: tuple(map(float, given.pop(name))) for name in ("scores", "probabilities")}
            curve = Curve(given["method"], float(given["slope"]), float(given["intercept"]), **numbers)
            return cls(curve, *(float(state[name]) for name in ("ece", "log_loss", "rejected_log_loss")))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidFrame("calibration", text[:40], f"not the JSON of a calibration ({error})") from error


def fit_curve(method: Method, scores: FloatArray, labels: BoolArray) -> Curve:
    """Fit one curve to all scores (n,) and labels (n,)."""
    return _platt(scores, labels) if method == "platt" else _isotonic(scores, labels)


def _platt(scores: FloatArray, labels: BoolArray) -> Curve:
    """Fit a logistic function; where one kind of label is missing, or scores say the opposite, it is flat."""
    from sklearn.linear_model import LogisticRegression  # Serving reads curves and never fits one.

    flat = float(np.log((labels.sum() + 1.0) / ((~labels).sum() + 1.0)))
    middle, spread = float(scores.mean()), float(scores.std()) or 1.0
    if labels.all() or not labels.any():
        return Curve("platt", 0.0, flat)
    fitted = LogisticRegression(C=1e3).fit((scores[:, np.newaxis] - middle) / spread, labels)
    slope = float(fitted.coef_[0, 0]) / spread
    return Curve("platt", slope, float(fitted.intercept_[0]) - slope * middle) if slope > 0 else Curve("platt", 0, flat)


def _isotonic(scores: FloatArray, labels: BoolArray) -> Curve:
    from sklearn.isotonic import IsotonicRegression

    order = np.argsort(scores, kind="stable")
    stairs = IsotonicRegression(y_min=0.0, y_max=1.0).fit_transform(scores[order], labels[order].astype(np.float64))
    _, step, sizes = np.unique(stairs, return_inverse=True, return_counts=True)
    middles = np.bincount(step, weights=scores[order]) / sizes
    heights = (np.bincount(step, weights=labels[order]) + labels.mean()) / (sizes + 1.0)  # One more pair, of the mean.
    return Curve("isotonic", 0.0, 0.0, tuple(middles.tolist()), tuple(np.maximum.accumulate(heights).tolist()))


def _cross_fitted(method: Method, scores: FloatArray, labels: BoolArray, fold: IntArray) -> FloatArray:
    said = np.full(len(scores), labels.mean())
    for number in np.unique(fold):
        own = fold == number
        if not own.all():
            said[own] = fit_curve(method, scores[~own], labels[~own]).probability(scores[own])
    return np.clip(said, SMALLEST, 1.0 - SMALLEST)


def _log_loss(probabilities: FloatArray, labels: BoolArray) -> float:
    return float(-np.where(labels, np.log(probabilities), np.log1p(-probabilities)).mean())


def _checked(scores: FloatArray, labels: npt.NDArray[np.generic]) -> tuple[FloatArray, BoolArray]:
    scores, labels = np.asarray(scores, dtype=np.float64), np.asarray(labels)
    if scores.ndim != 1 or scores.shape != labels.shape or not len(scores):
        raise InvalidFrame("scores", scores.shape, f"as many as labels are wanted, {labels.shape}, and at least one")
    if not np.isfinite(scores).all():
        raise InvalidFrame("scores", "NaN or infinity", "finite numbers are wanted")
    return scores, labels.astype(bool)
