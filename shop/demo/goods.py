"""The demo catalogue as the simulator and the orders need it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from shop.models import Product
from shop.simulator import SimulatedItem


@dataclass(frozen=True)
class Good:
    """A variant that can be ordered."""

    slug: str
    product_id: int
    variant_id: int
    sku: str
    name: str
    options: Mapping[str, str]
    price: Decimal
    currency: str


@dataclass(frozen=True)
class Goods:
    """Items by position, as the simulator counts them, and variants by position and by SKU."""

    items: tuple[SimulatedItem, ...]
    variants: tuple[tuple[Good, ...], ...]

    def by_sku(self) -> dict[str, Good]:
        """Give every variant by its SKU."""
        return {good.sku: good for goods in self.variants for good in goods}


def load_goods(session: Session, source: str) -> Goods:
    """Read the active products that came from a source, in the order of their slugs."""
    query = select(Product).where(Product.active, Product.source == source).order_by(Product.slug)
    loading = [selectinload(Product.variants), selectinload(Product.attributes), selectinload(Product.categories)]
    products = [product for product in session.scalars(query.options(*loading)) if product.variants]
    return Goods(
        items=tuple(_item(product) for product in products),
        variants=tuple(tuple(_goods(product)) for product in products),
    )


def _item(product: Product) -> SimulatedItem:
    facts: dict[str, str] = defaultdict(str)
    for attribute in product.attributes:
        facts.setdefault(attribute.name, attribute.value)
    # The deepest node has the longest path in its slug.
    category = max((category.slug for category in product.categories), key=lambda slug: slug.count("/"), default="")
    names = {node.slug: node.name for node in product.categories}
    return SimulatedItem(
        category=names.get(category, ""),
        brand=product.brand or "",
        colour=facts["color"],
        prices=tuple(float(variant.price) for variant in product.variants),
    )


def _goods(product: Product) -> list[Good]:
    return [
        Good(
            product.slug,
            product.id,
            variant.id,
            variant.sku,
            variant.name,
            {option.name: option.value for option in variant.options},
            variant.price,
            variant.currency,
        )
        for variant in product.variants
    ]
