import os
import select
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.database_copy import copy_database
from ops.launch import Server
from ops.ports import free_ports
from ops.processes import ServerProcess, wait_for
from ops.ready import NotReady, wait_until_ready

ENVIRON = {"PATH": os.environ["PATH"]}


@pytest.fixture
def http_server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A small real server on a free port, not yet started."""
    (port,) = free_ports(1)
    command = (sys.executable, "-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory", str(tmp_path))
    server = Server("files", (*command, str(port)), f"http://127.0.0.1:{port}/")
    process = ServerProcess(server, ENVIRON, tmp_path / "logs" / "files.log")
    yield process
    process.stop()


def test_a_server_is_waited_for_and_stopped(http_server: ServerProcess) -> None:
    http_server.start()
    pid = http_server.pid
    assert wait_for([http_server], limit_s=30) < 30
    http_server.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert "GET /" in http_server.log.read_text()


def test_a_killed_server_can_be_started_again(http_server: ServerProcess) -> None:
    http_server.start()
    wait_for([http_server], limit_s=30)
    http_server.kill()
    with pytest.raises(NotReady, match="files ended with code -9"):
        http_server.check_alive()
    http_server.start()
    wait_for([http_server], limit_s=30)
    http_server.stop()


PARENT = """
import os, sys
from pathlib import Path
from ops.launch import Server
from ops.processes import ServerProcess
server = Server("s", (sys.executable, "-c", "import time; time.sleep(60)"), "")
process = ServerProcess(server, os.environ, Path(sys.argv[1]))
process.start()
print(process.pid, flush=True)
input()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can tie a process to its parent")
def test_a_server_does_not_outlive_whoever_started_it_even_when_that_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path / "log")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        server = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
    assert select.select([server], [], [], 20)[0], "the server still runs"
    os.close(server)


def test_a_server_that_ends_at_once_is_told_with_its_last_lines(tmp_path: Path) -> None:
    server = Server("broken", (sys.executable, "-c", "raise SystemExit('no model')"), "http://127.0.0.1:9/")
    process = ServerProcess(server, ENVIRON, tmp_path / "broken.log")
    process.start()
    with pytest.raises(NotReady, match=r"(?s)broken ended with code 1.*no model"):
        wait_for([process], limit_s=30)


def test_waiting_ends_at_the_limit_and_names_who_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("ops.ready._TELL_SECONDS", 0.0)
    (port,) = free_ports(1)
    with pytest.raises(NotReady, match="No answer after 0 s from: actions"):
        wait_until_ready({"actions": f"http://127.0.0.1:{port}/health"}, told.append, limit_s=0.1)
    assert told == ["Waiting for actions ... 0 s"]


def test_a_copy_over_a_database_in_use_is_seen_by_who_has_it_open(tmp_path: Path) -> None:
    source, target = tmp_path / "source.db", tmp_path / "folder" / "target.db"
    with sqlite3.connect(source) as made:
        made.execute("CREATE TABLE variants (stock INTEGER)")
        made.execute("INSERT INTO variants VALUES (7)")
    made.close()
    copy_database(source, target)
    reader = sqlite3.connect(target)
    reader.execute("UPDATE variants SET stock = 0")
    reader.commit()
    copy_database(source, target)
    assert reader.execute("SELECT stock FROM variants").fetchall() == [(7,)]
    reader.close()


def test_copying_a_database_that_is_not_there_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make train"):
        copy_database(tmp_path / "none.db", tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
