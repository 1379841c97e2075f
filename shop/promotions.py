"""Promotions: which price cuts run at a moment, and what is paid then.

The best cut for the shopper counts, never two at once. What is paid is rounded half up to the currency's smallest
coin; the same sum is done in Python for what is shown and in SQL for what is filtered and sorted by.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from moneyed import CURRENCIES
from sqlalchemy import BigInteger, ColumnElement, Integer, and_, case, literal, or_, select, true, type_coerce
from sqlalchemy.orm import Session

from shop.columns import EXACT_UNITS, ExactDecimal
from shop.models import Product, ProductCategory, Promotion, Variant, utc_now
from shop.money import Money, to_coins

_USUAL_COINS = 100


@dataclass(frozen=True)
class PromotionView:
    """A price cut as shoppers see it: `percent` off until `ends_at`."""

    code: str
    name: str
    percent: int
    ends_at: dt.datetime


@dataclass(frozen=True)
class _Rule:
    view: PromotionView
    product_id: int | None
    category_id: int | None

    def covers(self, product: Product) -> bool:
        """Tell whether it holds for a product; categories stand with all that are above them."""
        if self.product_id is not None:
            return self.product_id == product.id
        return self.category_id is None or any(category.id == self.category_id for category in product.categories)

    def condition(self) -> ColumnElement[bool]:
        """Write the same as a condition on a row of `variants`."""
        if self.product_id is not None:
            return Variant.product_id == self.product_id
        if self.category_id is None:
            return true()
        inside = select(ProductCategory.product_id).where(ProductCategory.category_id == self.category_id)
        return Variant.product_id.in_(inside)


@dataclass(frozen=True)
class Promotions:
    """The price cuts that run at one moment, the deepest first."""

    rules: tuple[_Rule, ...] = ()

    def of(self, product: Product) -> PromotionView | None:
        """Give the deepest cut that holds for a product."""
        return next((rule.view for rule in self.rules if rule.covers(product)), None)

    def price(self, variant: Variant, product: Product) -> Money:
        """Say what one piece costs now."""
        best = self.of(product)
        return reduced(Money(variant.price, variant.currency), best.percent if best else 0)

    def price_column(self) -> ColumnElement[Decimal]:
        """Write what a row of `variants` costs now; the plain column while no cut runs."""
        if not self.rules:
            return type_coerce(Variant.price, ExactDecimal)
        by_percent = groupby(self.rules, key=lambda rule: rule.view.percent)
        cuts = [(or_(*(rule.condition() for rule in rules)), percent) for percent, rules in by_percent]
        percent = case(*((condition, literal(percent, Integer)) for condition, percent in cuts), else_=0)
        return _reduced_column(percent)

    def condition(self) -> ColumnElement[bool]:
        """Write the condition that any cut holds for a row of `variants`."""
        return or_(*(rule.condition() for rule in self.rules)) if self.rules else ~true()


def running(session: Session, at: dt.datetime | None = None) -> Promotions:
    """Read the price cuts that run now, or at another moment; ones of no or over 100 percent are left out."""
    now = at or utc_now()
    in_time = and_(Promotion.starts_at <= now, Promotion.ends_at > now, Promotion.percent.between(1, 100))
    rows = session.scalars(
        select(Promotion).where(in_time).order_by(Promotion.percent.desc(), Promotion.ends_at.desc(), Promotion.id)
    )
    return Promotions(tuple(_rule(row) for row in rows))


def promoted_slugs(session: Session, promotions: Promotions) -> dict[str, PromotionView]:
    """Name the products on sale of which the price is cut, each with its deepest cut."""
    found: dict[str, PromotionView] = {}
    for rule in promotions.rules:
        query = select(Product.slug).join(Variant).where(Product.active, Variant.active, rule.condition()).distinct()
        for slug in session.scalars(query.order_by(Product.slug)):
            found.setdefault(slug, rule.view)
    return found


def reduced(price: Money, percent: int) -> Money:
    """Take percent off a price, rounded half up to the currency's smallest coin.

    >>> reduced(Money("19.99", "USD"), 15)
    Money('16.99', 'USD')
    """
    if not percent:
        return price
    return Money(to_coins(price.amount * (100 - percent) / 100, price.currency.code), price.currency)


def _rule(row: Promotion) -> _Rule:
    return _Rule(PromotionView(row.code, row.name, row.percent, row.ends_at), row.product_id, row.category_id)


def _reduced_column(percent: ColumnElement[int]) -> ColumnElement[Decimal]:
    """Do the sum of `reduced` in whole ten-thousandths, as prices are stored."""
    stored = type_coerce(Variant.price, BigInteger)
    coin = _coin_column()
    rounded = ((stored * (100 - percent) + 50 * coin) // (100 * coin)) * coin
    # Without a cut a price keeps its fractions of a coin.
    return type_coerce(case((percent == 0, stored), else_=rounded), ExactDecimal)


def _coin_column() -> ColumnElement[int]:
    """Say how many ten-thousandths the smallest coin of a variant's currency is worth."""
    unusual = {coins: _codes_with(coins) for coins in _coin_counts() if coins != _USUAL_COINS}
    cases = [(Variant.currency.in_(codes), EXACT_UNITS // coins) for coins, codes in sorted(unusual.items())]
    return case(*cases, else_=EXACT_UNITS // _USUAL_COINS)


def _coin_counts() -> set[int]:
    return {currency.sub_unit for currency in CURRENCIES.values()}


def _codes_with(coins: int) -> list[str]:
    return sorted(code for code, currency in CURRENCIES.items() if currency.sub_unit == coins)
