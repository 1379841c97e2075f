"""A fingerprint of the catalogue: as long as it stays the same, what was made from the catalogue need not be read anew.

Prices and stock are not part of it: whoever needs them asks the database at that very moment.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import String, case, cast, func, select
from sqlalchemy.orm import Session

from shop.models import Attribute, Category, Product, ProductCategory, Variant, VariantOption


def catalogue_version(session: Session) -> str:
    """Name the state of all products, their texts, facts and categories; takes about 0.1 s for 50,000 products.

    It changes with any product's `updated_at`, which changes with the product's own row and which importers set where
    anything below it changes; with every row that comes or goes below a product; and with the categories. A value that
    is overwritten in place below a product, by hand and without touching `updated_at`, leaves it the same.
    """
    stamp = cast(Product.updated_at, String)
    stamped = (
        select(Product.active, stamp, func.count()).group_by(Product.active, stamp).order_by(Product.active, stamp)
    )
    categories = select(Category.id, Category.slug, Category.name, Category.parent_id).order_by(Category.id)
    on_sale = func.sum(case((Variant.active, 1), else_=0))
    counted: list[Any] = [
        select(func.count(), func.max(Variant.id), on_sale),
        select(func.count(), func.max(VariantOption.id)),
        select(func.count(), func.max(Attribute.id)),
        select(func.count(), func.sum(ProductCategory.category_id)).select_from(ProductCategory),
    ]
    state = [[list(map(str, row)) for row in session.execute(query)] for query in (stamped, categories, *counted)]
    return hashlib.sha256(json.dumps(state).encode()).hexdigest()[:32]
