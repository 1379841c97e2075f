"""Carts: what a shopper has put aside, at today's prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from shop.catalogue import find_variant_row, variant_options
from shop.customers import customer_row_id
from shop.errors import (
    CartLineNotFound,
    CurrencyMismatch,
    InvalidQuantity,
    NotEnoughStock,
    NotForSale,
    VariantNotFound,
)
from shop.interactions import note_interaction
from shop.models import Cart, CartLine, Variant, utc_now
from shop.money import Money
from shop.promotions import Promotions, running
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
    cart = find_open_cart(session, shopper)
    return cart_view(session, cart)


def add_to_cart(
    session: Session, shopper: Shopper, sku: str, quantity: int = 1, *, source: str = "chat", slate: str | None = None
) -> CartView:
    """Put pieces of a variant into the cart, on top of those already there, and note the interaction.

    Args:
        session: a session of `shop.db.writing`.
        shopper: whose cart it is.
        sku: the variant.
        quantity: how many pieces.
        source: where it happened, such as "search" or "chat".
        slate: the id of the recommended list that led there, if one did.

    Raises:
        VariantNotFound: no variant has this SKU.
        NotForSale: it, or its product, is off the shelf.
        InvalidQuantity: the quantity, alone or with what is there, is not between 1 and MAX_QUANTITY.
        NotEnoughStock: fewer are in stock than the cart would hold.
        CurrencyMismatch: the cart holds another currency.
    """
    _check_quantity(quantity)
    variant = find_variant_row(session, sku)
    if variant is None:
        raise VariantNotFound(sku)
    cart = _own_cart(session, shopper)
    line = _find_line(cart, variant.sku)
    wanted = quantity + (line.quantity if line else 0)
    _check_line(cart, variant, wanted)
    if line is None:
        cart.lines.append(CartLine(variant=variant, quantity=wanted))
    else:
        line.quantity = wanted
    note_interaction(session, shopper, variant.product_id, variant, "cart", source, quantity, slate=slate)
    return _saved(session, cart)


def set_quantity(session: Session, shopper: Shopper, sku: str, quantity: int) -> CartView:
    """Change the quantity of a line; raise CartLineNotFound, and otherwise what `add_to_cart` raises."""
    _check_quantity(quantity)
    cart, line = _line_of(session, shopper, sku)
    _check_line(cart, line.variant, quantity)
    line.quantity = quantity
    return _saved(session, cart)


def remove_from_cart(session: Session, shopper: Shopper, sku: str) -> CartView:
    """Take a line out of the cart; raise CartLineNotFound where it is not in it."""
    cart, line = _line_of(session, shopper, sku)
    cart.lines.remove(line)
    return _saved(session, cart)


def clear_cart(session: Session, shopper: Shopper) -> CartView:
    """Take everything out of the cart."""
    cart = find_open_cart(session, shopper, lock=True)
    if cart is None:
        return cart_view(session, None)
    cart.lines.clear()
    return _saved(session, cart)


def find_open_cart(session: Session, shopper: Shopper, *, lock: bool = False) -> Cart | None:
    """Find the row of the shopper's open cart with its lines; with `lock`, no one else changes it until we are done.

    A signed-in customer has their own, else the one that they filled in this conversation as a guest; a cart of
    another customer of the same conversation is not theirs.
    """
    customer_id = customer_row_id(session, shopper)
    own = (
        Cart.customer_id.is_(None)
        if customer_id is None
        else func.coalesce(Cart.customer_id, customer_id) == customer_id
    )
    query = select(Cart).where(Cart.shopper_id == shopper.shopper_id, Cart.state == "open", own)
    query = query.order_by(Cart.customer_id.is_(None)).limit(1)
    if lock:
        # SQLite ignores this: there a writing session has the whole database to itself.
        query = query.with_for_update()
    lines = selectinload(Cart.lines).joinedload(CartLine.variant)
    detail = query.options(lines.selectinload(Variant.options), lines.joinedload(Variant.product))
    # What an earlier step of this session read may be old by now.
    return session.scalar(detail.execution_options(populate_existing=True))


def cart_view(session: Session, cart: Cart | None) -> CartView:
    """Show a cart's rows at today's prices, promotions taken off; no cart is an empty one.

    Raises:
        CurrencyMismatch: the shop has changed the currency of a variant that was in the cart.
    """
    promotions = running(session) if cart and cart.lines else Promotions()
    views = tuple(_line_view(line, promotions) for line in cart.lines) if cart else ()
    if not views:
        return CartView((), None)
    subtotal = views[0].total
    for view in views[1:]:
        _check_currency(subtotal.currency.code, view.total.currency.code)
        subtotal += view.total
    return CartView(views, subtotal)


def is_for_sale(variant: Variant) -> bool:
    """Tell whether both the variant and its product are on the shelf."""
    return variant.active and variant.product.active


def check_available(variant: Variant, quantity: int) -> None:
    """Raise NotForSale or NotEnoughStock where so many pieces cannot be had now."""
    if not is_for_sale(variant):
        raise NotForSale(variant.sku)
    if variant.stock < quantity:
        raise NotEnoughStock(variant.sku, variant.name, quantity, variant.stock)


def _line_view(line: CartLine, promotions: Promotions) -> CartLineView:
    variant = line.variant
    price = promotions.price(variant, variant.product)
    return CartLineView(
        sku=variant.sku,
        product_slug=variant.product.slug,
        name=variant.name,
        options=variant_options(variant),
        unit_price=price,
        quantity=line.quantity,
        total=price * line.quantity,
        stock=variant.stock if is_for_sale(variant) else 0,
    )


def _own_cart(session: Session, shopper: Shopper) -> Cart:
    """Find or open the shopper's cart."""
    while (cart := find_open_cart(session, shopper, lock=True)) is None:
        _open_cart(session, shopper)
    # What was put aside before signing in is the customer's from now on.
    cart.customer_id = customer_row_id(session, shopper)
    return cart


def _open_cart(session: Session, shopper: Shopper) -> None:
    try:
        with session.begin_nested():
            session.add(Cart(shopper_id=shopper.shopper_id, customer_id=customer_row_id(session, shopper)))
    except IntegrityError:
        # The database allows only one: another message of theirs was quicker, and its cart is the one.
        return


def _line_of(session: Session, shopper: Shopper, sku: str) -> tuple[Cart, CartLine]:
    cart = find_open_cart(session, shopper, lock=True)
    line = _find_line(cart, sku) if cart else None
    if cart is None or line is None:
        raise CartLineNotFound(sku)
    return cart, line


def _find_line(cart: Cart, sku: str) -> CartLine | None:
    wanted = sku.strip().casefold()
    return next((line for line in cart.lines if line.variant.sku.casefold() == wanted), None)


def _check_quantity(quantity: int) -> None:
    if not 1 <= quantity <= MAX_QUANTITY:
        raise InvalidQuantity(quantity, 1, MAX_QUANTITY)


def _check_line(cart: Cart, variant: Variant, quantity: int) -> None:
    _check_quantity(quantity)
    check_available(variant, quantity)
    for line in cart.lines:
        _check_currency(line.variant.currency, variant.currency)


def _check_currency(expected: str, got: str) -> None:
    if expected != got:
        raise CurrencyMismatch(expected, got)


def _saved(session: Session, cart: Cart) -> CartView:
    cart.updated_at = utc_now()
    session.flush()
    return cart_view(session, cart)
