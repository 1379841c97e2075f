"""Money as shoppers read it; amounts are Decimals with a currency, never floats."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from moneyed import Money, get_currency
from moneyed.l10n import format_money

__all__ = ["Money", "money_text", "to_coins"]


def money_text(money: Money, locale: str = "en_US") -> str:
    """Write an amount as a shopper of that locale writes it.

    >>> money_text(Money("1299.5", "USD"))
    '$1,299.50'
    """
    return format_money(money, locale=locale)


def to_coins(amount: Decimal, currency: str) -> Decimal:
    """Round an amount half up to the smallest coin of its currency.

    >>> to_coins(Decimal("16.9915"), "USD"), to_coins(Decimal("1050.5"), "JPY")
    (Decimal('16.99'), Decimal('1051'))
    """
    coins = get_currency(currency).sub_unit
    return (amount * coins).quantize(Decimal(1), rounding=ROUND_HALF_UP) / coins
