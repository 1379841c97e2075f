"""Entering and taking back codes: a coupon or a gift card waits in the cart until its order takes it.

Whoever enters a code that is none, or that belongs to another customer, is answered the same after the same work: both
kinds are looked for each time. After a few such codes within an hour none is looked at any more.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shop.cart_codes import CouponView, GiftCardView
from shop.carts import CartView, cart_view, find_open_cart
from shop.checkout import OrderSummary
from shop.customers import customer_row_id
from shop.errors import CodeNotInCart, CodeNotValid, EmptyCart, TooManyGuesses
from shop.gift_cards import code_hash, locked_gift_cards, normal, pay_with
from shop.models import Cart, CartCode, CodeTry, Coupon, CouponUse, GiftCard, Order, utc_now
from shop.shoppers import Shopper
from shop.terms import Terms
from shop.text import ascii_digits

_LONGEST = 40
_WINDOW = dt.timedelta(hours=1)
_KEPT = dt.timedelta(days=1)


@dataclass(frozen=True)
class CodeUse:
    """A code that waits in the cart now: a coupon or a gift card; `already` where it did before."""

    cart: CartView
    coupon: CouponView | None
    gift_card: GiftCardView | None
    already: bool


def use_code(session: Session, shopper: Shopper, text: str, terms: Terms) -> CodeUse | CodeNotValid:
    """Put a coupon or a gift card into the cart, or say why it does not hold.

    A refusal is given and not raised: raised, it would undo the count of a wrong guess.

    Raises:
        EmptyCart: there is nothing to use it for; it was not looked at.
        TooManyGuesses: too many codes that are none were entered; it was not looked at.
    """
    cart = find_open_cart(session, shopper, lock=True)
    if cart is None or not cart.lines:
        raise EmptyCart
    _refuse_guessing(session, shopper, terms)
    coupon, card = _find(session, shopper, plain_code(text))
    if coupon is None and card is None:
        session.add(CodeTry(who=shopper.user_id, tried_at=utc_now()))
        return CodeNotValid("unknown", "", terms.coupon_rule, {})
    waiting = _waiting(cart, coupon, card)
    if waiting is None:
        cart.codes.append(CartCode(coupon=coupon, gift_card=None if coupon else card))
    session.flush()
    view = cart_view(session, cart, shopper, terms)
    name = coupon.code if coupon else card.hint if card else ""
    refusal = next((idle for idle in view.idle if idle.code == name), None)
    if refusal is not None and waiting is None:
        cart.codes.pop()
        session.flush()
    return refusal or _use(view, coupon, card, already=waiting is not None)


def remove_code(session: Session, shopper: Shopper, text: str, terms: Terms) -> CartView:
    """Take a code out of the cart, named in full, or a gift card by its last signs; raise CodeNotInCart."""
    cart = find_open_cart(session, shopper, lock=True)
    plain = plain_code(text)
    named = [code for code in cart.codes if plain and _is_called(code, plain)] if cart else []
    if cart is None or not named:
        raise CodeNotInCart(text)
    cart.codes.remove(named[0])
    session.flush()
    return cart_view(session, cart, shopper, terms)


def plain_code(text: str) -> str:
    """Write a code as it is looked up; nothing for what is too long to be one.

    >>> plain_code(" welcome-１0 ")
    'WELCOME10'
    """
    plain = normal(ascii_digits(text))
    return plain if len(plain) <= _LONGEST else ""


def lock_codes(session: Session, cart: Cart) -> None:
    """Keep everyone else from using the codes of a cart until we are done, and read them anew."""
    coupons = [code.coupon_id for code in cart.codes if code.coupon_id is not None]
    if coupons:
        query = select(Coupon).where(Coupon.id.in_(coupons)).order_by(Coupon.id).with_for_update()
        session.scalars(query.execution_options(populate_existing=True)).all()
    cards = [code.gift_card_id for code in cart.codes if code.gift_card_id is not None]
    if cards:
        locked_gift_cards(session, cards)


def take_codes(session: Session, order: Order, summary: OrderSummary) -> None:
    """Note that a new order has used its coupons, and let gift cards pay their part."""
    for coupon in summary.coupons:
        order.coupon_uses.append(
            CouponUse(
                coupon_id=coupon.id,
                shopper_id=order.shopper_id,
                customer_id=order.customer_id,
                email=order.email.casefold(),
                amount=coupon.amount.amount,
            )
        )
    pay_with(session, order, [(payment.card.id, payment.amount.amount) for payment in summary.gift_payments])
    if not summary.due.amount:
        order.state = order.payment_state = "paid"


def give_back_coupons(order: Order) -> None:
    """Let the coupons of an order that is cancelled as a whole be used again."""
    for use in order.coupon_uses:
        use.given_back_at = use.given_back_at or utc_now()


def held_prices(summary: OrderSummary) -> dict[str, dict[str, object]]:
    """Write down which prices an order has because they were told before, and the receipts that prove it."""
    return {
        line.sku: {
            "price": f"{line.quote.price.amount.normalize():f}",
            "until": line.quote.until.isoformat(),
            "receipt": line.quote.receipt,
        }
        for line in summary.lines
        if line.quote and line.raised
    }


def _refuse_guessing(session: Session, shopper: Shopper, terms: Terms) -> None:
    now = utc_now()
    session.execute(delete(CodeTry).where(CodeTry.tried_at < now - _KEPT))
    query = select(CodeTry.tried_at).where(CodeTry.who == shopper.user_id, CodeTry.tried_at > now - _WINDOW)
    tried = list(session.scalars(query.order_by(CodeTry.tried_at.desc()).limit(terms.guesses)))
    if len(tried) >= terms.guesses:
        raise TooManyGuesses(tried[-1] + _WINDOW, terms.guess_rule)


def _find(session: Session, shopper: Shopper, plain: str) -> tuple[Coupon | None, GiftCard | None]:
    """Look for both kinds; what belongs to another customer is not there."""
    customer_id = customer_row_id(session, shopper)
    coupon = session.scalar(select(Coupon).where(Coupon.code == plain))
    card = session.scalar(select(GiftCard).where(GiftCard.code_hash == code_hash(plain)))
    return (
        coupon if coupon and coupon.customer_id in (None, customer_id) else None,
        card if card and card.customer_id in (None, customer_id) else None,
    )


def _waiting(cart: Cart, coupon: Coupon | None, card: GiftCard | None) -> CartCode | None:
    return next(
        (
            code
            for code in cart.codes
            if (coupon and code.coupon_id == coupon.id) or (not coupon and card and code.gift_card_id == card.id)
        ),
        None,
    )


def _use(view: CartView, coupon: Coupon | None, card: GiftCard | None, *, already: bool) -> CodeUse:
    shown = next((one for one in view.coupons if coupon and one.id == coupon.id), None)
    card_shown = next((one for one in view.gift_cards if not coupon and card and one.id == card.id), None)
    return CodeUse(view, shown, card_shown, already)


def _is_called(code: CartCode, plain: str) -> bool:
    if code.coupon is not None:
        return code.coupon.code == plain
    return code.gift_card is not None and (code.gift_card.hint == plain or code.gift_card.code_hash == code_hash(plain))
