"""The items of a Google merchant feed, whether it is tab separated, RSS 2.0 or Atom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces

from defusedxml import DefusedXmlException
from defusedxml.sax import make_parser

from shop.importers.errors import UnreadableFile, WrongColumns
from shop.importers.report import ImportReport
from shop.importers.tables import read_table

GOOGLE = "http://base.google.com/ns/1.0"
_ATOM = "http://www.w3.org/2005/Atom"
_NEEDED = [("id",), ("title",), ("price",), ("availability",)]
_ITEMS = {(None, "item"), (_ATOM, "entry")}
_DETAIL = "product_detail"


@dataclass
class FeedItem:
    """One item: its values by attribute name, and its product details as (name, value)."""

    line: int
    values: dict[str, list[str]] = field(default_factory=dict)
    details: list[tuple[str, str]] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        """Give the first value of an attribute, or an empty text."""
        return next(iter(self.values.get(name, ())), "")


def read_items(path: Path, report: ImportReport) -> list[FeedItem]:
    """Read every item of a feed.

    Raises:
        UnreadableFile: missing, empty, not well-formed, or XML that declares entities.
        WrongColumns: the header lacks a needed column.
    """
    try:
        with path.open("rb") as file:
            # The order marks of UTF-8 and UTF-16, and the zeros that UTF-16 puts between.
            head = file.read(1024).replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    except OSError as error:
        raise UnreadableFile(path, error.strerror or str(error)) from error
    return _read_xml(path) if head.startswith(b"<") else _read_tsv(path, report)


def _read_tsv(path: Path, report: ImportReport) -> list[FeedItem]:
    rows = read_table(path, report, _NEEDED, delimiter="\t", tidy=_tidy_name)
    return [_from_cells(row.line, row.cells) for row in rows]


def _tidy_name(name: str) -> str:
    return name.lower().removeprefix("g:").replace(" ", "_")


def _from_cells(line: int, cells: Mapping[str, str]) -> FeedItem:
    item = FeedItem(line)
    for name, cell in cells.items():
        if name == _DETAIL:
            item.details = [pair for part in cell.split(",") if (pair := _detail(part))]
        elif cell:
            # Only pictures may hold several values in one cell; a comma in any other is just a comma.
            item.values[name] = cell.split(",") if name == "additional_image_link" else [cell]
    return item


def _detail(text: str) -> tuple[str, str] | None:
    parts = text.split(":", 2)
    return (parts[1].strip(), parts[2].strip()) if len(parts) == 3 else None


def _read_xml(path: Path) -> list[FeedItem]:
    handler = _FeedHandler()
    parser = make_parser()
    parser.setFeature(feature_namespaces, True)
    # A feed needs no document type; without one there are no entities to expand or to fetch.
    parser.forbid_dtd = True
    parser.setContentHandler(handler)
    try:
        with path.open("rb") as file:
            parser.parse(file)
    except DefusedXmlException as error:
        raise UnreadableFile(
            path, "the XML declares a document type or entities, which a feed needs not: refused"
        ) from error
    except SAXParseException as error:
        raise UnreadableFile(
            path, f"line {error.getLineNumber()} is not well-formed XML: {error.getMessage()}"
        ) from error
    _check_items(path, handler)
    return handler.items


def _check_items(path: Path, handler: _FeedHandler) -> None:
    if not handler.items:
        raise UnreadableFile(path, f"there is no item in it; its outermost element is <{handler.root}>")
    named = set().union(*(item.values for item in handler.items))
    missing = [names[0] for names in _NEEDED if names[0] not in named]
    if missing:
        hint = "" if handler.saw_google else f"XML without the namespace {GOOGLE}"
        raise WrongColumns(path, missing, hint or None)


class _FeedHandler(ContentHandler):
    """Collects the direct children of items; of nested ones only product details, as `shipping` has a price too."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[FeedItem] = []
        self.root = ""
        self.saw_google = False
        self._item: FeedItem | None = None
        self._path: list[str] = []
        self._text: list[str] = []
        self._nested: dict[str, str] = {}

    def startElementNS(self, name: tuple[str | None, str], qname: str | None, attrs: Any) -> None:
        self.root = self.root or name[1]
        self.saw_google = self.saw_google or name[0] == GOOGLE
        if self._item is not None:
            self._path.append(name[1])
            self._text = []
        elif name in _ITEMS:
            self._item = FeedItem(self._locator.getLineNumber())  # type: ignore[attr-defined] # set by the parser

    def characters(self, content: str) -> None:
        if self._path:
            self._text.append(content)

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:
        if self._item is None:
            return
        if not self._path:
            self.items.append(self._item)
            self._item = None
            return
        self._close("".join(self._text).strip(), self._item)
        self._path.pop()
        self._text = []

    def _close(self, text: str, item: FeedItem) -> None:
        if len(self._path) == 1 and self._path[0] == _DETAIL:
            name, value = self._nested.get("attribute_name", ""), self._nested.get("attribute_value", "")
            if name and value:
                item.details.append((name, value))
            self._nested = {}
        elif len(self._path) == 1 and text:
            item.values.setdefault(self._path[0], []).append(text)
        elif self._path[0] == _DETAIL:
            self._nested[self._path[-1]] = text
