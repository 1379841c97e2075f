"""The catalogue as shoppers see it: products with their variants, only what is on the shelf now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from shop.errors import ProductNotFound, VariantNotFound
from shop.models import Attribute, Product, Variant
from shop.money import Money
from shop.text import is_key

COLOUR_NAMES = frozenset({"color", "colour"})
_SLUG_LENGTH = 200
_SKU_LENGTH = 100


@dataclass(frozen=True)
class VariantView:
    """One thing that can be bought.

    Attributes:
        attributes: facts that hold for this variant alone; those of all variants stand in the product.
        image: the variant's own picture, else the product's first.
    """

    sku: str
    product_slug: str
    name: str
    options: Mapping[str, str]
    attributes: Mapping[str, tuple[str, ...]]
    price: Money
    stock: int
    image: str | None


@dataclass(frozen=True)
class ProductView:
    """A product on the shelf, with at least one variant, in the shop's order."""

    slug: str
    name: str
    description: str
    brand: str | None
    categories: tuple[str, ...]
    attributes: Mapping[str, tuple[str, ...]]
    variants: tuple[VariantView, ...]
    images: tuple[str, ...]

    @property
    def price_min(self) -> Money:
        """Give the price of the cheapest variant."""
        return min((variant.price for variant in self.variants), key=lambda price: price.amount)

    @property
    def price_max(self) -> Money:
        """Give the price of the dearest variant."""
        return max((variant.price for variant in self.variants), key=lambda price: price.amount)

    @property
    def in_stock(self) -> bool:
        """Tell whether any variant can be bought now."""
        return any(variant.stock > 0 for variant in self.variants)

    @property
    def option_names(self) -> tuple[str, ...]:
        """Name what has to be chosen, in the shop's order."""
        return _distinct(name for variant in self.variants for name in variant.options)

    def option_values(self, name: str) -> tuple[str, ...]:
        """List the values of one option in the shop's order; upper and lower case of the name are the same."""
        wanted = name.casefold()
        return _distinct(
            value for variant in self.variants for key, value in variant.options.items() if key.casefold() == wanted
        )

    @property
    def colours(self) -> tuple[str, ...]:
        """List every colour that an option or an attribute states; empty means that the shop does not say."""
        options = (item for variant in self.variants for item in variant.options.items())
        facts = (item for source in (self, *self.variants) for item in source.attributes.items())
        stated = [value for name, value in options if name.casefold() in COLOUR_NAMES]
        stated += [value for name, values in facts if name.casefold() in COLOUR_NAMES for value in values]
        return _distinct(stated)


def get_product(session: Session, slug: str) -> ProductView:
    """Fetch one product by its slug; raise ProductNotFound where none is for sale under it."""
    wanted = slug.strip()
    if is_key(wanted, _SLUG_LENGTH):
        row = session.scalar(_products().where(Product.slug == wanted))
        if row is not None:
            return _product_view(row)
    raise ProductNotFound(slug)


def get_product_by_sku(session: Session, sku: str) -> ProductView:
    """Fetch the product that a SKU belongs to; raise VariantNotFound where that SKU is not for sale."""
    found = get_products_by_sku(session, [sku])
    if not found:
        raise VariantNotFound(sku)
    return found[0]


def get_products_by_sku(session: Session, skus: Sequence[str]) -> list[ProductView]:
    """Fetch the products of several SKUs at once, in their order; those not for sale are left out, none is repeated."""
    raise NotImplementedError


def get_variant(session: Session, sku: str) -> VariantView:
    """Fetch one variant; upper and lower case are the same; raise VariantNotFound where it is not for sale."""
    raise NotImplementedError


def list_products(session: Session, limit: int, offset: int = 0) -> list[ProductView]:
    """List what is for sale, page by page, in the order of import."""
    raise NotImplementedError


def select_variants(product: ProductView, chosen: Mapping[str, str]) -> tuple[VariantView, ...]:
    """Keep the variants that have every chosen option value; none where an option or value does not exist."""
    raise NotImplementedError
