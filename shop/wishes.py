"""Standing wishes: what a shopper said once and means for everything that is recommended to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.customers import customer_row_id
from shop.models import Customer
from shop.shoppers import Shopper

# The key of a customer's profile under which their wishes stand.
PROFILE_KEY = "wishes"


@dataclass(frozen=True)
class Wishes:
    """What every recommendation keeps to; `shop.eligible` says what that means for a product.

    Attributes:
        price_max: what one piece may cost at most, in whatever currency the shop has.
        sizes: sizes that fit, as "42" or "M"; each binds only what is sold in sizes of its kind.
        exclude: words that nothing shown may say of itself, as "leather", "red" or a brand.
    """

    price_max: Decimal | None = None
    sizes: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a budget that is no amount."""
        if self.price_max is not None and not (self.price_max.is_finite() and self.price_max >= 0):
            raise ValueError(f"price_max is {self.price_max}, it must be a finite amount from 0 up")

    def to_state(self) -> dict[str, Any]:
        """Write them as JSON values."""
        price_max = None if self.price_max is None else str(self.price_max)
        return {"price_max": price_max, "sizes": list(self.sizes), "exclude": list(self.exclude)}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Wishes:
        """Read what `to_state` wrote; what is missing or was written by something else counts as no wish."""
        return cls(_amount(state.get("price_max")), _texts(state.get("sizes")), _texts(state.get("exclude")))


def load_wishes(session: Session, shopper: Shopper) -> Wishes:
    """Read the wishes of a customer; a guest has none here."""
    customer_id = customer_row_id(session, shopper)
    profile = session.scalar(select(Customer.profile).where(Customer.id == customer_id))
    kept = (profile or {}).get(PROFILE_KEY)
    return Wishes.from_state(kept) if isinstance(kept, Mapping) else Wishes()


def save_wishes(session: Session, shopper: Shopper, wishes: Wishes) -> bool:
    """Keep a customer's wishes with their account, in place of those before; tell whether there is an account."""
    customer_id = customer_row_id(session, shopper)
    row = session.scalar(select(Customer).where(Customer.id == customer_id).with_for_update())
    if row is None:
        return False
    others = {key: value for key, value in row.profile.items() if key != PROFILE_KEY}
    # A new dictionary: a change inside of the old one would not be noticed.
    row.profile = others if wishes == Wishes() else {**others, PROFILE_KEY: wishes.to_state()}
    session.flush()
    return True


def _amount(value: object) -> Decimal | None:
    try:
        amount = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return None
    return amount if amount is not None and amount.is_finite() and amount >= 0 else None


def _texts(values: object) -> tuple[str, ...]:
    return tuple(value for value in values if isinstance(value, str)) if isinstance(values, list | tuple) else ()
