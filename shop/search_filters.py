"""The hard filters of a search as SQL: prices and stock are those of the moment of asking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from sqlalchemy import ColumnElement, and_, case, exists, false, func, not_, select
from sqlalchemy.orm import Session

from shop.among import among
from shop.models import Category, Product, ProductCategory, Variant
from shop.promotions import running
from shop.search_facts import COLOUR_NAMES, Fact, Spellings
from shop.search_query import Filters
from shop.unwanted import Unwanted, unwanted

_EXACT = Decimal("0.0001")
# Dearer than anything, and still a number that every database can hold.
_MAX_PRICE = Decimal(10) ** 12


@dataclass(frozen=True)
class Conditions:
    """What rows must meet, apart for each table, as databases are faster with them apart.

    Attributes:
        product: what a row of `products` must meet.
        variant: what a row of `variants` must meet, where many are asked.
        few_variants: the same, where few are asked.
        price: what a row of `variants` costs now, promotions taken off.
        narrow: whether a small part of a catalogue is left over, as far as can be told.
    """

    product: ColumnElement[bool]
    variant: ColumnElement[bool]
    few_variants: ColumnElement[bool]
    price: ColumnElement[Decimal]
    narrow: bool

    @property
    def shown_price(self) -> ColumnElement[Decimal]:
        """Write the price of the variant that stands for a product: the cheapest in stock, else the cheapest."""
        return func.coalesce(func.min(case((Variant.stock > 0, self.price))), func.min(self.price))

    @property
    def among_many(self) -> ColumnElement[bool]:
        """Write the condition on products joined to variants, for a whole catalogue."""
        return and_(self.product, self.variant)

    @property
    def among_few(self) -> ColumnElement[bool]:
        """Write the same condition for products that are already known by their ids."""
        return and_(self.product, self.few_variants)

    @property
    def any_variant(self) -> ColumnElement[bool]:
        """Write the condition on a product alone: it passes, and so does one of its variants."""
        return and_(self.product, exists().where(Variant.product_id == Product.id, self.variant).correlate(Product))


def matching(filters: Filters, spellings: Spellings, session: Session) -> Conditions:
    """Write filters as conditions."""
    product = [Product.active.is_(True), *_product_conditions(filters, spellings, session)]
    price = running(session).price_column()
    variant = [Variant.active.is_(True), *_price_conditions(filters, price)]
    if filters.in_stock:
        variant.append(Variant.stock > 0)
    facts = [Fact.of((name,), (value,), spellings) for name, value in filters.options.items()]
    facts += [Fact.of_value(value, spellings) for value in filters.option_values]
    if filters.colours:
        facts.append(Fact.of(COLOUR_NAMES, filters.colours, spellings))
    if filters.exclude:
        variant.append(_silent(unwanted(session, filters.exclude), session))
    return Conditions(
        product=and_(*product),
        variant=and_(*variant, *(fact.among_many() for fact in facts)),
        few_variants=and_(*variant, *(fact.among_few() for fact in facts)),
        price=price,
        narrow=bool(filters.categories or filters.brands or facts),
    )


def _product_conditions(filters: Filters, spellings: Spellings, session: Session) -> Iterable[ColumnElement[bool]]:
    if filters.categories:
        yield _in_categories(filters.categories, session)
    if filters.brands:
        brands = spellings.brands_like(filters.brands)
        yield Product.brand.in_(brands) if brands else false()


def _silent(left_out: Unwanted, session: Session) -> ColumnElement[bool]:
    """Write the condition on a variant that neither it nor its product says an excluded word."""
    return and_(not_(among(left_out.product_ids, session)), not_(left_out.variants()))


def _price_conditions(filters: Filters, price: ColumnElement[Decimal]) -> Iterable[ColumnElement[bool]]:
    if filters.price_min is not None:
        yield price >= _exact(filters.price_min, ROUND_CEILING)
    if filters.price_max is not None:
        yield price <= _exact(filters.price_max, ROUND_FLOOR)


def _exact(price: Decimal, rounding: str) -> Decimal:
    bounded = max(-_MAX_PRICE, min(_MAX_PRICE, price))
    return bounded.quantize(_EXACT, rounding=rounding)


def _in_categories(names: Iterable[str], session: Session) -> ColumnElement[bool]:
    folded = {name.strip().casefold() for name in names}
    rows = session.execute(select(Category.id, Category.name, Category.slug))
    found = [key for key, name, slug in rows if name.casefold() in folded or slug.casefold() in folded]
    # Ancestors are stored with every product, so a look-up of one node covers all that is below it.
    inside = select(ProductCategory.product_id).where(ProductCategory.category_id.in_(found))
    return Product.id.in_(inside)
