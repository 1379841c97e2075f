"""The catalogue as shoppers see it: products with their variants, only what is on the shelf now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, selectinload

from shop.errors import ProductNotFound, VariantNotFound
from shop.models import Attribute, Product, Variant
from shop.money import Money
from shop.promotions import Promotions, PromotionView, running
from shop.text import is_key

COLOUR_NAMES = frozenset({"color", "colour"})
_SLUG_LENGTH = 200
_SKU_LENGTH = 100


@dataclass(frozen=True)
class VariantView:
    """One thing that can be bought.

    Attributes:
        attributes: facts that hold for this variant alone; those of all variants stand in the product.
        price: what one piece costs now, a promotion taken off.
        image: the variant's own picture, else the first that belongs to no other variant.
        promotion: the price cut that runs, if any; `was` is the price without it.
    """

    sku: str
    product_slug: str
    name: str
    options: Mapping[str, str]
    attributes: Mapping[str, tuple[str, ...]]
    price: Money
    stock: int
    image: str | None
    promotion: PromotionView | None = None
    was: Money | None = None


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
    def promotion(self) -> PromotionView | None:
        """Give the price cut that runs on the product."""
        return self.variants[0].promotion

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
        facts = [self.attributes, *(variant.attributes for variant in self.variants)]
        stated = [value for name, value in options if name.casefold() in COLOUR_NAMES]
        for fact in facts:
            stated += [value for name, values in fact.items() if name.casefold() in COLOUR_NAMES for value in values]
        return _distinct(stated)


def get_product(session: Session, slug: str) -> ProductView:
    """Fetch one product by its slug; raise ProductNotFound where none is for sale under it."""
    wanted = slug.strip()
    found = _read(session, Product.slug == wanted) if is_key(wanted, _SLUG_LENGTH) else []
    if not found:
        raise ProductNotFound(slug)
    return found[0]


def get_product_by_sku(session: Session, sku: str) -> ProductView:
    """Fetch the product that a SKU belongs to; raise VariantNotFound where that SKU is not for sale."""
    product, _ = _locate(session, sku)
    return product


def get_variant(session: Session, sku: str) -> VariantView:
    """Fetch one variant; upper and lower case are the same; raise VariantNotFound where it is not for sale."""
    _, variant = _locate(session, sku)
    return variant


def get_products_by_sku(session: Session, skus: Sequence[str]) -> list[ProductView]:
    """Fetch the products of several SKUs, exactly as written, at once; those not for sale are left out.

    They come in the order of the SKUs; a product named twice comes once.
    """
    owners = select(Variant.product_id).where(Variant.sku.in_([sku for sku in skus if is_key(sku, _SKU_LENGTH)]))
    by_sku = {
        variant.sku: product for product in _read(session, Product.id.in_(owners)) for variant in product.variants
    }
    return list({by_sku[sku].slug: by_sku[sku] for sku in skus if sku in by_sku}.values())


def get_products(session: Session, slugs: Sequence[str]) -> list[ProductView]:
    """Fetch several products by their slugs at once, in the order of the slugs; those not for sale are left out."""
    known = [slug for slug in dict.fromkeys(slugs) if is_key(slug, _SLUG_LENGTH)]
    by_slug = {product.slug: product for product in _read(session, Product.slug.in_(known))}
    return [by_slug[slug] for slug in known if slug in by_slug]


def slugs_on_sale(session: Session, changed_since: dt.datetime | None = None) -> list[str]:
    """Name the products on the shelf, all or those that the shop has changed since a moment."""
    query = select(Product.slug).where(Product.active).order_by(Product.slug)
    return list(session.scalars(query if changed_since is None else query.where(Product.updated_at > changed_since)))


def select_variants(product: ProductView, chosen: Mapping[str, str]) -> tuple[VariantView, ...]:
    """Keep the variants that have every chosen option value; none where an option or value does not exist."""
    wanted = {(name.casefold(), value.casefold()) for name, value in chosen.items()}
    return tuple(
        variant
        for variant in product.variants
        if wanted <= {(name.casefold(), value.casefold()) for name, value in variant.options.items()}
    )


def find_variant_row(session: Session, sku: str) -> Variant | None:
    """Find a variant's row, for sale or not; one written exactly so comes before one in another case."""
    wanted = sku.strip()
    if not is_key(wanted, _SKU_LENGTH):
        return None
    exact_first = (Variant.sku != wanted, Variant.id)
    either = or_(Variant.sku == wanted, func.lower(Variant.sku) == wanted.lower())
    return session.scalar(select(Variant).where(either).order_by(*exact_first).limit(1))


def variant_options(row: Variant) -> dict[str, str]:
    """Give a variant's options by name, in the shop's order."""
    return {option.name: option.value for option in row.options}


def _locate(session: Session, sku: str) -> tuple[ProductView, VariantView]:
    row = find_variant_row(session, sku)
    for product in [] if row is None else _read(session, Product.id == row.product_id):
        for variant in product.variants:
            if row is not None and variant.sku == row.sku:
                return product, variant
    raise VariantNotFound(sku)


def _read(session: Session, condition: ColumnElement[bool]) -> list[ProductView]:
    """Load whole products in seven queries, however many they are; those with nothing for sale are left out."""
    query = (
        select(Product)
        .where(condition, Product.active)
        .order_by(Product.id)
        .options(
            selectinload(Product.variants).selectinload(Variant.options),
            selectinload(Product.attributes),
            selectinload(Product.images),
            selectinload(Product.categories),
        )
    )
    rows = [row for row in session.scalars(query) if any(variant.active for variant in row.variants)]
    promotions = running(session) if rows else Promotions()
    return [_product_view(row, promotions) for row in rows]


def _product_view(row: Product, promotions: Promotions) -> ProductView:
    return ProductView(
        slug=row.slug,
        name=row.name,
        description=row.description,
        brand=row.brand,
        categories=tuple(category.name for category in row.categories),
        attributes=_facts(row.attributes, None),
        variants=tuple(_variant_view(row, variant, promotions) for variant in row.variants if variant.active),
        images=_distinct(image.location for image in row.images),
    )


def _variant_view(product: Product, row: Variant, promotions: Promotions) -> VariantView:
    own = [image.location for image in product.images if image.variant_id == row.id]
    promotion = promotions.of(product)
    shared = [image.location for image in product.images if image.variant_id is None]
    return VariantView(
        sku=row.sku,
        product_slug=product.slug,
        name=row.name,
        options=variant_options(row),
        attributes=_facts(product.attributes, row.id),
        price=promotions.price(row, product),
        stock=row.stock,
        image=next(iter([*own, *shared]), None),
        promotion=promotion,
        was=Money(row.price, row.currency) if promotion else None,
    )


def _facts(rows: Iterable[Attribute], variant_id: int | None) -> dict[str, tuple[str, ...]]:
    """Group the facts that are said of one variant, or of the product as a whole, by their name."""
    facts: dict[str, tuple[str, ...]] = {}
    for row in rows:
        if row.variant_id == variant_id:
            facts[row.name] = (*facts.get(row.name, ()), row.value)
    return facts


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
