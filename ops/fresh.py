"""Runs a command only where what goes into it has changed.

`python -m ops.fresh train --inputs config.yml data/nlu --outputs models/daogou.tar.gz -- rasa train ...`

What decides is the contents of the files and the command itself, never a time stamp: a checkout, a branch switch and a
touch change nothing. The fingerprint of the last good run is kept in `.stamps/`.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ops.steps import StepFailed, run_step, say

STAMPS = Path(".stamps")


def run_if_stale(name: str, inputs: Sequence[Path], outputs: Sequence[Path], command: Sequence[str]) -> bool:
    """Run the command unless its last good run had these inputs and its outputs are still there.

    Returns:
        Whether it ran.

    Raises:
        StepFailed: it ran and failed; it will run again next time.
    """
    stamp = STAMPS / name
    fingerprint = fingerprint_of(inputs, command)
    if stamp.is_file() and stamp.read_text() == fingerprint and all(output.exists() for output in outputs):
        say(f"{name}: fresh")
        return False
    stamp.unlink(missing_ok=True)
    run_step(name, command)
    STAMPS.mkdir(exist_ok=True)
    stamp.write_text(fingerprint)
    return True


def fingerprint_of(inputs: Sequence[Path], command: Sequence[str]) -> str:
    """Hash a command and the names and contents of all files that go into it."""
    digest = hashlib.sha256("\0".join(command).encode())
    for path in inputs:
        # A path that is not there counts too: its appearing is a change.
        digest.update(f"\0{path}\0".encode())
        for file in _files_of(path):
            digest.update(f"\0{file}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _files_of(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for file in sorted(path.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            yield file


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, run what is stale, and pass its failure on."""
    parser = argparse.ArgumentParser(prog="python -m ops.fresh", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("name", help="what the step is called on the screen and in .stamps/")
    parser.add_argument("--inputs", nargs="+", type=Path, default=[], help="files and folders that go into it")
    parser.add_argument("--outputs", nargs="+", type=Path, default=[], help="files that must be there afterwards")
    parser.add_argument("command", nargs="+", help="after --: what to run")
    options = parser.parse_args(arguments)
    try:
        run_if_stale(options.name, options.inputs, options.outputs, options.command)
    except StepFailed as failure:
        sys.stderr.write(f"{failure}\n")
        return failure.returncode
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
