"""Digests of files: what was pinned, saved or shown is told from what was changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from vision.errors import WeightsRefused


def sha256_of(path: Path) -> str:
    """Hash a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_sha256(path: Path, expected: str) -> None:
    """Let a file pass only if it is the one that was pinned.

    Raises:
        WeightsRefused: it is another one.
    """
    found = sha256_of(path)
    if found != expected:
        raise WeightsRefused(path, expected, found)
