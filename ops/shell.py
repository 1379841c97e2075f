"""A talk with the assistant in the terminal: `python -m ops.shell`, which `make shell` ends with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from ops.launch import ASSISTANT_PYTHON, MODEL, read_launch
from ops.ports import PortUnusable, check_free
from ops.processes import ServerProcess, wait_for
from ops.ready import NotReady

_LOG = Path("artifacts/logs/actions.log")


def main() -> int:
    """Run the action server behind Rasa's own shell; stop it when the talk is over."""
    try:
        launch = read_launch(os.environ)
        check_free(launch.ports)
    except PortUnusable as error:
        sys.stderr.write(f"{error}\n")
        return 1
    actions = ServerProcess(launch.actions(), launch.variables, _LOG)
    # A closed terminal ends the talk like Ctrl-C does, and the action server with it.
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: sys.exit(1))
    actions.start()
    try:
        wait_for([actions])
        command = [
            ASSISTANT_PYTHON,
            "-m",
            "assistant",
            "shell",
            "--model",
            MODEL,
            "--endpoints",
            "assistant/endpoints.yml",
        ]
        # Rasa's shell opens a server too, by default to everyone who can reach this machine.
        command += ["--interface", "127.0.0.1", "--port", str(launch.ports[0].number)]
        return subprocess.run(command, env=dict(launch.variables), check=False).returncode
    except NotReady as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        actions.stop()


if __name__ == "__main__":
    raise SystemExit(main())
