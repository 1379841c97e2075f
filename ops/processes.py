"""One server as a child process, its output in a file: for the terminal chat, the tests and the benchmarks."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from ops.launch import Server
from ops.ready import LIMIT_SECONDS, NotReady, wait_until_ready
from ops.steps import say

_STOP_SECONDS = 10.0
_TAIL_LINES = 30
_PR_SET_PDEATHSIG = 1


class ServerProcess:
    """Starts a server, waits for it, and stops it with everything it has started."""

    def __init__(self, server: Server, variables: Mapping[str, str], log: Path) -> None:
        self.server, self.log = server, log
        self._variables = dict(variables)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        if self._process is None:
            raise RuntimeError(f"{self.server.name} is not running")
        return self._process.pid

    def start(self) -> None:
        """Start the server and return at once; its output is added to the log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            # A session of its own: what the server starts can be stopped with it, and Ctrl-C is ours to handle.
            self._process = subprocess.Popen(
                self.server.command,
                env=self._variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_ending_with_parent(),
            )

    def check_alive(self) -> None:
        """Raise NotReady, with the last lines of the log, where the server has ended."""
        if self._process is None or self._process.poll() is not None:
            code = "" if self._process is None else f" with code {self._process.returncode}"
            raise NotReady(f"{self.server.name} ended{code}; {self.log} ends with:\n{self.tail()}")

    def tail(self) -> str:
        """Give the last lines of the log."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-_TAIL_LINES:])

    def stop(self) -> None:
        """Ask the server to end; kill it where it does not within seconds."""
        if self._process is None:
            return
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        # What the server itself had started may have outlived it.
        self._signal(signal.SIGKILL)
        self._process = None

    def kill(self) -> None:
        """End the server at once, as a crash would."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait()

    def _signal(self, number: int) -> None:
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return


def _ending_with_parent() -> Callable[[], object] | None:
    """Give what a child does before its program starts: ask Linux to end it when this process is killed."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def wait_for(processes: list[ServerProcess], limit_s: float = LIMIT_SECONDS) -> float:
    """Wait until started servers answer; raise NotReady as soon as one ends. Returns the seconds it took."""

    def check_alive() -> None:
        for process in processes:
            process.check_alive()

    health = {process.server.name: process.server.health for process in processes}
    return wait_until_ready(health, say, limit_s, check_alive)
