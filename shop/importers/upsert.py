"""Make the database say what a catalogue file says: new rows in, changed rows updated, the rest untouched.

Products are known by their slug and variants by their SKU. What a file does not mention stays: a variant that is gone
from it is not taken off the shelf. Each batch of products is a short transaction of its own, so that a shop in use is
never locked for long; after a break, importing again finishes the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from tqdm import tqdm

from shop.db import Sessions, writing
from shop.importers.catalogue_rows import ProductRow, VariantRow
from shop.importers.categories import CategoryTree
from shop.importers.child_rows import BATCH, batches, replace_changed
from shop.importers.errors import BadRow
from shop.importers.report import ImportReport, Tally
from shop.models import Attribute, Image, Product, ProductCategory, Variant, VariantOption, utc_now

_PRODUCT_FIELDS = ("name", "description", "brand", "source")
_VARIANT_FIELDS = ("name", "price", "currency", "active", "position")


def upsert(sessions: Sessions, products: Sequence[ProductRow], report: ImportReport) -> None:
    """Bring every product of a file into the database, and count in the report what that changed."""
    # Shown only where it takes long, and only to a person.
    with tqdm(total=len(products), unit="product", desc=report.file, delay=1.0, disable=None) as progress:
        for start in range(0, len(products), BATCH):
            batch = products[start : start + BATCH]
            with writing(sessions) as session:
                _Batch(session, report).run(batch)
            progress.update(len(batch))


class _Batch:
    """One transaction's worth of products."""

    def __init__(self, session: Session, report: ImportReport) -> None:
        self._session, self._report = session, report
        self._now = utc_now()
        self._touched: set[int] = set()

    def run(self, rows: Sequence[ProductRow]) -> None:
        known = self._known_variants(rows)
        mine = {row.slug: row for row in self._without_foreign_skus(rows, known)}
        ids, created = self._write_products(list(mine.values()))
        products = {ids[slug]: row for slug, row in mine.items()}
        self._write_product_children(products)
        self._write_variants(products, known)
        # After the variants, as a picture may show one of them.
        self._write_images(products)
        changed = self._touched - created
        for some in batches(sorted(changed)):
            self._session.execute(update(Product).where(Product.id.in_(some)).values(updated_at=self._now))
        _count(self._report.products, len(products), len(created), len(changed))

    def _known_variants(self, rows: Sequence[ProductRow]) -> dict[str, Any]:
        skus = [variant.sku for row in rows for variant in row.variants]
        columns = [Variant.id, Variant.sku, Variant.stock, *(getattr(Variant, name) for name in _VARIANT_FIELDS)]
        query = select(*columns, Product.slug).join(Product, Product.id == Variant.product_id)
        found = (row for some in batches(skus) for row in self._session.execute(query.where(Variant.sku.in_(some))))
        return {row.sku: row for row in found}

    def _without_foreign_skus(self, rows: Sequence[ProductRow], known: Mapping[str, Any]) -> list[ProductRow]:
        kept = []
        for row in rows:
            own = tuple(variant for variant in row.variants if self._is_own(variant, row, known))
            if own:
                kept.append(replace(row, variants=own))
        return kept

    def _is_own(self, variant: VariantRow, row: ProductRow, known: Mapping[str, Any]) -> bool:
        owner = known[variant.sku].slug if variant.sku in known else row.slug
        if owner == row.slug:
            return True
        self._report.refuse(variant.line, BadRow("sku", f"belongs to the product {owner!r} already", variant.sku))
        return False

    def _write_products(self, rows: Sequence[ProductRow]) -> tuple[dict[str, int], set[int]]:
        columns = [Product.id, Product.slug, Product.active, *(getattr(Product, name) for name in _PRODUCT_FIELDS)]
        query = select(*columns).where(Product.slug.in_([row.slug for row in rows]))
        found = {row.slug: row for row in self._session.execute(query)}
        changes = []
        for row in rows:
            if row.slug in found and (values := self._product_changes(row, found[row.slug])):
                changes.append({"id": found[row.slug].id, **values})
        if changes:
            self._session.execute(update(Product), changes)
            self._touched |= {change["id"] for change in changes}
        fresh = self._insert_products([row for row in rows if row.slug not in found])
        return {slug: row.id for slug, row in found.items()} | fresh, set(fresh.values())

    def _product_changes(self, row: ProductRow, old: Any) -> dict[str, Any]:
        wanted = {**self._product_values(row), "active": old.active if row.active is None else row.active}
        return wanted if any(getattr(old, name) != value for name, value in wanted.items()) else {}

    def _product_values(self, row: ProductRow) -> dict[str, Any]:
        return {"name": row.name, "description": row.description, "brand": row.brand, "source": self._report.format}

    def _insert_products(self, rows: Sequence[ProductRow]) -> dict[str, int]:
        if not rows:
            return {}
        stamps = {"created_at": self._now, "updated_at": self._now}
        values = [
            {"slug": row.slug, "active": row.active is not False, **self._product_values(row), **stamps} for row in rows
        ]
        query = insert(Product).returning(Product.slug, Product.id)
        return {slug: key for slug, key in self._session.execute(query, values)}

    def _write_product_children(self, products: Mapping[int, ProductRow]) -> None:
        tree = CategoryTree(self._session)
        nodes = {key: [(node,) for node in tree.nodes(row.categories)] for key, row in products.items()}
        attributes = {key: row.attributes for key, row in products.items()}
        self._touched |= replace_changed(
            self._session, ProductCategory, "product_id", ["category_id"], nodes
        ) | replace_changed(
            self._session,
            Attribute,
            "product_id",
            ["name", "value"],
            attributes,
            only=Attribute.variant_id.is_(None),
        )

    def _write_variants(self, products: Mapping[int, ProductRow], known: Mapping[str, Any]) -> None:
        wanted = [
            (product, position, variant)
            for product, row in products.items()
            for position, variant in enumerate(row.variants)
        ]
        updates = []
        for _, position, variant in wanted:
            if variant.sku in known and (values := _variant_changes(variant, position, known[variant.sku])):
                updates.append({"id": known[variant.sku].id, **values})
        if updates:
            self._session.execute(update(Variant), updates)
        fresh = self._insert_variants([item for item in wanted if item[2].sku not in known])
        self._ids = {sku: row.id for sku, row in known.items()} | fresh
        changed = {change["id"] for change in updates} | self._write_variant_children(wanted)
        self._touched |= {product for product, _, variant in wanted if self._ids[variant.sku] in changed}
        self._touched |= {product for product, _, variant in wanted if variant.sku in fresh}
        _count(self._report.variants, len(wanted), len(fresh), len(changed - set(fresh.values())))

    def _insert_variants(self, wanted: Sequence[tuple[int, int, VariantRow]]) -> dict[str, int]:
        if not wanted:
            return {}
        values = [
            {"product_id": product, "sku": variant.sku, "stock": variant.stock, **_variant_values(variant, position)}
            for product, position, variant in wanted
        ]
        query = insert(Variant).returning(Variant.sku, Variant.id)
        return {sku: key for sku, key in self._session.execute(query, values)}

    def _write_variant_children(self, wanted: Sequence[tuple[int, int, VariantRow]]) -> set[int]:
        options, attributes = {}, {}
        for product, _, variant in wanted:
            key = self._ids[variant.sku]
            options[key] = [(name, value, place) for place, (name, value) in enumerate(variant.options)]
            attributes[key] = [(product, name, value) for name, value in variant.attributes]
        session = self._session
        columns = ["name", "value", "position"]
        changed = replace_changed(session, VariantOption, "variant_id", columns, options)
        columns = ["product_id", "name", "value"]
        return changed | replace_changed(session, Attribute, "variant_id", columns, attributes)

    def _write_images(self, products: Mapping[int, ProductRow]) -> None:
        wanted = {}
        for key, row in products.items():
            shown: list[tuple[int | None, str]] = [(None, image) for image in row.images]
            shown += [(self._ids[variant.sku], image) for variant in row.variants for image in variant.images]
            wanted[key] = [(variant, image, place) for place, (variant, image) in enumerate(shown)]
        columns = ["variant_id", "location", "position"]
        self._touched |= replace_changed(self._session, Image, "product_id", columns, wanted)


def _variant_values(variant: VariantRow, position: int) -> dict[str, Any]:
    return {
        "name": variant.name,
        "price": variant.price,
        "currency": variant.currency,
        "active": variant.active,
        "position": position,
    }


def _variant_changes(variant: VariantRow, position: int, old: Any) -> dict[str, Any]:
    agrees = not variant.stock_is_exact and (old.stock > 0) == (variant.stock > 0)
    stock = old.stock if agrees else variant.stock
    wanted = {**_variant_values(variant, position), "stock": stock}
    return wanted if any(getattr(old, name) != value for name, value in wanted.items()) else {}


def _count(tally: Tally, total: int, created: int, updated: int) -> None:
    tally.created += created
    tally.updated += updated
    tally.unchanged += total - created - updated
