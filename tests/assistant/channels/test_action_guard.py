"""The guard around the action server judges as Rasa does, only faster."""

from __future__ import annotations

import time
from typing import Any

import pytest
from jsonschema import ValidationError, validate
from rasa.core.actions.action import RemoteAction

from assistant.channels import action_guard

RESULTS: dict[str, Any] = {
    "nothing": {},
    "empty": {"events": [], "responses": []},
    "a slot": {
        "events": [{"event": "slot", "timestamp": None, "name": "focus_sku", "value": "CAM-1"}],
        "responses": [],
    },
    "a text": {"events": [], "responses": [{"text": "Hello!"}]},
    "a list": [],
    "events that are words": {"events": "none"},
    "an event without a name": {"events": [{"name": "focus_sku"}]},
    "an unknown event": {"events": [{"event": "no_such_event"}]},
    "a response that is a word": {"responses": ["Hello!"]},
}


@pytest.fixture(autouse=True)
def guard() -> None:
    action_guard.install()


def is_valid(result: Any) -> bool:
    try:
        return RemoteAction("action_any", None)._validate_action_result(result)
    except ValidationError:
        return False


def is_valid_to_rasa(result: Any) -> bool:
    try:
        validate(result, RemoteAction.action_response_format_spec())
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS.keys())
def test_a_result_is_judged_as_rasa_judges_it(result: Any) -> None:
    assert is_valid(result) == is_valid_to_rasa(result)


def test_judging_takes_a_small_part_of_the_time() -> None:
    def seconds(judge: Any) -> float:
        begin = time.process_time()
        for _ in range(20):
            judge(RESULTS["a slot"])
        return time.process_time() - begin

    assert seconds(is_valid) * 5 < seconds(is_valid_to_rasa)


def test_installing_the_guard_twice_wraps_once() -> None:
    before = RemoteAction.run
    action_guard.install()
    assert RemoteAction.run is before


def test_a_budget_is_shared_by_what_runs_inside_it_and_gone_afterwards() -> None:
    with action_guard.shared_budget(0.0) as budget:
        assert budget.seconds_left() == 0.0
        assert action_guard._current.get() is budget
    assert action_guard._current.get() is None
