"""Amounts and times come back from the database exactly as they went in."""

from __future__ import annotations

import datetime as dt
import doctest
import importlib
from decimal import Decimal

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from shop.db import Sessions, reading, writing
from shop.models import Product, Variant


@pytest.mark.parametrize("price", ["0", "0.01", "0.0001", "19.99", "1234567890.1234", "99999999999999.9999"])
def test_an_amount_comes_back_exactly(shelf: Sessions, price: str) -> None:
    with writing(shelf) as session:
        session.execute(update(Variant).where(Variant.sku == "MUG").values(price=Decimal(price)))
    with reading(shelf) as session:
        assert session.scalar(select(Variant.price).where(Variant.sku == "MUG")) == Decimal(price)
        assert session.scalar(select(Variant.sku).where(Variant.price == Decimal(price), Variant.sku == "MUG"))


def test_an_amount_that_would_lose_digits_is_refused(shelf: Sessions) -> None:
    with writing(shelf) as session, pytest.raises(StatementError, match="four decimal places"):
        session.execute(update(Variant).values(price=Decimal("0.00001")))


def test_a_time_comes_back_in_utc(shelf: Sessions) -> None:
    noon_in_beijing = dt.datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    with writing(shelf) as session:
        session.execute(update(Product).values(created_at=noon_in_beijing))
    with reading(shelf) as session:
        stored = session.scalars(select(Product.created_at)).first()
    assert stored == noon_in_beijing
    assert stored is not None
    assert stored.utcoffset() == dt.timedelta(0)


def test_a_time_without_a_zone_is_refused(shelf: Sessions) -> None:
    with writing(shelf) as session, pytest.raises(StatementError, match="no time zone"):
        session.execute(update(Product).values(created_at=dt.datetime(2026, 3, 1, 12)))


def test_a_negative_price_is_refused_by_the_database(shelf: Sessions) -> None:
    with pytest.raises(IntegrityError, match="price_not_negative"), writing(shelf) as session:
        session.execute(text("UPDATE variants SET price = -1"))


@pytest.mark.parametrize("module", ["addresses", "countries", "money", "order_numbers", "text"])
def test_the_examples_in_the_docstrings_are_true(module: str) -> None:
    result = doctest.testmod(importlib.import_module(f"shop.{module}"))
    assert (result.attempted > 0, result.failed) == (True, 0)
