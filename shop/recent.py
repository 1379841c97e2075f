"""What a shopper did of late: the recommender folds it into its next list."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.interactions import done_by
from shop.models import Interaction, Product
from shop.shoppers import Shopper


class RecentEvent(NamedTuple):
    """One thing that a shopper did with a product, by its slug; the time is UTC."""

    slug: str
    kind: str
    happened_at: dt.datetime


def recent_events(session: Session, shopper: Shopper, limit: int = 50) -> list[RecentEvent]:
    """Give the newest interactions of a shopper, oldest first.

    A customer's are those of all of their conversations; those of the present one before they signed in count too.
    """
    newest = select(Product.slug, Interaction.kind, Interaction.happened_at).join(Product)
    ordered = newest.where(done_by(session, shopper)).order_by(Interaction.happened_at.desc(), Interaction.id.desc())
    return [RecentEvent(*row) for row in reversed(session.execute(ordered.limit(limit)).all())]


def dismissed_slugs(session: Session, shopper: Shopper) -> list[str]:
    """Give the products that a shopper said no to, in the order of their slugs.

    What they put aside or bought afterwards is no longer among them.
    """
    wanted = Interaction.kind.in_(("cart", "purchase"))
    latest = [func.max(Interaction.id).filter(condition) for condition in (Interaction.kind == "dismiss", wanted)]
    query = select(Product.slug).join(Interaction, Interaction.product_id == Product.id)
    grouped = (
        query.where(done_by(session, shopper)).group_by(Product.slug).having(latest[0] > func.coalesce(latest[1], 0))
    )
    return sorted(session.scalars(grouped))
