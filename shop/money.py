"""Money as shoppers read it; amounts are Decimals with a currency, never floats."""

from __future__ import annotations

from moneyed import Money
from moneyed.l10n import format_money

__all__ = ["Money", "money_text"]


def money_text(money: Money, locale: str = "en_US") -> str:
    """Write an amount as a shopper of that locale writes it.

    >>> money_text(Money("1299.5", "USD"))
    '$1,299.50'
    """
    return format_money(money, locale=locale)
