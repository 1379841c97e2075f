"""Chinese names of goods with the words that a catalogue in English has for them, of `data/lexicon/glossary_zh.csv`."""

from __future__ import annotations

import csv
import io

from assistant.nlu.artifacts import ArtifactError, read_bytes


def glossary_of(path: str) -> dict[str, str]:
    """Give the catalogue's words by the Chinese name.

    Raises:
        ArtifactError: the file is missing, or lacks a column.
    """
    rows = csv.DictReader(io.StringIO(read_bytes(path).decode("utf-8")))
    if rows.fieldnames is None or not {"chinese", "catalogue"} <= set(rows.fieldnames):
        raise ArtifactError(f"{path} must have the columns chinese and catalogue")
    return {row["chinese"]: row["catalogue"] for row in rows}
