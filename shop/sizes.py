"""Sizes that a person wears: which of them are of one kind, so that "42" binds shoes, and no T-shirt in S to XL."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.models import VariantOption
from shop.search_text import words

Pair = tuple[str, str]

_NAME = "size"
_LETTERS = re.compile(r"x*[sl]|m")


def other_sizes(session: Session, sizes: Iterable[str]) -> list[Pair]:
    """List the options (name, value) that are sizes of the same kind as one that fits, and do not fit.

    Args:
        session: any session.
        sizes: the sizes that fit, as a shopper writes them: "42", "size 42" and "M" are understood.
    """
    fitting = {key for size in sizes if (key := _key(size))}
    if not fitting:
        return []
    kinds = {_kind(key) for key in fitting}
    named = func.lower(VariantOption.name).contains(_NAME)
    pairs = session.execute(select(VariantOption.name, VariantOption.value).where(named).distinct())
    read = [((name, value), _key(value)) for name, value in pairs if _NAME in words(name)]
    return [pair for pair, key in read if key and key not in fitting and _kind(key) in kinds]


def _key(size: str) -> tuple[str, ...]:
    """Read a size: its words without "size" itself.

    >>> _key("Size 42"), _key("42.5"), _key("13 inch")
    (('42',), ('42', '5'), ('13', 'inch'))
    """
    return tuple(word for word in words(size) if word != _NAME)


def _kind(key: tuple[str, ...]) -> tuple[str, ...]:
    """Tell sizes apart that are not to be compared.

    >>> _kind(("42", "5")), _kind(("2", "xl")), _kind(("13", "inch"))
    (('number',), ('letters',), ('number', 'inch'))
    """
    if _LETTERS.fullmatch(key[-1]):
        return ("letters",)
    return tuple(dict.fromkeys("number" if word.isdigit() else word for word in key))
