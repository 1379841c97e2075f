"""The supervisor with small servers of its own: what Rasa and the action server do is tested end to end."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVER = "import os, time; print('pid', os.getpid(), flush=True); time.sleep(60)"
# The one that fails waits at a FIFO until the other has told its process id.
FIRST = SERVER.replace("time.sleep", "open(os.environ['FIFO'], 'w').close(); time.sleep")
FAILING = "import os, sys; open(os.environ['FIFO']).read(); print('the reason', flush=True); sys.exit(3)"
SUPERVISOR = """
import os, sys
from ops.launch import Server
from ops.serve import supervise
servers = [Server(f"server{n}", (sys.executable, "-c", code), "") for n, code in enumerate(sys.argv[1:])]
sys.exit(supervise(servers, os.environ))
"""

Supervisor = subprocess.Popen[str]


@pytest.fixture
def supervisor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Supervisor]:
    """A supervisor of the servers that the test's parameter names."""
    os.mkfifo(tmp_path / "fifo")
    variables = {**os.environ, "FIFO": str(tmp_path / "fifo")}
    command = [sys.executable, "-c", SUPERVISOR, *request.param]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, env=variables, start_new_session=True, **pipes) as process:
        yield process
        process.kill()


def read_pids(supervisor: Supervisor, count: int) -> list[int]:
    assert supervisor.stdout
    pids: list[int] = []
    for line in supervisor.stdout:
        name, _, said = line.partition(" | ")
        if said.startswith("pid "):
            assert "server" in name
            pids.append(int(said.split()[1]))
        if len(pids) == count:
            return pids
    raise AssertionError(f"the supervisor ended after {pids}")


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("supervisor", [(SERVER, SERVER)], indirect=True, ids=["two-servers"])
def test_a_signal_stops_both_servers_and_leaves_no_process(supervisor: Supervisor, number: int) -> None:
    pids = read_pids(supervisor, 2)
    supervisor.send_signal(number)
    supervisor.communicate(timeout=20)
    assert supervisor.returncode == 0
    assert not any(is_running(pid) for pid in pids)


@pytest.mark.parametrize("supervisor", [(FIRST, FAILING)], indirect=True, ids=["one-fails"])
def test_when_one_server_ends_the_other_is_stopped_and_the_reason_is_shown(supervisor: Supervisor) -> None:
    (pid,) = read_pids(supervisor, 1)
    _out, error = supervisor.communicate(timeout=20)
    assert supervisor.returncode == 1
    assert not is_running(pid)
    assert "'server1' ended, so everything was stopped" in error
    assert "the reason" in error
