"""Copies a SQLite database page by page, also over one that is in use."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path


def copy_database(source: Path, target: Path) -> None:
    """Make the target hold what the source holds.

    SQLite's own backup is used, because the newest rows of a database may still be in its write-ahead log, and because
    programs that have the target open see the new contents at once.

    Raises:
        FileNotFoundError: there is no source.
    """
    if not source.exists():
        raise FileNotFoundError(f"there is no database {source}: run `make train`, which makes the demo shop")
    target.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(sqlite3.connect(source)) as old, contextlib.closing(sqlite3.connect(target)) as new:
        old.backup(new)
