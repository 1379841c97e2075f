"""One page of products with the variant that stands for each, read from the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from shop.among import among
from shop.models import Product, Variant
from shop.search_filters import Conditions
from shop.search_query import SearchHit, SearchQuery, Sort
from shop.search_words import INDEXED


@dataclass(frozen=True)
class Offer:
    """A product of which at least one variant satisfies the filters.

    Attributes:
        price: of the variant that stands for it.
        created_at: when the shop took the product up.
    """

    product_id: int
    price: Decimal
    created_at: dt.datetime


def offers_among(session: Session, conditions: Conditions, product_ids: Sequence[int]) -> list[Offer]:
    """Read which of some products satisfy the filters now, in the order of their ids."""
    if not product_ids:
        return []
    query = select(Product.id, conditions.shown_price, Product.created_at).join(Variant).where(conditions.among_few)
    query = query.where(among(product_ids, session)).group_by(Product.id, Product.created_at).order_by(Product.id)
    return [Offer(*row) for row in session.execute(query)]


def in_order(
    offers: Sequence[Offer], scores: Mapping[int, float], sort: Sort, near: Decimal | None = None
) -> list[int]:
    """Order the ids of products; the better score goes first among equals.

    Args:
        offers: what satisfies the filters.
        scores: by product id, best first.
        sort: the order asked for.
        near: the price to which the nearest come first, where no other order is asked for.
    """
    by_id = {offer.product_id: offer for offer in offers}
    ranked = [by_id[product_id] for product_id in scores if product_id in by_id]
    if sort in (Sort.PRICE_ASC, Sort.PRICE_DESC):
        ranked.sort(key=lambda offer: offer.price, reverse=sort is Sort.PRICE_DESC)
    elif sort is Sort.NEWEST:
        ranked.sort(key=lambda offer: offer.created_at, reverse=True)
    elif near is not None:
        ranked.sort(key=lambda offer: abs(offer.price - near))
    return [offer.product_id for offer in ranked]


def browse(session: Session, conditions: Conditions, query: SearchQuery) -> tuple[list[int], int]:
    """Give the product ids of one page without a text, and how many products there are in all.

    Few products are read and ordered at once. Many are counted, and then read in an order that an index holds,
    until the page is full.
    """
    near = query.filters.price_near
    if conditions.narrow or query.sort is not Sort.RELEVANCE or near is not None:
        found = _read_and_ordered(conditions, query.sort, near).offset(query.offset).limit(query.limit)
        rows = session.execute(found).all()
        in_all = select(func.count()).select_from(Product).where(conditions.any_variant)
        total = rows[0][1] if rows else session.scalar(in_all)
        return [row[0] for row in rows], total or 0
    popular = select(Product.id).join(INDEXED, INDEXED.c.product_id == Product.id).where(conditions.any_variant)
    popular = popular.order_by(INDEXED.c.popularity.desc(), INDEXED.c.product_id.desc())
    page = session.scalars(popular.offset(query.offset).limit(query.limit))
    # A product that came after the last refresh stands on no page yet, so it does not count either.
    paged = select(func.count()).select_from(Product).join(INDEXED, INDEXED.c.product_id == Product.id)
    return list(page), session.scalar(paged.where(conditions.any_variant)) or 0


def hits_of(
    session: Session, conditions: Conditions, product_ids: Sequence[int], scores: Mapping[int, float]
) -> tuple[SearchHit, ...]:
    """Choose for each product the variant that stands for it: in stock before sold out, then the cheapest."""
    query = select(Product.id, Product.slug, Variant.sku).join(Variant).where(conditions.among_few)
    query = query.where(Product.id.in_(product_ids))
    best_last = (
        case((Variant.stock > 0, 1), else_=0),
        Variant.price.desc(),
        Variant.position.desc(),
        Variant.id.desc(),
    )
    chosen = {row[0]: row for row in session.execute(query.order_by(*best_last))}
    hits = [chosen[product_id] for product_id in product_ids if product_id in chosen]
    return tuple(SearchHit(slug, sku, scores.get(product_id, 0.0)) for product_id, slug, sku in hits)


def _read_and_ordered(conditions: Conditions, sort: Sort, near: Decimal | None) -> Select[int, int]:
    popularity: ColumnElement[int] = func.coalesce(func.max(INDEXED.c.popularity), 0)
    orders: dict[Sort, ColumnElement[Any]] = {
        Sort.RELEVANCE: popularity.desc() if near is None else func.abs(conditions.shown_price - near).asc(),
        Sort.NEWEST: Product.created_at.desc(),
        Sort.PRICE_ASC: conditions.shown_price.asc(),
        Sort.PRICE_DESC: conditions.shown_price.desc(),
    }
    total: ColumnElement[int] = func.count().over()
    query = select(Product.id, total).join(Variant).outerjoin(INDEXED, INDEXED.c.product_id == Product.id)
    grouped = query.where(conditions.among_many).group_by(Product.id, Product.created_at)
    return grouped.order_by(orders[sort], popularity.desc(), Product.id.desc())
