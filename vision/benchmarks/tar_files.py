"""Reads tables and pictures of public data straight from the folder and the archives in which they come."""

from __future__ import annotations

import csv
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from PIL.Image import Image

from vision.errors import InvalidCatalogue
from vision.images import decode

LARGEST_MEMBER = 10 * 1024 * 1024
"""Bytes; no photo of these data sets comes near."""


def read_rows(file: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Read a CSV file with a header.

    Raises:
        InvalidCatalogue: it is missing, or lacks one of the columns.
    """
    if not file.is_file():
        raise InvalidCatalogue("file", str(file), "must be there")
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = set(columns) - set(reader.fieldnames or ())
        if missing:
            raise InvalidCatalogue(file.name, sorted(missing), "columns are missing")
        return list(reader)


def read_pictures(archive: Path, wanted: Sequence[str]) -> list[Image]:
    """Read pictures of a tar archive, in the order in which they are asked for; all are RGB.

    Raises:
        InvalidCatalogue: the archive or a member is missing, or a member is no plain file of a sane name and size.
        ImageRefused: a member is no picture.
    """
    if not archive.is_file():
        raise InvalidCatalogue("file", str(archive), "must be there")
    asked = set(wanted)
    with tarfile.open(archive) as opened:
        found = {name: decode(data) for name, data in _members(opened, asked)}
    missing = sorted(asked - found.keys())
    if missing:
        raise InvalidCatalogue(archive.name, missing[0], f"{len(missing)} members are missing")
    return [found[name] for name in wanted]


def _members(opened: tarfile.TarFile, asked: set[str]) -> Iterator[tuple[str, bytes]]:
    for member in opened:
        path = PurePosixPath(member.name)
        if path.is_absolute() or ".." in path.parts:
            raise InvalidCatalogue("member", member.name, "must stay inside the archive")
        if member.name not in asked:
            continue
        content = opened.extractfile(member) if member.isfile() else None
        if content is None or member.size > LARGEST_MEMBER:
            raise InvalidCatalogue("member", member.name, f"must be a file of at most {LARGEST_MEMBER} bytes")
        yield member.name, content.read()


def titled(name: str) -> str:
    """Make a title of a name in a table: "Red-Bell-Pepper" is "Red Bell Pepper"."""
    return name.replace("-", " ").replace("_", " ")


def facts(**values: str) -> Mapping[str, tuple[str, ...]]:
    """Give the values that are there, by name; "a|b" is two."""
    return {name: tuple(value.split("|")) for name, value in values.items() if value}
