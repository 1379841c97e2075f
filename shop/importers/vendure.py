"""Vendure's product CSV: a row a variant, those below a product's first row have an empty name.

Cells may be padded with blanks. Facets of the group "category" are a path from the root of the category tree, "brand"
is the brand, and any other group is an attribute. Vendure lets variants of one product share a SKU; a shop that goes by
SKU cannot, so each of them gets its option values appended, and the report says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from slugify import slugify

from shop.importers.catalogue_rows import Pairs, ProductRow, VariantRow, parse_price, parse_stock
from shop.importers.errors import BadRow
from shop.importers.plain_text import one_line, paragraphs
from shop.importers.reading import Once, ReadingSettings, check_options, refuse_all, shown, unique_pairs, variant_name
from shop.importers.report import ImportReport
from shop.importers.tables import TableRow, read_table

_NEEDED = [("name",), ("slug",), ("optiongroups",), ("optionvalues",), ("sku",), ("price",), ("stockonhand",)]
_CATEGORY, _BRAND = "category", "brand"


def read(path: Path, settings: ReadingSettings, report: ImportReport) -> list[ProductRow]:
    """Read a Vendure CSV."""
    return _Reading(settings, report).products(read_table(path, report, _NEEDED))


class _Reading:
    def __init__(self, settings: ReadingSettings, report: ImportReport) -> None:
        self._settings, self._report = settings, report
        self._slugs, self._skus = Once("slug"), Once("sku")

    def products(self, rows: Iterable[TableRow]) -> list[ProductRow]:
        read = (self._product(group) for group in shown(self._groups(rows)))
        return [product for product in read if product is not None]

    def _groups(self, rows: Iterable[TableRow]) -> list[list[TableRow]]:
        groups: list[list[TableRow]] = []
        for row in rows:
            if row["name"] or row["slug"]:
                groups.append([row])
            elif groups:
                groups[-1].append(row)
            else:
                self._report.refuse(row.line, BadRow("name", "is missing, and there is no product above it"))
        return groups

    def _product(self, rows: Sequence[TableRow]) -> ProductRow | None:
        first = rows[0]
        try:
            facets = _split_facets(first["facets"])
            name, slug = one_line(first["name"]), first["slug"] or slugify(first["name"])
            groups = _split(first["optiongroups"])
            # Made once without variants, so that what is wrong with the product is said before its rows are read.
            product = ProductRow(
                first.line,
                slug,
                name,
                variants=(),
                description=paragraphs(first["description"]),
                brand=next((value for group, value in facets if group == _BRAND), None),
                categories=_category_path(facets),
                attributes=_other(facets),
                images=_file_names(first["assets"]),
            )
            self._slugs.claim(slug, first.line)
        except BadRow as error:
            refuse_all(self._report, [row.line for row in rows], error)
            return None
        variants = check_options(self._variants(rows, name, groups), self._report)
        return replace(product, variants=variants) if variants else None

    def _variants(self, rows: Sequence[TableRow], name: str, groups: Sequence[str]) -> list[VariantRow]:
        skus = Counter(row["sku"] for row in rows)
        variants = []
        for row in rows:
            with self._report.row(row.line):
                variants.append(self._variant(row, name, groups, shared_sku=skus[row["sku"]] > 1))
        return variants

    def _variant(self, row: TableRow, name: str, groups: Sequence[str], shared_sku: bool) -> VariantRow:
        options = _options(groups, row["optionvalues"])
        sku = row["sku"]
        if shared_sku and sku and options:
            sku = "-".join([sku, *(slugify(value) for _, value in options)])
            self._report.note("variants of one product share a SKU: their option values were appended to it")
        if not row["stockonhand"]:
            self._report.note("no stock is given: stored as 0")
        variant = VariantRow(
            row.line,
            sku,
            variant_name(name, options),
            price=parse_price(row["price"]),
            currency=self._settings.currency,
            stock=parse_stock(row["stockonhand"] or "0", "stockOnHand"),
            options=options,
            attributes=unique_pairs(_split_facets(row["variantfacets"])),
            images=_file_names(row["variantassets"]),
        )
        self._skus.claim(sku, row.line)
        return variant


def _options(groups: Sequence[str], cell: str) -> Pairs:
    values = _split(cell)
    if len(values) != len(groups):
        raise BadRow("optionValues", f"has {len(values)} values for {len(groups)} option groups", cell)
    return tuple(zip(groups, values, strict=True))


def _split(cell: str) -> list[str]:
    return [one_line(part) for part in cell.split("|")] if cell else []


def _split_facets(cell: str) -> list[tuple[str, str]]:
    pairs = []
    for part in filter(None, (part.strip() for part in cell.split("|"))):
        group, colon, value = part.partition(":")
        if not (group.strip() and colon and value.strip()):
            raise BadRow("facets", "is not written group:value", part)
        pairs.append((one_line(group), one_line(value)))
    return pairs


def _category_path(facets: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    path = tuple(dict.fromkeys(value for group, value in facets if group == _CATEGORY))
    return (path,) if path else ()


def _other(facets: Sequence[tuple[str, str]]) -> Pairs:
    return unique_pairs(pair for pair in facets if pair[0] not in {_CATEGORY, _BRAND})


def _file_names(cell: str) -> tuple[str, ...]:
    names = _split(cell)
    for name in names:
        if name in {".", ".."} or Path(name).name != name or "\\" in name:
            raise BadRow("assets", "is not a plain file name", name)
    return tuple(names)
