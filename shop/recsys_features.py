"""What the recommender knows of products and customers: long rows of (id, feature, value), page by page.

Prices are those of the shop's list in its own currency, as promotions come and go; times are ISO texts. Of customers
there is only what groups them: no name, no address, no contact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Generator, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, select, true
from sqlalchemy.orm import Session

from shop.customers import customer_row_id
from shop.models import Address, Attribute, Category, Customer, Product, ProductCategory, Variant, VariantOption
from shop.search_facts import COLOUR_NAMES
from shop.shoppers import Shopper

PAGE = 5_000


class FeatureRow(NamedTuple):
    """One value of one feature of a product (by slug) or a customer (by public id)."""

    id: str
    feature: str
    value: str


def item_feature_batches(
    session: Session, slugs: Collection[str] | None = None
) -> Generator[list[FeatureRow], None, None]:
    """Read category (with all above it), brand, price, colour, title and available_from of products.

    Products that are off the shelf come too: what shoppers did with them still tells their taste.

    Args:
        session: any session.
        slugs: which products; None means all.
    """
    named = None if slugs is None else sorted(set(slugs))
    parts = [true()] if named is None else [Product.slug.in_(named[n : n + PAGE]) for n in range(0, len(named), PAGE)]
    query = select(Product.id, Product.slug, Product.name, Product.brand, Product.created_at)
    for wanted in parts:
        for products in _pages(session, query.where(wanted), Product.id):
            page = and_(Product.id >= products[0].id, Product.id <= products[-1].id, wanted)
            more = _item_values(session, page)
            yield [FeatureRow(row.slug, *value) for row in products for value in (*_own_values(row), *more[row.id])]


def user_feature_batches(session: Session) -> Generator[list[FeatureRow], None, None]:
    """Read segment, country (of the default address) and device of customers, where they are known."""
    for customers in _pages(session, select(Customer.id, Customer.public_id, Customer.profile), Customer.id):
        page = and_(Address.customer_id >= customers[0].id, Address.customer_id <= customers[-1].id)
        newest_first = select(Address.customer_id, Address.country).where(page).order_by(Address.id.desc())
        countries = {customer_id: country for customer_id, country in session.execute(newest_first)}
        yield [
            FeatureRow(row.public_id, feature, value)
            for row in customers
            for feature, value in _traits(row.profile, countries.get(row.id))
        ]


def user_features_of(session: Session, shopper: Shopper) -> dict[str, tuple[str, ...]]:
    """Read the same of one shopper, for a recommender that has not met them; a guest has none."""
    customer_id = customer_row_id(session, shopper)
    profile = session.scalar(select(Customer.profile).where(Customer.id == customer_id))
    country = select(Address.country).where(Address.customer_id == customer_id).order_by(Address.id).limit(1)
    return {feature: (value,) for feature, value in _traits(profile or {}, session.scalar(country))}


def _traits(profile: Mapping[str, Any], country: str | None) -> Iterator[tuple[str, str]]:
    for feature, value in (
        ("segment", profile.get("segment")),
        ("country", country or profile.get("country")),
        ("device", profile.get("device")),
    ):
        if value and isinstance(value, str):
            yield feature, value


def _pages(session: Session, query: Any, key: Any) -> Iterator[list[Any]]:
    after = 0
    while page := session.execute(query.where(key > after).order_by(key).limit(PAGE)).all():
        yield list(page)
        after = page[-1].id


def _own_values(product: Any) -> Iterator[tuple[str, str]]:
    yield "title", product.name
    if product.brand:
        yield "brand", product.brand
    yield "available_from", product.created_at.isoformat()


def _item_values(session: Session, page: ColumnElement[bool]) -> defaultdict[int, dict[tuple[str, str], None]]:
    """Collect what stands in other tables, each value once, by product."""
    found: defaultdict[int, dict[tuple[str, str], None]] = defaultdict(dict)
    for key, name in session.execute(_categories().where(page)):
        found[key]["category", name] = None
    for key, any_price, active_price in session.execute(_prices().where(page)):
        found[key]["price", _plain(any_price if active_price is None else active_price)] = None
    for query in (_option_colours(), _fact_colours()):
        for key, colour in session.execute(query.where(page)):
            found[key]["colour", colour.strip().casefold()] = None
    return found


def _categories() -> Select[int, str]:
    query = select(Product.id, Category.name).join(ProductCategory, ProductCategory.product_id == Product.id)
    return query.join(Category, Category.id == ProductCategory.category_id).order_by(Category.id)


def _prices() -> Select[int, Decimal, Decimal]:
    cheapest = func.min(Variant.price)
    query = select(Product.id, cheapest, cheapest.filter(Variant.active)).join(
        Variant, Variant.product_id == Product.id
    )
    return query.group_by(Product.id)


def _plain(price: Decimal) -> str:
    return f"{price.normalize():f}"


def _option_colours() -> Select[int, str]:
    query = select(Product.id, VariantOption.value).join(Variant, Variant.product_id == Product.id)
    options = query.join(VariantOption, VariantOption.variant_id == Variant.id)
    return options.where(func.lower(VariantOption.name).in_(COLOUR_NAMES)).order_by(VariantOption.id)


def _fact_colours() -> Select[int, str]:
    query = select(Product.id, Attribute.value).join(Attribute, Attribute.product_id == Product.id)
    return query.where(func.lower(Attribute.name).in_(COLOUR_NAMES)).order_by(Attribute.id)
