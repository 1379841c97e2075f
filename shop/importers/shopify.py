"""Shopify's product CSV: rows with the same handle are one product; a row without a price only adds a picture.

Both generations of column names are read ("Handle" and "URL handle", "Variant Price" and "Price" ...). Metafields
such as "Color (product.metafields.shopify.color-pattern)" become attributes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from slugify import slugify

from shop.importers.catalogue_rows import Pairs, ProductRow, VariantRow, parse_price, parse_stock
from shop.importers.errors import BadRow
from shop.importers.plain_text import one_line, paragraphs
from shop.importers.reading import (
    Once,
    ReadingSettings,
    check_options,
    keep_https,
    refuse_all,
    shown,
    unique_pairs,
    variant_name,
)
from shop.importers.report import ImportReport
from shop.importers.tables import TableRow, read_table

_COLUMNS: Mapping[str, Sequence[str]] = {
    "handle": ("handle", "url handle"),
    "title": ("title",),
    "description": ("body (html)", "description"),
    "category": ("product category",),
    "sku": ("variant sku", "sku"),
    "price": ("variant price", "price"),
    "stock": ("variant inventory qty", "inventory quantity"),
    "barcode": ("variant barcode", "barcode"),
    "image": ("image src", "product image url"),
    "position": ("image position",),
    "variant image": ("variant image", "variant image url"),
    "published": ("published", "published on online store"),
}
_NEEDED = [_COLUMNS[name] for name in ("handle", "title", "price")]
_METAFIELD = re.compile(r"(.+?) \(product\.metafields\..+\)")
_OPTION_COLUMNS = 3
# What Shopify writes for a product that has no options.
_NO_OPTION = ("title", "default title")


def read(path: Path, settings: ReadingSettings, report: ImportReport) -> list[ProductRow]:
    """Read a Shopify product CSV."""
    return _Reading(settings, report).products(read_table(path, report, _NEEDED))


def _cell(row: TableRow, name: str) -> str:
    return next((row[column] for column in _COLUMNS[name] if row[column]), "")


class _Reading:
    def __init__(self, settings: ReadingSettings, report: ImportReport) -> None:
        self._settings, self._report = settings, report
        self._skus = Once("sku")

    def products(self, rows: Iterable[TableRow]) -> list[ProductRow]:
        read = (self._product(handle, group) for handle, group in shown(self._groups(rows).items()))
        return [product for product in read if product is not None]

    def _groups(self, rows: Iterable[TableRow]) -> dict[str, list[TableRow]]:
        groups: dict[str, list[TableRow]] = {}
        for row in rows:
            handle = _cell(row, "handle")
            if handle:
                groups.setdefault(handle, []).append(row)
            else:
                self._report.refuse(row.line, BadRow("handle", "is missing", _cell(row, "title")))
        return groups

    def _product(self, handle: str, rows: Sequence[TableRow]) -> ProductRow | None:
        first = rows[0]
        title = one_line(_cell(first, "title"))
        try:
            # Made once without variants, so that what is wrong with the product is said before its rows are read.
            product = self._without_variants(handle, title, rows)
        except BadRow as error:
            refuse_all(self._report, [row.line for row in rows], error)
            return None
        names = [one_line(first[f"option{number} name"]) for number in range(1, _OPTION_COLUMNS + 1)]
        variants = check_options(self._variants(handle, title, names, rows), self._report)
        return replace(product, variants=variants) if variants else None

    def _without_variants(self, handle: str, title: str, rows: Sequence[TableRow]) -> ProductRow:
        first = rows[0]
        return ProductRow(
            first.line,
            handle,
            title,
            variants=(),
            description=paragraphs(_cell(first, "description")),
            brand=one_line(first["vendor"]) or None,
            categories=_categories(first),
            attributes=_attributes(first),
            images=self._images(rows),
            active=_is_active(first),
        )

    def _variants(self, handle: str, title: str, names: Sequence[str], rows: Sequence[TableRow]) -> list[VariantRow]:
        variants = []
        for row in rows:
            only_picture = not _cell(row, "price") and not _cell(row, "sku") and bool(_cell(row, "image"))
            if only_picture and row is not rows[0]:
                continue
            with self._report.row(row.line):
                variants.append(self._variant(handle, title, names, row))
        return variants

    def _variant(self, handle: str, title: str, names: Sequence[str], row: TableRow) -> VariantRow:
        options = _options(names, row)
        sku = _cell(row, "sku").removeprefix("'")
        if not sku:
            sku = "-".join([handle, *(slugify(value) for _, value in options)])
            self._report.note("no SKU is given: made from the handle and the option values")
        stock, exact = self._stock(row)
        variant = VariantRow(
            row.line,
            sku,
            variant_name(title, options),
            price=parse_price(_cell(row, "price")),
            currency=self._settings.currency,
            stock=stock,
            options=options,
            attributes=unique_pairs([("barcode", _cell(row, "barcode").removeprefix("'"))]),
            images=keep_https([_cell(row, "variant image")], self._report),
            stock_is_exact=exact,
        )
        self._skus.claim(sku, row.line)
        return variant

    def _stock(self, row: TableRow) -> tuple[int, bool]:
        text = _cell(row, "stock")
        if not text:
            assumed = self._settings.assumed_stock
            self._report.note(f"Shopify does not count the stock: {assumed} assumed (--assumed-stock)")
            return assumed, False
        if re.fullmatch(r"-[0-9]+", text):
            self._report.note("oversold in Shopify (stock below zero): stored as 0")
            return 0, True
        return parse_stock(text, "Variant Inventory Qty"), True

    def _images(self, rows: Sequence[TableRow]) -> tuple[str, ...]:
        pictures = [(_position(row), _cell(row, "image")) for row in rows if _cell(row, "image")]
        return keep_https([image for _, image in sorted(pictures, key=lambda picture: picture[0])], self._report)


def _options(names: Sequence[str], row: TableRow) -> Pairs:
    pairs = []
    for number, name in enumerate(names, start=1):
        value = one_line(row[f"option{number} value"])
        if (name.casefold(), value.casefold()) == _NO_OPTION or not (name or value):
            continue
        if not name or not value:
            missing = f"Option{number} {'Name' if value else 'Value'}"
            raise BadRow(missing, "is missing", value or name)
        pairs.append((name, value))
    return tuple(pairs)


def _categories(row: TableRow) -> tuple[tuple[str, ...], ...]:
    cell = _cell(row, "category") or row["type"]
    path = tuple(filter(None, (one_line(part) for part in cell.split(">"))))
    return (path,) if path else ()


def _attributes(row: TableRow) -> Pairs:
    pairs = [("tag", one_line(tag)) for tag in row["tags"].split(",")]
    if _cell(row, "category"):
        pairs.append(("type", one_line(row["type"])))
    for column, cell in row.cells.items():
        metafield = _METAFIELD.fullmatch(column)
        if metafield and cell:
            pairs += [(metafield.group(1), one_line(value)) for value in cell.split(";")]
    return unique_pairs(pairs)


def _is_active(row: TableRow) -> bool | None:
    status, published = row["status"].casefold(), _cell(row, "published").casefold()
    if not status and not published:
        return None
    return status in {"", "active"} and published not in {"false", "no"}


def _position(row: TableRow) -> int:
    text = _cell(row, "position")
    # A picture without a position stays where it stands in the file, behind those that have one.
    return int(text) if text.isdecimal() else 1_000_000
