"""Finds the lowest point of a smooth convex function of a million numbers: L-BFGS in single precision.

SciPy's keeps everything in double precision, and takes longer to choose a step than the function takes to calculate.
This one is Nocedal and Wright's algorithm 7.5 (Numerical Optimization, 2nd edition), which starts each step from the
curvature along each number where it last looked, in place of the same for all.
"""

from __future__ import annotations

from collections import deque
from typing import Protocol

import numpy as np
from scipy.linalg.blas import saxpy

# Steps that are remembered.
_MEMORY = 6
# Before these steps it looks at the curvature: at the start, when labels are told apart, and near the bottom.
_LOOKS = frozenset({0, 10, 30})
_LESS = 0.3
_SMALLEST = 1e-6
# A step must lead down by this share of what the slope promises, but for what rounding adds to a sum.
_PROMISE = 1e-4
_ROUNDING = 1e-7


class Smooth(Protocol):
    """A function with a slope and a curvature along each number."""

    def __call__(self, point: np.ndarray) -> tuple[float, np.ndarray]:
        """Give the height at a point, and the slope."""

    def curvature(self, point: np.ndarray) -> np.ndarray:
        """Give how fast the slope along each number changes; above zero."""


def descend(function: Smooth, point: np.ndarray, flat: float, steps: int) -> np.ndarray:
    """Go down from a point until it is flat.

    Args:
        function: what is minimised.
        point: where to begin, one row of numbers in single precision.
        flat: the slope at which it ends, along a number that is measured so that its curvature is 1.
        steps: at most.
    """
    pairs: deque[_Pair] = deque(maxlen=_MEMORY)
    height, slope = function(point)
    for step in range(steps):
        if step in _LOOKS:
            curvature = function.curvature(point)
            unit = 1 / np.sqrt(curvature)
        if np.abs(slope * unit).max() < flat:
            break
        direction = _direction(slope, curvature, pairs)
        found = _walk(function, point, height, direction, float(np.dot(slope, direction)))
        if found is None:  # as low as single precision leads
            break
        moved, height, steeper = found
        pair = _Pair(moved - point, steeper - slope)
        point, slope = moved, steeper
        if pair.product <= 0:  # so near the bottom that rounding bends the slope
            break
        pairs.append(pair)
    return point


class _Pair:
    """A step, and how the slope changed along it."""

    def __init__(self, moved: np.ndarray, turned: np.ndarray) -> None:
        self.moved, self.turned = moved, turned
        self.product = np.dot(moved, turned)


def _direction(slope: np.ndarray, curvature: np.ndarray, pairs: deque[_Pair]) -> np.ndarray:
    left, shares = -slope, list[np.float32]()
    for one in reversed(pairs):
        shares.append(np.dot(one.moved, left) / one.product)
        left = saxpy(one.turned, left, a=-shares[-1])
    left /= curvature
    if pairs:
        left *= pairs[-1].product / np.dot(pairs[-1].turned, pairs[-1].turned / curvature)
    for one, share in zip(pairs, reversed(shares), strict=True):
        left = saxpy(one.moved, left, a=share - np.dot(one.turned, left) / one.product)
    return left


def _walk(
    function: Smooth, point: np.ndarray, height: float, direction: np.ndarray, promised: float
) -> tuple[np.ndarray, float, np.ndarray] | None:
    """Go along a direction, less far until it leads down; give the point, its height and its slope."""
    length = 1.0
    while length > _SMALLEST:
        moved = point + np.float32(length) * direction
        lower, slope = function(moved)
        if lower <= height + _PROMISE * length * promised + _ROUNDING * abs(height):
            return moved, lower, slope
        length *= _LESS
    return None
