"""Other options of what was bought: which variant may take its place, and by how much the price differs.

The price that was paid changes by the difference between today's prices of the two, so that a price cut that has ended
since is kept.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from shop.carts import check_available
from shop.catalogue import find_variant_row
from shop.errors import PolicyRefusal, VariantNotFound
from shop.models import Order, OrderLine, Variant
from shop.policy_rules import Citation
from shop.promotions import running


def other_option(session: Session, order: Order, line: OrderLine, sku: str, quantity: int, rule: Citation) -> Variant:
    """Find the variant that may take the place of so many pieces of a line.

    Raises:
        VariantNotFound: no variant has this SKU.
        PolicyRefusal: it is the same, of another product, or in another currency; or the product is gone.
        NotForSale, NotEnoughStock: it cannot be had.
    """
    variant = find_variant_row(session, sku)
    if variant is None:
        raise VariantNotFound(sku)
    old = session.get(Variant, line.variant_id) if line.variant_id is not None else None
    facts: dict[str, Any] = {"number": order.number, "sku": line.sku, "name": line.name, "new_sku": variant.sku}
    if old is None or old.product_id != variant.product_id or variant.currency != order.currency:
        raise PolicyRefusal(rule.rule, rule.version, "other_product", facts)
    if old.id == variant.id:
        raise PolicyRefusal(rule.rule, rule.version, "same_option", facts)
    check_available(variant, quantity)
    return variant


def price_difference(session: Session, line: OrderLine, new: Variant) -> Decimal:
    """Say by how much a piece of another option costs more today; negative where it costs less."""
    old = session.get_one(Variant, line.variant_id)
    promotions = running(session)
    return promotions.price(new, new.product).amount - promotions.price(old, old.product).amount
