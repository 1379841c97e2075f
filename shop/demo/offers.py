"""What the demo shop adds to the catalogue: ways to send, promotions, and stock that is not the same everywhere."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from shop.delivery import DeliveryOffer
from shop.models import Category, Product, Promotion, Variant

CURRENCY = "USD"
SOURCE = "vendure"


STANDARD = DeliveryOffer("standard", "Standard delivery", Decimal("4.90"), Decimal("50.00"), 3, 5, CURRENCY)
EXPRESS = DeliveryOffer("express", "Express delivery", Decimal("12.90"), None, 1, 2, CURRENCY)

# code, name, percent, slug of the category (None: everything), first and last day from the end of the simulation
_PROMOTIONS = (
    ("PLANTS15", "15% off plants", 15, "home-garden/plants", -7, 21),
    ("SHOES10", "10% off footwear", 10, "sports-outdoor/footwear", -60, -46),
    ("NEXTMONTH5", "5% off everything", 5, None, 30, 37),
)
# Of 100 variants that have stock in the file, so many are shown without any, and so many with one to five pieces.
_SOLD_OUT, _LOW = 6, 12


def write_promotions(session: Session, end: dt.datetime) -> None:
    """Put the demo's promotions on dates around the end: one that runs, one that is over, one to come."""
    codes = [promotion[0] for promotion in _PROMOTIONS]
    session.execute(delete(Promotion).where(Promotion.code.in_(codes)))
    categories = {slug: key for slug, key in session.execute(select(Category.slug, Category.id))}
    for code, name, percent, category, first, last in _PROMOTIONS:
        values = {
            "code": code,
            "name": name,
            "percent": percent,
            "category_id": categories[category] if category else None,
            "starts_at": end + dt.timedelta(days=first),
            "ends_at": end + dt.timedelta(days=last),
        }
        session.execute(insert(Promotion).values(values))


def vary_stock(session: Session, keep: frozenset[str]) -> None:
    """Take stock from some of the demo's own variants, so that "out of stock" and "only two left" can be seen.

    The source has 100 pieces of everything. Which variants change depends on their SKU alone; goods that came into the
    same database from elsewhere keep their stock.

    Args:
        session: a session of `shop.db.writing`.
        keep: SKUs that stay as they are.
    """
    own = select(Variant.id, Variant.sku).join(Product).where(Product.source == SOURCE).order_by(Variant.id)
    for key, sku in session.execute(own).all():
        stock = demo_stock(sku)
        if stock is not None and sku not in keep:
            session.execute(update(Variant).where(Variant.id == key).values(stock=stock))


def demo_stock(sku: str) -> int | None:
    """Give the demo's stock of a SKU; None where the file's count stays."""
    first, second = hashlib.sha256(f"demo stock {sku}".encode()).digest()[:2]
    share = first * 100 // 256
    if share < _SOLD_OUT:
        return 0
    return 1 + second % 5 if share < _SOLD_OUT + _LOW else None
