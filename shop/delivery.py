"""The ways in which a shop sends orders: `python -m shop.delivery FILE --database-url sqlite:///var/own.db`.

The file is CSV with the columns code, name, price, currency, free_from, days_min, days_max; `free_from` may be empty.
Its first row is what an order goes by unless another one is chosen. Reading it again updates each method by its code.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from shop.db import make_sessions, open_engine, writing
from shop.errors import ShopUnavailable
from shop.migrate import upgrade
from shop.models import DeliveryMethod

COLUMNS = ("code", "name", "price", "currency", "free_from", "days_min", "days_max")


class BadDeliveryFile(Exception):
    """A delivery file cannot be used; nothing of it was written.

    Attributes:
        path: the file.
        line: where in it; None where the whole file is meant.
        reason: what is wrong.
    """

    def __init__(self, path: Path, line: int | None, reason: str) -> None:
        super().__init__(f"{path}{f':{line}' if line else ''}: {reason}")
        self.path, self.line, self.reason = path, line, reason


@dataclass(frozen=True)
class DeliveryOffer:
    """A way to send an order; it costs nothing from `free_from` on. Days are working days."""

    code: str
    name: str
    price: Decimal
    free_from: Decimal | None
    days_min: int
    days_max: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse what no shopper could be told; the message names the field and the value."""
        for field in ("code", "name"):
            if not getattr(self, field):
                raise ValueError(f"{field} is empty")
        for field in ("price", "free_from"):
            amount = getattr(self, field)
            if amount is not None and (not amount.is_finite() or amount < 0):
                raise ValueError(f"{field} is {amount}, it must be an amount from 0 on")
        if not 0 <= self.days_min <= self.days_max:
            raise ValueError(f"days_min is {self.days_min} and days_max {self.days_max}: they must rise from 0 on")
        if len(self.currency) != 3 or not self.currency.isalpha() or not self.currency.isupper():
            raise ValueError(f"currency is {self.currency!r}, it must be three capital letters")

    def price_for(self, subtotal: Decimal) -> Decimal:
        """Say what sending an order of that worth costs."""
        return Decimal(0) if self.free_from is not None and subtotal >= self.free_from else self.price


def read_offers(path: Path) -> list[DeliveryOffer]:
    """Read a delivery file.

    Raises:
        BadDeliveryFile: it cannot be read, or one of its rows cannot be used.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
            if missing:
                raise BadDeliveryFile(path, None, f"the columns {', '.join(missing)} are missing")
            offers = [_offer(path, reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadDeliveryFile(path, None, f"it cannot be read as CSV in UTF-8 ({type(error).__name__})") from error
    if not offers:
        raise BadDeliveryFile(path, None, "it has no rows")
    if len({offer.code for offer in offers}) < len(offers):
        raise BadDeliveryFile(path, None, "a code stands twice")
    return offers


def _offer(path: Path, line: int, row: Mapping[str, str | None]) -> DeliveryOffer:
    cell = {column: (row[column] or "").strip() for column in COLUMNS}
    try:
        return DeliveryOffer(
            code=cell["code"],
            name=cell["name"],
            price=Decimal(cell["price"]),
            free_from=Decimal(cell["free_from"]) if cell["free_from"] else None,
            days_min=int(cell["days_min"]),
            days_max=int(cell["days_max"]),
            currency=cell["currency"],
        )
    except InvalidOperation as error:
        raise BadDeliveryFile(path, line, "price and free_from must be amounts such as 4.90") from error
    except ValueError as error:
        raise BadDeliveryFile(path, line, str(error)) from error


def write_offers(session: Session, offers: Iterable[DeliveryOffer]) -> None:
    """Make these the shop's first ways to send; one of the same code is changed in place."""
    known = {code: key for code, key in session.execute(select(DeliveryMethod.code, DeliveryMethod.id))}
    for position, offer in enumerate(offers):
        values = {**asdict(offer), "position": position}
        if offer.code in known:
            session.execute(update(DeliveryMethod).where(DeliveryMethod.id == known[offer.code]).values(values))
        else:
            session.execute(insert(DeliveryMethod).values(values))


def delivery_offers(session: Session, currency: str | None = None) -> list[DeliveryOffer]:
    """List the ways in which orders, of a currency or of any, can be sent; the one without a choice comes first."""
    usable = select(DeliveryMethod)
    if currency is not None:
        usable = usable.where(DeliveryMethod.currency == currency)
    rows = session.scalars(usable.order_by(DeliveryMethod.position, DeliveryMethod.price, DeliveryMethod.id))
    return [DeliveryOffer(**{name: getattr(row, name) for name in COLUMNS}) for row in rows]


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line; 0 where the methods were written, 1 with the reason where they were not."""
    parser = argparse.ArgumentParser(prog="python -m shop.delivery", description="Set how a shop sends orders.")
    parser.add_argument("file", type=Path, help=f"CSV with the columns {', '.join(COLUMNS)}")
    parser.add_argument("--database-url", required=True, help="such as sqlite:///var/own.db")
    options = parser.parse_args(arguments)
    try:
        offers = read_offers(options.file)
        upgrade(options.database_url)
        engine = open_engine(options.database_url)
        try:
            with writing(make_sessions(engine)) as session:
                write_offers(session, offers)
        finally:
            engine.dispose()
    except (BadDeliveryFile, ShopUnavailable) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{len(offers)} delivery methods written: {', '.join(offer.name for offer in offers)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
