"""Carts: what a shopper has put aside, at today's prices, or at lower ones that were told and still hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload, selectinload

from shop.cart_codes import CartCodes, CouponView, GiftCardView, codes_of
from shop.catalogue import find_variant_row, variant_options
from shop.coupons import Buyer, Goods
from shop.customers import customer_row_id
from shop.errors import (
    CartLineNotFound,
    CodeNotValid,
    CurrencyMismatch,
    InvalidQuantity,
    NotEnoughStock,
    NotForSale,
    VariantNotFound,
)
from shop.interactions import note_interaction
from shop.models import Cart, CartCode, CartLine, Variant, utc_now
from shop.money import Money
from shop.promotions import Promotions, PromotionView, running
from shop.quotes import Quote, quotes_of
from shop.shoppers import Shopper
from shop.terms import PLAIN, Terms

MAX_QUANTITY = 99


@dataclass(frozen=True)
class CartLineView:
    """So many pieces of one variant.

    Attributes:
        total: what they cost before coupons.
        stock: what the shop has now, 0 when it is no longer for sale.
        promotion: what has made it cheaper today.
        quote: the price that was told, where it holds and is no higher than today's.
        raised: whether today's price is higher than it.
        discount: what coupons take off the pieces together.
    """

    sku: str
    product_slug: str
    name: str
    options: Mapping[str, str]
    unit_price: Money
    quantity: int
    total: Money
    stock: int
    promotion: PromotionView | None = None
    quote: Quote | None = None
    raised: bool = False
    discount: Money | None = None


@dataclass(frozen=True)
class CartView:
    """A cart's lines in the order they were added, and the codes that wait with them.

    Attributes:
        subtotal: what the lines cost before coupons; None when there are none.
        coupons: what takes something off.
        gift_cards: what will pay.
        idle: codes that hold for nothing now, and why.
    """

    lines: tuple[CartLineView, ...]
    subtotal: Money | None
    coupons: tuple[CouponView, ...] = ()
    gift_cards: tuple[GiftCardView, ...] = ()
    idle: tuple[CodeNotValid, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is in the cart."""
        return not self.lines

    @property
    def count(self) -> int:
        """Count the pieces of all lines."""
        return sum(line.quantity for line in self.lines)

    @property
    def total(self) -> Money | None:
        """Say what the lines cost after coupons, before gift cards and delivery."""
        return None if self.subtotal is None else self.subtotal - sum_of(self.coupons, self.subtotal)


def sum_of(coupons: tuple[CouponView, ...], like: Money) -> Money:
    """Add up what coupons take off."""
    return Money(sum((coupon.amount.amount for coupon in coupons), Decimal(0)), like.currency)


def view_cart(session: Session, shopper: Shopper, terms: Terms = PLAIN) -> CartView:
    """Show the shopper's open cart."""
    cart = find_open_cart(session, shopper)
    return cart_view(session, cart, shopper, terms)


