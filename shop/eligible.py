"""What may be recommended to a shopper at all: on the shelf, in stock, and within their standing wishes."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import JSON, ColumnElement, and_, exists, func, not_, select, tuple_
from sqlalchemy.orm import Session

from shop.among import among
from shop.models import Product, Variant, VariantOption
from shop.search_facts import Spellings
from shop.search_filters import matching
from shop.search_query import Filters
from shop.sizes import other_sizes
from shop.unwanted import Unwanted, unwanted
from shop.wishes import Wishes


def eligible_slugs(session: Session, wishes: Wishes, *, exclude: Collection[str] = ()) -> list[str]:
    """List the products that may be shown, in the order of their slugs.

    One and the same variant must be in stock, cost no more than the budget with promotions taken off, be in a size that
    fits where it has a size of that kind, and have no option that says an excluded word. The product itself must not
    say one either: not in its name, brand, categories, facts or description. These words are as new as the search
    index; everything else is as of now.

    Args:
        session: any session.
        wishes: what every recommendation keeps to.
        exclude: slugs that are left out whatever they are, as those already shown.
    """
    left_out = unwanted(session, wishes.exclude)
    good = Product.id.in_(select(Variant.product_id).where(_fits(session, wishes, left_out)))
    found = _slugs(session, and_(Product.active.is_(True), good))
    return sorted(found.difference(exclude, _slugs_of(session, left_out.product_ids)))


def eligible_skus(session: Session, wishes: Wishes, slugs: Collection[str]) -> dict[str, list[str]]:
    """List of some eligible products the variants that make them so, by slug, each in the shop's order."""
    fitting = select(Product.slug, Variant.sku).join(Variant).where(Product.slug.in_(slugs))
    fitting = fitting.where(_fits(session, wishes, unwanted(session, wishes.exclude)))
    found: dict[str, list[str]] = {}
    for slug, sku in session.execute(fitting.order_by(Variant.position, Variant.id)):
        found.setdefault(slug, []).append(sku)
    return found


def _fits(session: Session, wishes: Wishes, left_out: Unwanted) -> ColumnElement[bool]:
    """Write the condition on a row of `variants`."""
    filters = matching(Filters(price_max=wishes.price_max, in_stock=True), Spellings({}, {}, {}), session)
    conditions = [filters.variant]
    if left_out.values:
        conditions.append(not_(left_out.variants()))
    if unfit := other_sizes(session, wishes.sizes):
        pair = tuple_(VariantOption.name, VariantOption.value)
        conditions.append(~exists().where(VariantOption.variant_id == Variant.id, pair.in_(unfit)))
    return and_(*conditions)


def _slugs(session: Session, condition: ColumnElement[bool]) -> set[str]:
    # As one value: to fetch 50,000 rows takes three times as long.
    gather = func.json_group_array if session.get_bind().dialect.name == "sqlite" else func.json_agg
    return {*(session.scalar(select(gather(Product.slug, type_=JSON)).where(condition)) or ())}


def _slugs_of(session: Session, product_ids: Collection[int]) -> set[str]:
    if not product_ids:
        return set()
    return _slugs(session, Product.id.in_(select(Variant.product_id).where(among(product_ids, session))))
