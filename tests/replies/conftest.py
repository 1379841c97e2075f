"""Heavy parts of the tests of replies, made once a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from replies.examples import Example
from replies.guarding import house_guard
from replies.publish import Judged
from replies.service import Guard
from replies.training_task import Outcome, train_model
from tests.replies.small import SETTINGS, small_examples

HOUSE = Path("data/replies")


@pytest.fixture(scope="session")
def examples() -> list[Example]:
    return small_examples()


@pytest.fixture(scope="session")
def guard() -> Guard:
    return house_guard(HOUSE)


@pytest.fixture(scope="session")
def trained(examples: list[Example], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A small model that was trained and went in service; tests must not change its folder."""
    root = tmp_path_factory.mktemp("models")
    return train_model(examples, root, SETTINGS, lambda folder: Judged(1.0, 0.5, 1))


@pytest.fixture(scope="session")
def model(trained: Outcome) -> Path:
    return trained.folder
