"""What shoppers did, as the recommender learns from it: rows of the database, batch by batch.

Purchases are the lines of orders, so that orders brought in from elsewhere count; a noted purchase counts where no
order of that conversation has the product. The lines of cancelled orders, and returned pieces that were refunded, come
once more as refunds.

The market of a row is a currency: what can be bought together, as a cart holds one only. A demo shop has one market.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Generator, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select, true
from sqlalchemy.orm import Session

from shop.models import Customer, Interaction, Order, OrderLine, Product, Return, ReturnLine, Variant
from shop.shoppers import guest_user_id

BATCH = 20_000

_ONE_ROW = (Order.id, Customer.id, Variant.product_id)


class InteractionRow(NamedTuple):
    """One row of the frame of interactions; the names are those of its columns.

    Attributes:
        user_id: `Shopper.user_id`.
        item_id: the product's slug.
        kind: a kind of interaction, or "refund".
        timestamp: when, UTC.
        quantity: pieces.
        basket_id: the order's number, where there is one.
        market: a currency; None for a product without variants.
    """

    user_id: str
    item_id: str
    kind: str
    timestamp: dt.datetime
    quantity: float
    basket_id: str | None
    market: str | None


def interaction_batches(
    session: Session, since: dt.datetime | None = None
) -> Generator[list[InteractionRow], None, None]:
    """Read everything that shoppers did, or what happened from a moment on, a few thousand rows at a time."""
    name = functools.lru_cache(maxsize=BATCH)(guest_user_id)
    slugs = {key: slug for key, slug in session.execute(select(Product.id, Product.slug))}
    markets = {key: currency for key, currency in session.execute(_currencies())}
    for noted in _parts(session, _noted(since)):
        yield [
            InteractionRow(
                row.public_id or name(row.shopper_id),
                slugs[row.product_id],
                row.kind,
                row.happened_at,
                float(row.quantity),
                None,
                markets.get(row.product_id),
            )
            for row in noted
        ]
    for query in (_bought(since), _cancelled(since), _returned(since)):
        for lines in _parts(session, query):
            yield [
                InteractionRow(
                    row.public_id or name(row.shopper_id),
                    slugs[row.product_id],
                    row.kind,
                    max(row.at, row.not_before),
                    float(row.quantity),
                    row.number,
                    row.currency,
                )
                for row in lines
            ]


def _parts(session: Session, query: Any) -> Iterator[Sequence[Any]]:
    # PostgreSQL holds a cursor for it, which wants to be closed also where the reader stops early.
    with session.execute(query, execution_options={"yield_per": BATCH}) as result:
        yield from result.partitions()


def _currencies() -> Any:
    # The shop's first variant speaks for the product.
    return select(Variant.product_id, Variant.currency).order_by(Variant.product_id, Variant.position.desc())


def _noted(since: dt.datetime | None) -> Any:
    same = and_(Order.shopper_id == Interaction.shopper_id, Variant.product_id == Interaction.product_id)
    ordered = exists(select(Order.id).join(Order.lines).join(Variant).where(same).correlate(Interaction))
    wanted = and_(or_(Interaction.kind != "purchase", ~ordered), _from(Interaction.happened_at, since))
    columns = (Interaction.shopper_id, Customer.public_id, Interaction.product_id, Interaction.kind)
    query = select(*columns, Interaction.happened_at, Interaction.quantity).outerjoin(Customer)
    return query.where(wanted).order_by(Interaction.id)


def _bought(since: dt.datetime | None) -> Any:
    bought = _order_rows("purchase", Order.placed_at, Order.placed_at, OrderLine.quantity)
    return bought.where(_from(Order.placed_at, since)).group_by(*_ONE_ROW)


def _cancelled(since: dt.datetime | None) -> Any:
    lines = _order_rows("refund", Order.updated_at, Order.placed_at, OrderLine.quantity)
    return lines.where(Order.state == "cancelled", _from(Order.updated_at, since)).group_by(*_ONE_ROW)


def _returned(since: dt.datetime | None) -> Any:
    """Select refunded returns; of a cancelled order everything is a refund already."""
    lines = _order_rows("refund", Order.updated_at, Return.created_at, ReturnLine.quantity)
    joined = lines.join(ReturnLine, ReturnLine.order_line_id == OrderLine.id).join(
        Return, Return.id == ReturnLine.return_id
    )
    done = and_(Return.state == "refunded", Order.state != "cancelled", _from(Order.updated_at, since))
    return joined.where(done).group_by(*_ONE_ROW, Return.id)


def _order_rows(kind: str, at: Any, not_before: Any, quantity: Any) -> Any:
    """Select lines of orders, those of one product as one: the sizes of a shoe are one item."""
    columns = (Order.number, Order.currency, Order.shopper_id, Customer.public_id, Variant.product_id)
    pieces = func.sum(quantity).label("quantity")
    query = select(*columns, literal(kind).label("kind"), at.label("at"), not_before.label("not_before"), pieces)
    lines = query.select_from(Order).join(OrderLine, OrderLine.order_id == Order.id)
    return lines.join(Variant, Variant.id == OrderLine.variant_id).outerjoin(Customer, Customer.id == Order.customer_id)


def _from(moment: Any, since: dt.datetime | None) -> ColumnElement[bool]:
    return true() if since is None else moment >= since
