"""Makes both environments from the pinned files, and repairs them: `python3 -m ops.environments`.

A fresh machine runs this first, on the standard library of any Python from 3.8 on. An environment is left alone while
the stamp in it matches its requirements file; the stamp is written last and taken away first, so that an environment
which was killed half-way has none, and is made again from nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from ops.pythons import VERSIONS, PythonMissing, find_python
from ops.steps import StepFailed, run_step, say

GIGABYTE = 1024**3
_STAMP = "daogou-stamp"


class DiskFull(Exception):
    """There is not enough room for what the set-up installs."""


class Environment(NamedTuple):
    """One virtual environment, its Python version and the room that a first installation takes, download included."""

    name: str
    version: str
    gigabytes: int


ENVIRONMENTS = (
    Environment("assistant", VERSIONS["assistant"], 4),
    Environment("services", VERSIONS["services"], 8),
)
_TOOLS = Environment("tools", VERSIONS["services"], 1)


def make_environments(root: Path, free_bytes: Callable[[Path], int]) -> None:
    """Make what is missing or stale below `root/.venvs`.

    Raises:
        PythonMissing: an interpreter was not found.
        DiskFull: there is too little room for what is to be installed.
        StepFailed: an installer failed; it has said why.
    """
    with _one_at_a_time(root / ".venvs"):
        stale = [environment for environment in ENVIRONMENTS if not _is_fresh(root, environment)]
        if not stale:
            say("Environments: fresh")
            return
        _check_room(root, sum(environment.gigabytes for environment in stale), free_bytes)
        # All are found before anything is made: a missing one is told in a second and not after minutes.
        pythons = {environment.version: find_python(environment.version) for environment in (*stale, _TOOLS)}
        if not _is_fresh(root, _TOOLS):
            _make_tools(root, pythons[_TOOLS.version])
        for environment in stale:
            _make(root, environment, pythons[environment.version], free_bytes)


def folder_of(root: Path, environment: Environment) -> Path:
    """Give the folder of an environment."""
    return root / ".venvs" / environment.name


def declare_fresh(root: Path, environment: Environment) -> None:
    """Write the stamp which says that an environment holds what its requirements file lists."""
    (folder_of(root, environment) / _STAMP).write_text(_fingerprint(root, environment))


def _is_fresh(root: Path, environment: Environment) -> bool:
    folder = folder_of(root, environment)
    with contextlib.suppress(OSError):
        # A link to an interpreter that has been uninstalled since does not exist for `exists`.
        return (folder / "bin" / "python").exists() and (folder / _STAMP).read_text() == _fingerprint(root, environment)
    return False


def _fingerprint(root: Path, environment: Environment) -> str:
    pins = (root / "requirements" / f"{environment.name}.txt").read_bytes()
    return hashlib.sha256(pins + environment.version.encode()).hexdigest()


def _make_tools(root: Path, python: Path) -> None:
    """Make the small environment that holds the installer of the others."""
    folder = folder_of(root, _TOOLS)
    run_step("Installer: environment", [str(python), "-m", "venv", "--clear", str(folder)])
    pins = str(root / "requirements" / "tools.txt")
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", pins]
    run_step("Installer: packages", pip)
    declare_fresh(root, _TOOLS)


def _make(root: Path, environment: Environment, python: Path, free_bytes: Callable[[Path], int]) -> None:
    folder = folder_of(root, environment)
    uv, stamp = str(folder_of(root, _TOOLS) / "bin" / "uv"), folder / _STAMP
    variables = _installer_variables(root)
    title = f"Python {environment.version} environment {environment.name!r}"
    if stamp.exists() and (folder / "bin" / "python").exists():
        stamp.unlink()
    else:
        run_step(title, [uv, "venv", "--quiet", "--clear", "--python", str(python), str(folder)], variables)
    pins = str(root / "requirements" / f"{environment.name}.txt")
    # Compiled now, once, and not at every start where a machine keeps programs from writing beside their packages.
    options = ["--require-hashes", "--compile-bytecode", "--python", str(folder / "bin" / "python")]
    sync = [uv, "pip", "sync", *options, pins]
    try:
        run_step(f"{title}: packages", sync, variables, draws_bars=True)
    except StepFailed as failure:
        if free_bytes(root) < GIGABYTE:
            raise DiskFull(
                f"The disk of {root} ran full while packages were installed; run it again with more room."
            ) from failure
        raise
    declare_fresh(root, environment)


def _installer_variables(root: Path) -> dict[str, str]:
    """Give uv's environment: the package index and the certificates that pip is set to, unless uv has its own."""
    variables = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    pip = str(folder_of(root, _TOOLS) / "bin" / "pip")
    listed = subprocess.run([pip, "config", "list"], stdout=subprocess.PIPE, check=False).stdout.decode()
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        if name.endswith(".index-url") and "UV_INDEX_URL" not in os.environ:
            variables.setdefault("UV_DEFAULT_INDEX", value.strip("'\""))
        elif name.endswith(".cert"):
            variables.setdefault("SSL_CERT_FILE", value.strip("'\""))
    return variables


def _check_room(root: Path, gigabytes: int, free_bytes: Callable[[Path], int]) -> None:
    free = free_bytes(root)
    if free < gigabytes * GIGABYTE:
        raise DiskFull(
            f"The set-up installs up to {gigabytes} GB, and the disk of {root} has {free / GIGABYTE:.1f} GB free: "
            "make room, or clone the repository onto a larger disk."
        )


@contextlib.contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Let a second set-up wait for the first: two installers in one folder spoil each other's work."""
    folder.mkdir(exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is running in this folder; waiting for it ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def free_on_disk(folder: Path) -> int:
    """Give the free room of the disk that a folder is on, in bytes."""
    return shutil.disk_usage(str(folder)).free


def main(free_bytes: Callable[[Path], int] = free_on_disk) -> int:
    """Make the environments of the folder this is started in; 1 and a message where it cannot be done."""
    try:
        make_environments(Path.cwd(), free_bytes)
    except (PythonMissing, DiskFull, StepFailed) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        sys.stderr.write(f"The set-up could not write its files: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
