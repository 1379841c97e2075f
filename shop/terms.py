"""The terms of buying: what of the shop's policies carts and orders obey, as plain values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from shop.policy_rules import Citation, PolicyRules, RefundTarget

_COUPONS = Citation("payment.coupons", "")
_GIFT_CARDS = Citation("payment.gift-cards", "")
_GUESSES = Citation("payment.guesses", "")
_QUOTE = Citation("payment.quote", "")


@dataclass(frozen=True)
class Terms:
    """The rules for prices, coupons and gift cards.

    Attributes:
        hold: how long a price that was told holds; none does without.
        coupons: how many one order takes.
        guesses: how many codes that are none may be entered within an hour.
        refund_first: where money goes back to first.
        coupon_rule: by which rule coupons are refused; the same for gift cards and guesses.
    """

    hold: dt.timedelta | None = None
    coupons: int = 1
    guesses: int = 8
    refund_first: RefundTarget = "card"
    coupon_rule: Citation = _COUPONS
    gift_card_rule: Citation = _GIFT_CARDS
    guess_rule: Citation = _GUESSES
    quote_rule: Citation = _QUOTE


PLAIN = Terms()
"""No price is held, and one coupon is taken."""


def terms_of(rules: PolicyRules) -> Terms:
    """Read the terms out of the shop's rules."""
    payment = rules.payment
    return Terms(
        hold=dt.timedelta(hours=payment.quote.hours),
        coupons=payment.coupons.per_order,
        guesses=payment.guesses.an_hour,
        refund_first=payment.refunds.first,
        coupon_rule=rules.cite(payment.coupons),
        gift_card_rule=rules.cite(payment.gift_cards),
        guess_rule=rules.cite(payment.guesses),
        quote_rule=rules.cite(payment.quote),
    )
