"""Remembers between two runs of a set-up step what was made from what."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Stamp = TypeVar("Stamp", bound="DataclassInstance")


def read_stamp(file: Path, kind: type[Stamp]) -> Stamp | None:
    """Read what the last run wrote; what cannot be read is as if there had been none."""
    try:
        return kind(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_stamp(file: Path, stamp: DataclassInstance) -> None:
    """Write what this run made, for the next one to read."""
    file.write_text(json.dumps(asdict(stamp), indent=1) + "\n", encoding="utf-8")
