"""Runs one step of the set-up so that whoever waits can see it move.

Runs on the standard library of any Python from 3.8 on.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

PULSE_SECONDS = 5.0


class StepFailed(Exception):
    """A step's command ended with an error, which it has printed itself."""

    def __init__(self, title: str, returncode: int) -> None:
        super().__init__(f"{title}: failed (exit code {returncode})")
        self.returncode = returncode


def say(line: str) -> None:
    """Print one line at once, also where the output is a file."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def run_step(
    title: str, command: Sequence[str], environ: Mapping[str, str] | None = None, draws_bars: bool = False
) -> None:
    """Run a command, and say every few seconds that it still runs.

    Args:
        title: what the step is called on the screen.
        command: the program and its arguments.
        environ: its environment; this process's own by default.
        draws_bars: whether it draws progress bars of its own on a terminal, which a line of ours would break.

    Raises:
        StepFailed: the command did not end well.
    """
    silent = draws_bars and sys.stdout.isatty()
    started = time.monotonic()
    say(f"{title} ...")
    process = subprocess.Popen(command, env=None if environ is None else dict(environ))
    try:
        while process.poll() is None:
            try:
                process.wait(timeout=PULSE_SECONDS)
            except subprocess.TimeoutExpired:
                if not silent:
                    say(f"{title} ... {time.monotonic() - started:.0f} s")
    finally:
        # Ctrl-C reaches the command too; it is waited for, so that it never outlives its step.
        process.wait()
    if process.returncode:
        raise StepFailed(title, process.returncode)
    say(f"{title}: done in {time.monotonic() - started:.1f} s")
