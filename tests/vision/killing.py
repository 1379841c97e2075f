"""Kills a writer at the n-th thing that it does with a file or folder."""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable

TOUCHES = ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree", "fcntl.flock")


def killed_at(step: int, write: Callable[[], object]) -> bool:
    """Let a child write and die at a step; False where it was through before. Only for a process with one thread."""
    child = os.fork()
    if not child:
        done = itertools.count(1)

        def die(event: str, _: object) -> None:
            if event in TOUCHES and next(done) == step:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(die)
        write()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)
