"""The way down ends at the bottom, from wherever it begins."""

import numpy as np
import pytest

from assistant.nlu.descent import descend


class Valley:
    """A narrow valley whose bottom is known: half the sum of bends * (point - bottom)^2, and a steeper wall."""

    def __init__(self, count=50):
        rng = np.random.default_rng(2)
        self.bends = np.logspace(-2, 3, count).astype(np.float32)
        self.bottom = rng.normal(size=count).astype(np.float32)
        self.calls = 0

    def __call__(self, point):
        self.calls += 1
        away = point - self.bottom
        height = np.sum(self.bends * away**2 / 2 + away**4, dtype=np.float64)
        return float(height), self.bends * away + 4 * away**3

    def curvature(self, point):
        return self.bends + 12 * (point - self.bottom) ** 2


@pytest.mark.parametrize("seed", [0, 1])
def test_it_ends_at_the_bottom_in_few_steps(seed):
    valley = Valley()
    start = np.random.default_rng(seed).normal(size=50).astype(np.float32)
    assert descend(valley, start, flat=1e-5, steps=100) == pytest.approx(valley.bottom, abs=1e-3)
    assert valley.calls < 40


def test_it_makes_no_more_steps_than_it_may():
    valley = Valley()
    descend(valley, np.zeros(50, np.float32), flat=0, steps=3)
    assert valley.calls <= 10


def test_at_the_bottom_it_stays():
    valley = Valley()
    assert np.array_equal(descend(valley, valley.bottom, flat=1e-5, steps=10), valley.bottom)
    assert valley.calls == 1


def test_it_ends_where_single_precision_does():
    valley = Valley()
    assert descend(valley, np.zeros(50, np.float32), flat=0, steps=1000) == pytest.approx(valley.bottom, abs=1e-3)
    assert valley.calls < 1000
