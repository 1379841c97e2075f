"""Comma and tab separated files: encoding, header and rows, each with the line it stands on."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shop.importers.errors import BadRow, UnreadableFile, WrongColumns
from shop.importers.report import ImportReport

# What tells the formats apart, to say what a file looks like when its columns are not the asked ones.
_FINGERPRINTS = {
    "a Vendure CSV (vendure)": {"name", "slug", "assets", "facets", "optiongroups", "optionvalues", "stockonhand"},
    "a Shopify product CSV (shopify)": {
        "handle",
        "url handle",
        "title",
        "body (html)",
        "vendor",
        "option1 name",
        "tags",
    },
    "a Google merchant feed (merchant-feed)": {"id", "title", "link", "image_link", "availability", "price", "brand"},
}
_ENOUGH = 3
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# A description may be longer than the csv module's own limit of 128 KiB.
_LONGEST_CELL = 16 * 1024 * 1024


@dataclass(frozen=True)
class TableRow:
    """The cells of a row by column name in lower case, white space stripped; a cell that is not there is empty."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def is_blank(self) -> bool:
        """Tell whether every cell is empty."""
        return not any(self.cells.values())


def read_text(path: Path) -> str:
    """Read a UTF-8 file, with or without a byte order mark.

    Raises:
        UnreadableFile: missing, empty, a workbook, or in another encoding; the message says which and where.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(path, error.strerror or str(error)) from error
    _check_kind(path, data)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{data[error.start]:02x} on line {line} is not UTF-8"
        raise UnreadableFile(path, f"{found}; it looks like Latin-1 or Windows-1252: save it as UTF-8") from error


def _check_kind(path: Path, data: bytes) -> None:
    head = data[:4096]
    if not data.strip():
        raise UnreadableFile(path, "the file is empty")
    if head.startswith(_UTF16) or head.count(b"\0") > len(head) // 4:
        raise UnreadableFile(path, "the file is in UTF-16: save it as UTF-8")
    if head.startswith(b"PK\x03\x04"):
        raise UnreadableFile(path, "the file is a workbook or a ZIP archive: export it as CSV")


def read_table(
    path: Path,
    report: ImportReport,
    needed: Sequence[Sequence[str]],
    delimiter: str = ",",
    tidy: Callable[[str], str] = str.lower,
) -> Iterator[TableRow]:
    """Read the rows under a checked header; a row with too few or too many cells is reported and left out.

    Args:
        path: the file.
        report: where refused rows go.
        needed: the columns that must be there, each as its alternative names in lower case.
        delimiter: what separates the cells.
        tidy: how a column name is brought into one form.

    Raises:
        UnreadableFile: see `read_text`; or there is no row below the header.
        WrongColumns: a needed column is missing.
    """
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(
        io.StringIO(read_text(path), newline=""), delimiter=delimiter, skipinitialspace=delimiter == ","
    )
    rows = _numbered(path, reader)
    header = [tidy(cell.strip()) for cell in next(rows)[1]]
    _check_header(path, header, needed, delimiter)
    found = False
    for line, cells in rows:
        found = True
        yield from _row(line, header, cells, report)
    if not found:
        raise UnreadableFile(path, "there are no rows below the header")


def _numbered(path: Path, reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Number rows by the line they begin on: a quoted cell may hold line breaks."""
    start = 1
    try:
        for cells in reader:
            yield start, cells
            start = reader.line_num + 1  # type: ignore[attr-defined] # typeshed hides the reader's class
    except csv.Error as error:
        raise UnreadableFile(path, f"line {start} cannot be read: {error}") from error


def _row(line: int, header: list[str], cells: list[str], report: ImportReport) -> Iterator[TableRow]:
    stripped = [cell.strip() for cell in cells]
    if not any(stripped):
        return
    with report.row(line):
        if len(cells) != len(header):
            raise BadRow("row", f"has {len(cells)} cells, the header has {len(header)}", " | ".join(stripped))
        yield TableRow(line, dict(zip(header, stripped, strict=True)))


def _check_header(path: Path, header: list[str], needed: Sequence[Sequence[str]], delimiter: str) -> None:
    missing = [names[0] for names in needed if not set(names) & set(header)]
    if missing:
        raise WrongColumns(path, missing, _guess(header, delimiter))
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise UnreadableFile(path, f"the header names {', '.join(twice)} twice")


def _guess(header: list[str], delimiter: str) -> str | None:
    if header[0].startswith("<"):
        return "XML: a Google merchant feed (merchant-feed) may be XML"
    for other in {",", "\t", ";"} - {delimiter}:
        cells = [cell.strip().strip('"') for cell in header[0].split(other)] if len(header) == 1 else []
        if len(cells) > _ENOUGH:
            named = {",": "commas", "\t": "tabs", ";": "semicolons"}
            kind = _guess(cells, other)
            return f"a file separated by {named[other]}, not {named[delimiter]}" + (f": {kind}" if kind else "")
    scores = {name: len(columns & set(header)) for name, columns in _FINGERPRINTS.items()}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= _ENOUGH else None
