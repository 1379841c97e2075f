"""The token buckets, by a clock that the test turns."""

from __future__ import annotations

import pytest

from assistant.channels.errors import TooMany
from assistant.channels.limits import RateLimit
from assistant.channels.settings import Rate


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_bucket_refills_as_time_passes(clock: Clock) -> None:
    limit = RateLimit(Rate(2, 10), clock=clock)
    limit.spend("ada")
    limit.spend("ada")
    with pytest.raises(TooMany) as refusal:
        limit.spend("ada")
    assert refusal.value.retry_after == 5
    clock.now = 5.0
    limit.spend("ada")
    with pytest.raises(TooMany):
        limit.spend("ada")


def test_a_bucket_never_holds_more_than_its_size(clock: Clock) -> None:
    limit = RateLimit(Rate(2, 10), clock=clock)
    clock.now = 1_000.0
    limit.spend("ada")
    limit.spend("ada")
    with pytest.raises(TooMany):
        limit.spend("ada")


def test_memory_is_bounded_however_many_come(clock: Clock) -> None:
    limit = RateLimit(Rate(1, 10), max_keys=100, clock=clock)
    for number in range(1_000):
        limit.spend(f"shopper {number}")
    assert len(limit) == 100


def test_a_count_of_zero_means_no_limit(clock: Clock) -> None:
    limit = RateLimit(Rate(0, 1), clock=clock)
    for _ in range(100):
        limit.spend("ada")
    assert len(limit) == 0
