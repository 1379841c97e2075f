"""Stock: pieces leave the shelf and come back to it, and no two orders get the same one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from shop.carts import check_available
from shop.errors import NotEnoughStock
from shop.models import Variant


def take_stock(session: Session, variant: Variant, quantity: int) -> None:
    """Take pieces of a variant from the shelf; raise NotForSale or NotEnoughStock where they cannot be had.

    Whoever takes several variants does so in the order of their ids, so that two shoppers with the same two things
    never wait for each other.
    """
    enough = and_(Variant.id == variant.id, Variant.active, Variant.stock >= quantity)
    taking = update(Variant).where(enough).values(stock=Variant.stock - quantity)
    taken = session.connection().execute(taking).rowcount
    # Another order may have been quicker since the variant was read.
    session.refresh(variant, ["stock", "active"])
    if taken != 1:
        check_available(variant, quantity)
        raise NotEnoughStock(variant.sku, variant.name, quantity, variant.stock)


def give_back_stock(session: Session, pieces: Iterable[tuple[int | None, int]]) -> dict[str, int]:
    """Put pieces back on the shelf, given as variant id and quantity; say how many of which SKU.

    What the catalogue no longer knows has no shelf to go back to.
    """
    wanted: dict[int, int] = {}
    for variant_id, quantity in pieces:
        if variant_id is not None:
            wanted[variant_id] = wanted.get(variant_id, 0) + quantity
    for variant_id, quantity in sorted(wanted.items()):
        session.execute(
            update(Variant).where(Variant.id == variant_id).values(stock=Variant.stock + quantity),
            execution_options={"synchronize_session": "fetch"},
        )
    return _by_sku(session, wanted)


def _by_sku(session: Session, wanted: Mapping[int, int]) -> dict[str, int]:
    rows = session.execute(select(Variant.id, Variant.sku).where(Variant.id.in_(wanted)))
    return {sku: wanted[variant_id] for variant_id, sku in rows}