def add_to_cart(
    session: Session,
    shopper: Shopper,
    sku: str,
    quantity: int = 1,
    *,
    source: str = "chat",
    slate: str | None = None,
    terms: Terms = PLAIN,
) -> CartView:
    """Put pieces of a variant into the cart, on top of those already there, and note the interaction.

    Args:
        session: a session of `shop.db.writing`.
        shopper: whose cart it is.
        sku: the variant.
        quantity: how many pieces.
        source: where it happened, such as "search" or "chat".
        slate: the id of the recommended list that led there, if one did.
        terms: by which the cart's prices and codes are shown.

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
    return _saved(session, cart, shopper, terms)


def set_quantity(session: Session, shopper: Shopper, sku: str, quantity: int, terms: Terms = PLAIN) -> CartView:
    """Change the quantity of a line; raise CartLineNotFound, and otherwise what `add_to_cart` raises."""
    _check_quantity(quantity)
    cart, line = _line_of(session, shopper, sku)
    _check_line(cart, line.variant, quantity)
    line.quantity = quantity
    return _saved(session, cart, shopper, terms)


def remove_from_cart(session: Session, shopper: Shopper, sku: str, terms: Terms = PLAIN) -> CartView:
    """Take a line out of the cart; raise CartLineNotFound where it is not in it."""
    cart, line = _line_of(session, shopper, sku)
    cart.lines.remove(line)
    return _saved(session, cart, shopper, terms)


def clear_cart(session: Session, shopper: Shopper) -> CartView:
    """Take everything out of the cart, its codes too."""
    cart = find_open_cart(session, shopper, lock=True)
    if cart is None:
        return CartView((), None)
    cart.lines.clear()
    cart.codes.clear()
    return _saved(session, cart, shopper, PLAIN)


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
    codes = selectinload(Cart.codes).options(joinedload(CartCode.coupon), joinedload(CartCode.gift_card))
    detail = query.options(lines.selectinload(Variant.options), lines.joinedload(Variant.product), codes)
    # What an earlier step of this session read may be old by now.
    return session.scalar(detail.execution_options(populate_existing=True))


def cart_view(
    session: Session, cart: Cart | None, shopper: Shopper, terms: Terms = PLAIN, email: str | None = None
) -> CartView:
    """Show a cart's rows at today's prices, promotions taken off, or at lower ones that were told and still hold.

    Args:
        session: a session that reads.
        cart: the cart; none is an empty one.
        shopper: who looks at it.
        terms: by which prices are held and codes taken.
        email: where a guest is reached, if that is known: by it they are known to have used a coupon.

    Raises:
        CurrencyMismatch: the shop has changed the currency of a variant that was in the cart.
    """
    if cart is None or not cart.lines:
        return CartView((), None)
    promotions = running(session)
    quotes = quotes_of(session, shopper, [line.variant.sku for line in cart.lines], terms.hold)
    views = [_line_view(line, promotions, quotes.get(line.variant.sku)) for line in cart.lines]
    subtotal = views[0].total
    for view in views[1:]:
        _check_currency(subtotal.currency.code, view.total.currency.code)
        subtotal += view.total
    if not cart.codes:
        return CartView(tuple(views), subtotal)
    buyer = Buyer(shopper.shopper_id, customer_row_id(session, shopper), email)
    goods = [_goods(line, view) for line, view in zip(cart.lines, views, strict=True)]
    return _with_codes(views, subtotal, codes_of(session, cart, goods, subtotal.currency.code, buyer, terms))


def _with_codes(views: list[CartLineView], subtotal: Money, codes: CartCodes) -> CartView:
    lines = [
        replace(view, discount=Money(part, subtotal.currency)) if part else view
        for view, part in zip(views, codes.parts, strict=True)
    ]
    return CartView(tuple(lines), subtotal, codes.coupons, codes.gift_cards, codes.idle)


def _goods(line: CartLine, view: CartLineView) -> Goods:
    reduced = view.quote.promotion is not None if view.quote and view.raised else view.promotion is not None
    categories = frozenset(category.id for category in line.variant.product.categories)
    return Goods(view.total.amount, categories, reduced)


def is_for_sale(variant: Variant) -> bool:
    """Tell whether both the variant and its product are on the shelf."""
    return variant.active and variant.product.active


def check_available(variant: Variant, quantity: int) -> None:
    """Raise NotForSale or NotEnoughStock where so many pieces cannot be had now."""
    if not is_for_sale(variant):
        raise NotForSale(variant.sku)
    if variant.stock < quantity:
        raise NotEnoughStock(variant.sku, variant.name, quantity, variant.stock)


def _line_view(line: CartLine, promotions: Promotions, quote: Quote | None) -> CartLineView:
    variant = line.variant
    today = promotions.price(variant, variant.product)
    holds = quote if quote and quote.price.currency == today.currency and quote.price <= today else None
    # As the catalogue writes it where both are the same: what a shopper has said yes to does not change by a telling.
    price = holds.price if holds and holds.price < today else today
    return CartLineView(
        sku=variant.sku,
        product_slug=variant.product.slug,
        name=variant.name,
        options=variant_options(variant),
        unit_price=price,
        quantity=line.quantity,
        total=price * line.quantity,
        stock=variant.stock if is_for_sale(variant) else 0,
        promotion=promotions.of(variant.product),
        quote=holds,
        raised=price < today,
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


def _saved(session: Session, cart: Cart, shopper: Shopper, terms: Terms) -> CartView:
    cart.updated_at = utc_now()
    session.flush()
    return cart_view(session, cart, shopper, terms)
