"""Order numbers: "1001" upward, each given once, and found however a shopper writes it."""

from __future__ import annotations

from sqlalchemy.orm import Session

FIRST_NUMBER = 1001


def reserve_numbers(session: Session, count: int = 1) -> tuple[str, ...]:
    """Take the next order numbers; two callers at once never get the same one."""
    raise NotImplementedError


def normalise_number(text: str) -> str | None:
    """Read an order number out of what a shopper wrote, in digits of any script; None where there is not exactly one.

    >>> normalise_number(" #1001 "), normalise_number("order １００１"), normalise_number("1001 or 1=1")
    ('1001', '1001', None)
    """
    raise NotImplementedError
