"""When the demo shop took each product up: most long ago, some within the last weeks, so that there is something new.

The sample catalogue says nothing of it. Nobody in the demo looks at a product before it is there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.demo.goods import Goods
from shop.models import Product
from shop.simulator import Behaviour

# Of 100 products so many are new, and their age in days; the others are older than anything that is simulated.
_NEW, _NEW_FROM, _NEW_TO = 16, 3, 40
_OLD_FROM, _OLD_TO = 200, 900


def launches(goods: Goods, end: dt.datetime, established: Collection[str]) -> dict[str, dt.datetime]:
    """Say since when each product is there, by slug; it depends on the slug alone.

    Args:
        goods: the products.
        end: the end of the simulation.
        established: SKUs of products that are not new.
    """
    old = {good.slug for variants in goods.variants for good in variants if good.sku in established}
    return {variants[0].slug: end - _age(variants[0].slug, variants[0].slug in old) for variants in goods.variants}


def write_launches(session: Session, launched: Mapping[str, dt.datetime]) -> None:
    """Date the rows of the products."""
    rows = session.execute(select(Product.id, Product.slug).where(Product.slug.in_(launched)))
    session.execute(update(Product), [{"id": key, "created_at": launched[slug]} for key, slug in rows])


def since_launch(behaviour: Behaviour, goods: Goods, launched: Mapping[str, dt.datetime]) -> Behaviour:
    """Leave out what was done with a product before it was there; a basket without it may be empty and goes too."""
    since = [launched[variants[0].slug] for variants in goods.variants]
    baskets = (
        replaced
        for basket in behaviour.baskets
        if (
            replaced := basket._replace(lines=tuple(line for line in basket.lines if basket.at >= since[line.item]))
        ).lines
    )
    events = tuple(event for event in behaviour.events if event.at >= since[event.item])
    return replace(behaviour, events=events, baskets=tuple(baskets))


def _age(slug: str, is_old: bool) -> dt.timedelta:
    share, fine, coarse = hashlib.sha256(f"demo launch {slug}".encode()).digest()[:3]
    if share * 100 // 256 < _NEW and not is_old:
        return dt.timedelta(days=_NEW_FROM + fine % (_NEW_TO - _NEW_FROM))
    return dt.timedelta(days=_OLD_FROM + (256 * coarse + fine) % (_OLD_TO - _OLD_FROM))
