"""Whatever happens in whatever order: money adds up, stock is never negative, and the audit explains every change.

`make fuzz-service` takes 10,000 steps on each database; DAOGOU_FUZZ_STEPS sets another number. The steps are the same
each time, so that what fails once fails again; DAOGOU_FUZZ_SEED draws others.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Engine

from tests.shop.service_machine import ServiceMachine

STEPS_A_RUN = 50
CI_STEPS = {"sqlite": 3_000, "postgresql": 600}

MUST_HAPPEN = {
    *("order", "pay", "pack", "pack some", "send", "arrive", "cancel", "cancel some", "return", "exchange", "take in"),
    *("turn away", "settle", "address", "option", "reorder", "repeat", "old yes", "return: PolicyRefusal"),
    *("coupon", "two coupons", "gift card", "held price", "drop code", "code: unknown", "code: coupons"),
}


@pytest.fixture
def steps(engine: Engine) -> int:
    return int(os.environ.get("DAOGOU_FUZZ_STEPS", CI_STEPS[engine.dialect.name]))


def test_money_stock_and_audit_survive_anything(engine: Engine, steps: int) -> None:
    ServiceMachine.engine, ServiceMachine.steps = engine, 0
    ServiceMachine.done.clear()
    chance = seed(int(os.environ.get("DAOGOU_FUZZ_SEED", "7")))
    runs = settings(
        # A run is sometimes ended early.
        max_examples=round(steps / STEPS_A_RUN * 1.2) + 1,
        stateful_step_count=STEPS_A_RUN,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(chance(ServiceMachine), settings=runs)
    for what, count in sorted(ServiceMachine.done.items()):
        print(f"{count:6} {what}")  # noqa: T201
    assert ServiceMachine.steps >= steps
    missing = MUST_HAPPEN - set(ServiceMachine.done)
    assert not missing, "the steps are too tame to show anything"
