"""A shop says how it sends orders in one small file; a bad one changes nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from shop.carts import add_to_cart
from shop.db import Sessions, make_sessions, open_engine, reading, writing
from shop.delivery import COLUMNS, BadDeliveryFile, main, read_offers
from shop.models import DeliveryMethod, Product, Variant
from shop.orders import summarise_cart
from shop.shoppers import Shopper

HEAD = ",".join(COLUMNS)
GOOD = f"{HEAD}\nstandard,Standard delivery,4.90,USD,50,3,5\nexpress,Express delivery,12.90,USD,,1,2\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "delivery.csv"


@contextlib.contextmanager
def shop_at(url: str) -> Iterator[Sessions]:
    engine = open_engine(url)
    yield make_sessions(engine)
    engine.dispose()


def methods(url: str) -> list[tuple[str, Decimal, Decimal | None]]:
    with shop_at(url) as sessions, reading(sessions) as session:
        rows = session.scalars(select(DeliveryMethod).order_by(DeliveryMethod.position))
        return [(row.code, row.price, row.free_from) for row in rows]


def test_an_own_shop_can_be_checked_out_once_its_delivery_is_set(file: Path, empty_database_url: str) -> None:
    file.write_text(GOOD)
    assert main([str(file), "--database-url", empty_database_url]) == 0
    kite = Variant(sku="KITE", name="Kite", price=Decimal("20"), currency="USD", stock=3)
    guest = Shopper("web-1")
    with shop_at(empty_database_url) as sessions, writing(sessions) as session:
        session.add(Product(slug="kite", name="Kite", variants=[kite]))
        session.flush()
        add_to_cart(session, guest, "KITE")
        assert summarise_cart(session, guest).total.amount == Decimal("24.90")


def test_reading_the_file_again_changes_a_method_in_place(file: Path, empty_database_url: str) -> None:
    file.write_text(GOOD)
    main([str(file), "--database-url", empty_database_url])
    file.write_text(GOOD.replace("4.90", "5.50"))
    main([str(file), "--database-url", empty_database_url])
    assert methods(empty_database_url) == [
        ("standard", Decimal("5.50"), Decimal("50")),
        ("express", Decimal("12.90"), None),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the columns code, name"),
        ("code,name\na,b\n", "price, currency, free_from, days_min, days_max are missing"),
        (HEAD, "it has no rows"),
        (f"{HEAD}\na,A,-1,USD,,1,2\n", ":2: price is -1"),
        (f"{HEAD}\na,A,NaN,USD,,1,2\n", ":2: price is NaN"),
        (f"{HEAD}\na,A,cheap,USD,,1,2\n", ":2: price and free_from must be amounts"),
        (f"{HEAD}\na,A,1,USD,,3,2\n", ":2: days_min is 3 and days_max 2"),
        (f"{HEAD}\na,A,1,usd,,1,2\n", ":2: currency is 'usd'"),
        (f"{HEAD}\n,A,1,USD,,1,2\n", ":2: code is empty"),
        (f"{HEAD}\na,A,1,USD,,1,2\na,B,1,USD,,1,2\n", "a code stands twice"),
    ],
    ids=[
        "empty",
        "missing columns",
        "no rows",
        "negative price",
        "NaN",
        "no number",
        "days fall",
        "currency",
        "no code",
        "twice",
    ],
)
def test_a_bad_file_is_refused_with_its_line_and_reason(file: Path, text: str, said: str) -> None:
    file.write_text(text)
    with pytest.raises(BadDeliveryFile) as refused:
        read_offers(file)
    assert said in str(refused.value)


def test_a_bad_file_writes_nothing_and_says_why(
    file: Path, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(b"\xff\xfe\x00")
    before = methods(database_url)
    assert main([str(file), "--database-url", database_url]) == 1
    assert "it cannot be read as CSV in UTF-8" in capsys.readouterr().err
    assert methods(database_url) == before
