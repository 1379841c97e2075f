"""The hard filters of a search as SQL: prices and stock are those of the moment of asking."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, cast, exists, false, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import JSON as PG_JSON
from sqlalchemy.orm import Session

from shop.models import Attribute, Category, Product, ProductCategory, Variant, VariantOption
from shop.search_query import Filters
from shop.text import is_key

COLOUR_NAMES = ("color", "colour")
_MAX_VALUE_CHARS = 300
_EXACT = Decimal("0.0001")
# Dearer than anything, and still a number that every database can hold.
_MAX_PRICE = Decimal(10) ** 12

Pair = tuple[str, str]


@dataclass(frozen=True)
class Spellings:
    """How the shop writes brands, options and attributes: databases differ in what they call the same letter."""

    brands: Mapping[str, frozenset[str]]
    options: Mapping[Pair, frozenset[Pair]]
    attributes: Mapping[Pair, frozenset[Pair]]

    @classmethod
    def read(cls, session: Session) -> Spellings:
        """Collect every spelling that stands in the database."""
        brands: defaultdict[str, set[str]] = defaultdict(set)
        for brand in session.scalars(select(Product.brand).distinct()):
            if brand:
                brands[brand.casefold()].add(brand)
        return cls(
            brands={folded: frozenset(found) for folded, found in brands.items()},
            options=_pairs(session, select(VariantOption.name, VariantOption.value).distinct()),
            attributes=_pairs(session, select(Attribute.name, Attribute.value).distinct()),
        )


def matching(filters: Filters, spellings: Spellings, session: Session) -> ColumnElement[bool]:
    """Write the condition that a row of `variants` joined to `products` must meet."""
    conditions: list[ColumnElement[bool]] = [Product.active.is_(True), Variant.active.is_(True)]
    if filters.in_stock:
        conditions.append(Variant.stock > 0)
    conditions += _price_conditions(filters)
    if filters.categories:
        conditions.append(_in_categories(filters.categories, session))
    if filters.brands:
        brands = _known(spellings.brands, filters.brands)
        conditions.append(Product.brand.in_(brands) if brands else false())
    if filters.colours:
        conditions.append(_in_colours(filters.colours, spellings))
    conditions += [_has_option(name, value, spellings) for name, value in filters.options.items()]
    return and_(*conditions)


def among(product_ids: Collection[int], session: Session) -> ColumnElement[bool]:
    """Write the condition that a variant's product is one of many; one parameter, however many they are."""
    listed = json.dumps(list(product_ids))
    if session.get_bind().dialect.name == "sqlite":
        each: Any = func.json_each(listed).table_valued("value")
        return Variant.product_id.in_(select(each.c.value))
    each = func.json_array_elements_text(cast(listed, PG_JSON)).table_valued("value")
    return Variant.product_id.in_(select(cast(each.c.value, Variant.product_id.type)))


def shown_price() -> ColumnElement[Decimal]:
    """Write the price of the variant that stands for a product: the cheapest in stock, else the cheapest."""
    return func.coalesce(func.min(case((Variant.stock > 0, Variant.price))), func.min(Variant.price))


def _price_conditions(filters: Filters) -> Iterable[ColumnElement[bool]]:
    if filters.price_min is not None:
        yield Variant.price >= _exact(filters.price_min, ROUND_CEILING)
    if filters.price_max is not None:
        yield Variant.price <= _exact(filters.price_max, ROUND_FLOOR)


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


def _in_colours(colours: Iterable[str], spellings: Spellings) -> ColumnElement[bool]:
    wanted = [(name, colour) for name in COLOUR_NAMES for colour in colours]
    options, attributes = _known(spellings.options, wanted), _known(spellings.attributes, wanted)
    if not options and not attributes:
        return false()
    own = or_(Variant.id.in_(_with_option(options)), Variant.id.in_(_variants_with(attributes)))
    # A product says "black, white" once for all; a variant that names its own colour speaks for itself.
    speaks = or_(_names_a_colour(VariantOption), _names_a_colour(Attribute))
    return or_(own, and_(Variant.product_id.in_(_products_with(attributes)), ~speaks))


def _names_a_colour(table: type[VariantOption] | type[Attribute]) -> ColumnElement[bool]:
    return exists().where(table.variant_id == Variant.id, func.lower(table.name).in_(COLOUR_NAMES))


def _has_option(name: str, value: str, spellings: Spellings) -> ColumnElement[bool]:
    options = _known(spellings.options, [(name, value)])
    attributes = _known(spellings.attributes, [(name, value)])
    if not options and not attributes:
        return false()
    return or_(
        Variant.id.in_(_with_option(options)),
        Variant.id.in_(_variants_with(attributes)),
        Variant.product_id.in_(_products_with(attributes)),
    )


def _with_option(pairs: Collection[Pair]) -> Select[int]:
    return select(VariantOption.variant_id).where(tuple_(VariantOption.name, VariantOption.value).in_(pairs))


def _variants_with(pairs: Collection[Pair]) -> Select[int | None]:
    held = tuple_(Attribute.name, Attribute.value).in_(pairs)
    return select(Attribute.variant_id).where(held, Attribute.variant_id.is_not(None))


def _products_with(pairs: Collection[Pair]) -> Select[int]:
    held = tuple_(Attribute.name, Attribute.value).in_(pairs)
    return select(Attribute.product_id).where(held, Attribute.variant_id.is_(None))


def _known(spellings: Mapping[Any, frozenset[Any]], wanted: Iterable[Any]) -> list[Any]:
    """List all spellings of what is wanted; what was never seen is asked for as it was written."""
    found: set[Any] = set()
    for item in wanted:
        found |= spellings.get(_folded(item), frozenset({item} if _storable(item) else ()))
    return sorted(found)


def _folded(item: str | Pair) -> str | Pair:
    if isinstance(item, str):
        return item.strip().casefold()
    return item[0].strip().casefold(), item[1].strip().casefold()


def _storable(item: str | Pair) -> bool:
    parts = (item,) if isinstance(item, str) else item
    return all(is_key(part, _MAX_VALUE_CHARS) for part in parts)


def _pairs(session: Session, query: Select[str, str]) -> dict[Pair, frozenset[Pair]]:
    found: defaultdict[Pair, set[Pair]] = defaultdict(set)
    for name, value in session.execute(query):
        found[name.strip().casefold(), value.strip().casefold()].add((name, value))
    return {folded: frozenset(pairs) for folded, pairs in found.items()}
