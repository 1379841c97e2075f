"""Lets a finished folder take another's place, so that a kill or a power cut at any moment loses neither.

    NAME             what is served
    .NAME.old        what was served, while the new folder takes its name
    .NAME.new        where the next one is made
    .NAME.writing    locked while somebody writes

Not every system exchanges two folders in one step. Between the two renames that it takes, the old folder is whole under
its other name, and the next who reads or writes brings it back.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def sole_writer(folder: Path) -> Iterator[Path]:
    """Wait for other writers, mend what a killed one left, and give an empty folder beside to make the new one in.

    Args:
        folder: what is to be replaced; its parents are made where they are missing.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = _beside(folder, "new")
    with _beside(folder, "writing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _mend(folder)
        # Only the holder of the lock has one: what is found is a killed writer's, and may be gigabytes.
        _remove(scratch)
        scratch.mkdir()
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def publish(made: Path, folder: Path) -> None:
    """Put a finished folder in another's place; only within `sole_writer`."""
    old = _beside(folder, "old")
    for file in (*made.rglob("*"), made):
        sync(file)
    if folder.exists():
        folder.rename(old)
        sync(folder.parent)
    made.rename(folder)
    sync(folder.parent)
    # What is left of it does no harm, and goes with the next writer.
    with suppress(OSError):
        _remove(old)


def restore(folder: Path) -> None:
    """Bring back the folder that a killed `publish` had put aside; does nothing where one is there."""
    if folder.exists() or not _beside(folder, "old").exists():
        return
    # A writer that is at work brings it back or replaces it; on a disk that cannot be written the folder is missing.
    with suppress(OSError), _beside(folder, "writing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _mend(folder)


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk: a name that outlives a power cut must not name half a file."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _mend(folder: Path) -> None:
    old = _beside(folder, "old")
    if old.exists() and not folder.exists():
        old.rename(folder)
        sync(folder.parent)
    _remove(old)


def _remove(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)


def _beside(folder: Path, what: str) -> Path:
    return folder.parent / f".{folder.name}.{what}"
