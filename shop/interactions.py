"""Interactions: what a shopper did with a product, for the recommender to learn from."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session

from shop.catalogue import find_variant_row
from shop.customers import customer_row_id
from shop.errors import ProductNotFound
from shop.models import INTERACTION_KINDS, Interaction, Product, Variant
from shop.shoppers import Shopper
from shop.slates import slate_row_id
from shop.text import is_key

_SLUG_LENGTH = 200


def record_interaction(
    session: Session,
    shopper: Shopper,
    item: str,
    kind: str,
    source: str,
    quantity: int = 1,
    *,
    slate: str | None = None,
) -> None:
    """Note that a shopper viewed, clicked, put aside, bought or dismissed something.

    Args:
        session: a session of `shop.db.writing`.
        shopper: who did it.
        item: a SKU, or a product's slug where no variant is meant; a SKU wins.
        kind: one of `shop.models.INTERACTION_KINDS`.
        source: where it happened, such as "search" or "chat".
        quantity: how many pieces.
        slate: the id of the recommended list that led there (see `shop.slates.log_slate`); one that this shopper did
            not see, or that did not show this product, is left out, as it comes from the shopper's side.

    Raises:
        ProductNotFound: nothing has this SKU or slug.
    """
    variant = find_variant_row(session, item)
    product_id = _product_id(session, item) if variant is None else variant.product_id
    note_interaction(session, shopper, product_id, variant, kind, source, quantity, slate=slate)


def note_interaction(
    session: Session,
    shopper: Shopper,
    product_id: int,
    variant: Variant | None,
    kind: str,
    source: str,
    quantity: int = 1,
    *,
    slate: str | None = None,
) -> None:
    """Do the same for rows that are at hand."""
    if kind not in INTERACTION_KINDS:
        raise ValueError(f"{kind!r} is none of {', '.join(INTERACTION_KINDS)}")
    row = Interaction(
        shopper_id=shopper.shopper_id,
        customer_id=customer_row_id(session, shopper),
        product_id=product_id,
        variant_id=None if variant is None else variant.id,
        kind=kind,
        source=source,
        quantity=quantity,
        slate_id=None if slate is None else slate_row_id(session, shopper, slate, product_id),
    )
    session.add(row)


def take_back_dismissal(session: Session, shopper: Shopper, slug: str) -> bool:
    """Forget that a shopper dismissed a product, and tell whether they had; raise ProductNotFound."""
    product_id = _product_id(session, slug)
    dismissals = and_(Interaction.kind == "dismiss", Interaction.product_id == product_id)
    session.flush()
    return session.connection().execute(delete(Interaction).where(dismissals, done_by(session, shopper))).rowcount > 0


def done_by(session: Session, shopper: Shopper) -> ColumnElement[bool]:
    """Write the condition that an interaction is this shopper's.

    A guest's are those of the conversation before anybody signed in to it; a customer's are these and all of their own.
    """
    customer_id = customer_row_id(session, shopper)
    as_guest = and_(Interaction.shopper_id == shopper.shopper_id, Interaction.customer_id.is_(None))
    return as_guest if customer_id is None else or_(as_guest, Interaction.customer_id == customer_id)


def _product_id(session: Session, slug: str) -> int:
    wanted = slug.strip()
    found = session.scalar(select(Product.id).where(Product.slug == wanted)) if is_key(wanted, _SLUG_LENGTH) else None
    if found is None:
        raise ProductNotFound(slug)
    return found
