"""Runs both servers under a supervisor: `python -m ops.serve`, which `make run` ends with.

Logs carry the name of their server. When one ends, the other is stopped; Ctrl-C, SIGTERM and a closed terminal stop
both and leave no process behind.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import sys
from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Any

from honcho.manager import Manager
from honcho.printer import Message, Printer

from ops.launch import SERVICES_PYTHON, Launch, Server, read_launch
from ops.ports import PortUnusable, check_free

_TAIL_LINES = 20
_STOPPED_BY_US = (128 + signal.SIGINT, 128 + signal.SIGTERM)
_ENDED = re.compile(r"^(?P<name>\S+) stopped \(rc=(?P<code>-?\d+)\)")


class TailPrinter(Printer):  # type: ignore[misc]  # honcho carries no types
    """Prints every line with its server's name, and remembers the last ones of each and who ended first."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)
        self.tails: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=_TAIL_LINES))
        self.first_ended: str | None = None

    def write(self, message: Message) -> None:
        """Print one message of a server or of the supervisor itself."""
        data = message.data
        text = data.decode("utf-8", "replace") if isinstance(data, bytes) else str(data)
        self.tails[message.name].append(text.rstrip("\n"))
        ended = _ENDED.match(text)
        if ended and self.first_ended is None:
            self.first_ended = ended["name"]
        super().write(message)


def supervise(servers: list[Server], variables: Mapping[str, str]) -> int:
    """Run servers until one ends or a signal stops them.

    Returns:
        0 where a signal stopped them, 1 where one ended by itself; then its last lines are printed again.
    """
    printer = TailPrinter()
    manager = Manager(printer)
    for server in servers:
        manager.add_process(server.name, f"exec {shlex.join(server.command)}", env=dict(variables))
    # The servers are in sessions of their own, where a closed terminal does not reach them.
    signal.signal(signal.SIGHUP, lambda _number, _frame: os.kill(os.getpid(), signal.SIGTERM))
    manager.loop()
    if manager.returncode in _STOPPED_BY_US:
        return 0
    _explain(printer)
    return 1


def _explain(printer: TailPrinter) -> None:
    name = printer.first_ended or "a server"
    lines = "\n".join(f"    {line}" for line in printer.tails.get(name, ()))
    sys.stderr.write(f"{name!r} ended, so everything was stopped. Its last lines:\n{lines}\n")


def _watcher(launch: Launch, servers: list[Server]) -> Server:
    """Describe the process that tells when all are ready."""
    health = tuple(f"{server.name}={server.health}" for server in servers)
    return Server("daogou", (SERVICES_PYTHON, "-m", "ops.ready", "--page", launch.page, *health), "")


def main(environ: Mapping[str, Any] = os.environ) -> int:
    """Start both servers as the settings say; 1 and a message where they cannot be started or one ends."""
    try:
        launch = read_launch(environ)
        check_free(launch.ports)
    except PortUnusable as error:
        sys.stderr.write(f"{error}\n")
        return 1
    servers = [launch.actions(), launch.assistant()]
    return supervise([*servers, _watcher(launch, servers)], launch.variables)


if __name__ == "__main__":
    raise SystemExit(main())
