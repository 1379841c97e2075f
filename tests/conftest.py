"""What the tests from outside share: one stack of both servers for the whole session."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.stack import Stack

# Tests run in several processes, each with a stack of its own.
LOGS = Path("artifacts/test-logs") / os.environ.get("PYTEST_XDIST_WORKER", "")


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Both servers on free ports with a demo shop of their own, started once."""
    # Recommended lists are the same each time: nothing is tried out in their last place.
    with Stack(tmp_path_factory.mktemp("stack"), LOGS, {"DAOGOU_EXPLORATION": "0"}) as running:
        yield running
