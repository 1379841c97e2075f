"""Interactions: what a shopper did with a product, for the recommender to learn from."""

from __future__ import annotations

from sqlalchemy.orm import Session

from shop.shoppers import Shopper


def record_interaction(
    session: Session, shopper: Shopper, item: str, kind: str, source: str, quantity: int = 1
) -> None:
    """Note that a shopper viewed, clicked, put aside, bought or dismissed something.

    Args:
        session: a session of `shop.db.writing`.
        shopper: who did it.
        item: a SKU, or a product's slug where no variant is meant; a SKU wins.
        kind: one of `shop.models.INTERACTION_KINDS`.
        source: where it happened, such as "search" or "chat".
        quantity: how many pieces.

    Raises:
        ProductNotFound: nothing has this SKU or slug.
    """
    raise NotImplementedError
