"""Why something of a catalogue file was refused."""

# CatalogueError
# |-- BadRow              field, reason, value: one row cannot be used, the others can
# `-- UnreadableFile      path, reason: nothing of the file can be used
#     `-- WrongColumns    missing, looks_like

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class CatalogueError(Exception):
    """Base of what an importer refuses."""


class BadRow(CatalogueError):
    """One row cannot be used as it is."""

    def __init__(self, field: str, reason: str, value: str = "") -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason, self.value = field, reason, value


class UnreadableFile(CatalogueError):
    """Nothing could be read from a file."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name}: {reason}")
        self.path, self.reason = path, reason


class WrongColumns(UnreadableFile):
    """The header lacks columns that the format needs."""

    def __init__(self, path: Path, missing: Sequence[str], looks_like: str | None) -> None:
        hint = f"; it looks like {looks_like}" if looks_like else ""
        super().__init__(path, f"the columns {', '.join(missing)} are missing{hint}")
        self.missing, self.looks_like = tuple(missing), looks_like
