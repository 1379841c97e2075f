"""The examples of why something comes back: messages of the training text, each with the reason that it tells."""

from __future__ import annotations

import csv
from collections.abc import Collection
from pathlib import Path

from assistant.nlu.artifacts import ArtifactError

COLUMNS = ("message", "reason")
UNTOLD = ""
"""The reason of a message that tells none, or one that the shop's rules do not know."""


def read_reasons(path: str, known: Collection[str]) -> dict[str, str]:
    """Read a file of examples.

    Args:
        path: a csv file of two columns, `message` and `reason`.
        known: the reasons that there are.

    Returns:
        The reason by message, UNTOLD where it tells none.

    Raises:
        ArtifactError: the file cannot be read, or has other columns, or a reason that is not known.
    """
    try:
        with Path(path).open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ArtifactError(f"{path} cannot be read: {error}") from error
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise ArtifactError(f"{path} needs the columns {', '.join(COLUMNS)}, and has {reader.fieldnames}")
    for place, row in enumerate(rows, 2):
        if row["reason"] not in {UNTOLD, *known}:
            raise ArtifactError(f"{path}, line {place}: {row['reason']!r} is none of {', '.join(sorted(known))}")
    return {row["message"]: row["reason"] for row in rows}
