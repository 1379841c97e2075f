"""Order numbers: "1001" upward, each given once, and found however a shopper writes it."""

from __future__ import annotations

import re

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.models import Counter, Order
from shop.text import ascii_digits

FIRST_NUMBER = 1001
_COUNTER = "order_numbers"
_LONGEST = 18


def reserve_numbers(session: Session, count: int = 1) -> tuple[str, ...]:
    """Take the next order numbers; two writers at once never get the same one."""
    while (last := _advance(session, count)) is None:
        _start_counter(session)
    return tuple(str(number) for number in range(last - count + 1, last + 1))


def normalise_number(text: str) -> str | None:
    """Read an order number out of what a shopper wrote, in digits of any script; None where there is not exactly one.

    >>> normalise_number(" #1001 "), normalise_number("order １００１"), normalise_number("1001 or 1=1")
    ('1001', '1001', None)
    """
    numbers: list[str] = re.findall(r"[0-9]+", ascii_digits(text))
    return numbers[0] if len(numbers) == 1 and len(numbers[0]) <= _LONGEST else None


def _advance(session: Session, count: int) -> int | None:
    """Take numbers from the counter; None where it was not there yet, even if another writer has just begun it."""
    taking = update(Counter).where(Counter.name == _COUNTER).values(value=Counter.value + count)
    if session.connection().execute(taking).rowcount == 0:
        return None
    # The UPDATE locks the row until the transaction ends, so what is read now is ours alone.
    return session.scalar(select(Counter.value).where(Counter.name == _COUNTER))


def _start_counter(session: Session) -> None:
    """Begin after the highest number there is; another writer may do the same at this moment."""
    known = [int(number) for number in session.scalars(select(Order.number)) if number.isdecimal()]
    try:
        with session.begin_nested():
            session.add(Counter(name=_COUNTER, value=max([FIRST_NUMBER - 1, *known])))
    except IntegrityError:
        # The other one has committed its counter: the next UPDATE finds it.
        return
