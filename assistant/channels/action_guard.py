"""Keeps a slow or missing action server from holding up a conversation.

Rasa waits five minutes for an action and re-checks its own JSON schema on each answer (about 20 ms of CPU). `install`
replaces both: the schema's validator is built once, and each call gets a few seconds, which a turn's calls share.
"""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.shared.exceptions import RasaException

ACTION_SECONDS = 4.0

_INSTALLED = "_daogou_guarded"
_Run = Callable[..., Awaitable[Any]]


class ActionTimeout(RasaException):
    """An action that did not answer in time."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The action server did not answer '{name}' in time.")


@dataclass
class ActionBudget:
    """The time that one turn's actions have left together, whether one of them failed, and what was done in full.

    Attributes:
        ends_at: when the time is over, by `time.monotonic`.
        failed: whether an action failed.
        done: how many of several requests were done.
    """

    ends_at: float
    failed: bool = False
    done: int = 0

    def seconds_left(self) -> float:
        """Tell how long the next action may take."""
        return max(0.0, self.ends_at - time.monotonic())


_current: ContextVar[ActionBudget | None] = ContextVar("daogou_action_budget", default=None)


@contextmanager
def shared_budget(seconds: float = ACTION_SECONDS) -> Iterator[ActionBudget]:
    """Give all actions that run inside one budget, so that three slow ones do not take three times as long."""
    budget = ActionBudget(time.monotonic() + seconds)
    reset = _current.set(budget)
    try:
        yield budget
    finally:
        _current.reset(reset)


@contextmanager
def turn_budget() -> Iterator[ActionBudget]:
    """Give the budget of the turn that runs, or one of its own where the channel has set none."""
    budget = _current.get()
    if budget is not None:
        yield budget
    else:
        with shared_budget() as budget:
            yield budget


def install() -> None:
    """Put the guard around Rasa's calls to the action server; doing it twice changes nothing."""
    if getattr(RemoteAction, _INSTALLED, False):
        return
    RemoteAction.run = _guarded(RemoteAction.run)
    RemoteAction._validate_action_result = _validate_with(
        Draft202012Validator(RemoteAction.action_response_format_spec())
    )
    setattr(RemoteAction, _INSTALLED, True)


def _guarded(run: _Run) -> _Run:
    @functools.wraps(run)
    async def run_in_time(action: RemoteAction, *arguments: Any, **named: Any) -> Any:
        budget = _current.get() or ActionBudget(time.monotonic() + ACTION_SECONDS)
        try:
            return await asyncio.wait_for(run(action, *arguments, **named), budget.seconds_left())
        except ActionExecutionRejection:
            # Not a failure: the action asks for another one to be chosen.
            raise
        except asyncio.TimeoutError:
            budget.failed = True
            raise ActionTimeout(action.name()) from None
        except Exception:
            budget.failed = True
            raise

    return run_in_time


def _validate_with(validator: Draft202012Validator) -> Callable[[RemoteAction, Any], bool]:
    def validate(action: RemoteAction, result: Any) -> bool:
        validator.validate(result)
        return True

    return validate
