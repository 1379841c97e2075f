"""Every conversation of this folder, each a test of its own: see README.md here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.stack import Stack
from tests.conversations.chinese import in_chinese
from tests.conversations.runner import ConversationFailed, ConversationRunner
from tests.conversations.schema import Script, read_all

FOLDER = Path("tests/conversations")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of each conversation."""
    if "script" in metafunc.fixturenames:
        english = read_all(FOLDER)
        scripts = [*english, *(twin for twin in map(in_chinese, english) if twin is not None)]
        metafunc.parametrize("script", scripts, ids=[script.test_id for script in scripts])


@pytest.fixture(scope="module")
def runner(stack: Stack) -> Iterator[ConversationRunner]:
    """One runner for all conversations, on the session's one stack."""
    runner = ConversationRunner(stack)
    yield runner
    runner.close()


def test_conversation(script: Script, runner: ConversationRunner) -> None:
    try:
        runner.run(script)
    except ConversationFailed as failure:
        told = str(failure)
    else:
        return
    pytest.fail(told, pytrace=False)
