"""Carts: what a shopper has put aside, at today's prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.money import Money
from shop.shoppers import Shopper

MAX_QUANTITY = 99


@dataclass(frozen=True)
class CartLineView:
    """So many pieces of one variant; `stock` is what the shop has now, 0 when it is no longer for sale."""

    sku: str
    product_slug: str
    name: str
    options: Mapping[str, str]
    unit_price: Money
    quantity: int
    total: Money
    stock: int


@dataclass(frozen=True)
class CartView:
    """A cart's lines in the order they were added; `subtotal` is None when there are none."""

    lines: tuple[CartLineView, ...]
    subtotal: Money | None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is in the cart."""
        return not self.lines

    @property
    def count(self) -> int:
        """Count the pieces of all lines."""
        return sum(line.quantity for line in self.lines)


def view_cart(session: Session, shopper: Shopper) -> CartView:
    """Show the shopper's open cart."""
    raise NotImplementedError


def add_to_cart(session: Session, shopper: Shopper, sku: str, quantity: int = 1, *, source: str = "chat") -> CartView:
    """Put pieces of a variant into the cart, on top of those already there, and note the interaction.

    Raises:
        VariantNotFound: no variant has this SKU.
        NotForSale: it, or its product, is off the shelf.
        InvalidQuantity: the quantity, alone or with what is there, is not between 1 and MAX_QUANTITY.
        NotEnoughStock: fewer are in stock than the cart would hold.
        CurrencyMismatch: the cart holds another currency.
    """
    raise NotImplementedError


def set_quantity(session: Session, shopper: Shopper, sku: str, quantity: int) -> CartView:
    """Change the quantity of a line; raise CartLineNotFound, and otherwise what `add_to_cart` raises."""
    raise NotImplementedError


def remove_from_cart(session: Session, shopper: Shopper, sku: str) -> CartView:
    """Take a line out of the cart; raise CartLineNotFound where it is not in it."""
    raise NotImplementedError


def clear_cart(session: Session, shopper: Shopper) -> CartView:
    """Take everything out of the cart."""
    raise NotImplementedError
