"""Copies a SQLite database page by page, also over one that is in use: `python -m ops.database_copy SOURCE TARGET`."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
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


def main() -> int:
    """Copy the database that the command line names, unless the target is there already."""
    source, target = (Path(argument) for argument in sys.argv[1:3])
    if not target.exists():
        copy_database(source, target)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
