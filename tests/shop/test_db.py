"""A database that is locked, damaged or gone is one error, soon, with nothing half written."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, make_url, select, text
from sqlalchemy.exc import IntegrityError

from shop.addresses import DeliveryAddress
from shop.carts import add_to_cart, view_cart
from shop.db import Sessions, make_sessions, open_engine, reading, writing
from shop.errors import ShopUnavailable
from shop.migrate import upgrade
from shop.models import Customer, Order, Product, Variant
from shop.orders import place_order
from shop.shoppers import Shopper

QUICK = 0.3


@contextmanager
def quick_sessions(url: str, timeout_s: float = QUICK) -> Iterator[Sessions]:
    engine = open_engine(url, timeout_s=timeout_s)
    yield make_sessions(engine)
    engine.dispose()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    start = time.monotonic()
    yield
    assert time.monotonic() - start < seconds


@contextmanager
def locked(engine: Engine) -> Iterator[None]:
    """Hold the write lock of a SQLite file, or the locks of every variant and order in PostgreSQL, elsewhere."""
    with engine.connect().execution_options(daogou_write=True) as connection, connection.begin() as transaction:
        if engine.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE variants, orders, carts IN ACCESS EXCLUSIVE MODE"))
        yield
        transaction.rollback()


def test_a_locked_database_is_unavailable_soon_and_nothing_is_written(
    shelf: Sessions, engine: Engine, database_url: str, guest: Shopper, home: DeliveryAddress
) -> None:
    with writing(shelf) as session:
        add_to_cart(session, guest, "SHIRT-RED")
    with quick_sessions(database_url) as impatient, locked(engine):
        with within(QUICK + 2), pytest.raises(ShopUnavailable) as unavailable, writing(impatient) as session:
            place_order(session, guest, home, "ada@example.com")
        with within(QUICK + 2), pytest.raises(ShopUnavailable), writing(impatient) as session:
            add_to_cart(session, guest, "SHIRT-RED")
    assert any(word in unavailable.value.reason for word in ("locked", "timeout"))
    with reading(shelf) as session:
        assert view_cart(session, guest).count == 1
        assert session.scalar(select(func.count()).select_from(Order)) == 0
        assert session.scalar(select(Variant.stock).where(Variant.sku == "SHIRT-RED")) == 3


def test_the_default_patience_is_two_seconds(shelf: Sessions, engine: Engine, database_url: str) -> None:
    patient = open_engine(database_url)
    start = time.monotonic()
    with locked(engine), pytest.raises(ShopUnavailable), writing(make_sessions(patient)) as session:
        session.execute(text("UPDATE variants SET stock = 0"))
    assert 1.5 < time.monotonic() - start < 4
    patient.dispose()


def test_a_locked_sqlite_file_can_still_be_read(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    with quick_sessions(sqlite_url) as impatient, locked(engine), reading(impatient) as session:
        assert session.scalar(select(func.count()).select_from(Product)) == 0
    engine.dispose()


def test_a_shopper_is_served_again_when_the_lock_is_gone(
    shelf: Sessions, engine: Engine, database_url: str, guest: Shopper, home: DeliveryAddress
) -> None:
    with quick_sessions(database_url) as impatient:
        with locked(engine), pytest.raises(ShopUnavailable), writing(impatient) as session:
            add_to_cart(session, guest, "SHIRT-RED")
        with writing(impatient) as session:
            add_to_cart(session, guest, "SHIRT-RED")
            assert place_order(session, guest, home, "ada@example.com").number == "1001"


def test_whatever_fails_last_takes_all_of_it_back(shelf: Sessions, guest: Shopper, home: DeliveryAddress) -> None:
    def order_and_fail() -> None:
        with writing(shelf) as session:
            add_to_cart(session, guest, "SHIRT-RED")
            place_order(session, guest, home, "ada@example.com")
            raise KeyError

    with pytest.raises(KeyError):
        order_and_fail()
    with reading(shelf) as session:
        assert view_cart(session, guest).is_empty
        assert session.scalar(select(func.count()).select_from(Order)) == 0


def test_a_database_without_tables_is_unavailable(empty_database_url: str) -> None:
    with quick_sessions(empty_database_url) as sessions:
        with pytest.raises(ShopUnavailable) as unavailable, reading(sessions) as session:
            session.scalars(select(Product)).all()
        assert "products" in unavailable.value.reason


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "shop.db").write_text("this is no database\n" * 500)
    with quick_sessions(f"sqlite:///{tmp_path / 'shop.db'}") as sessions:
        for open_session in (reading, writing):
            with pytest.raises(ShopUnavailable, match="not a database"), open_session(sessions) as session:
                session.scalars(select(Product)).all()


def test_a_place_where_no_file_can_be_is_unavailable(tmp_path: Path) -> None:
    with (
        quick_sessions(f"sqlite:///{tmp_path}") as sessions,
        pytest.raises(ShopUnavailable),
        reading(sessions) as session,
    ):
        session.scalars(select(Product)).all()


def test_a_read_only_file_cannot_be_written(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    read_only = f"sqlite:///file:{make_url(sqlite_url).database}?mode=ro&uri=true"
    with quick_sessions(read_only) as sessions:
        with reading(sessions) as session:
            assert session.scalars(select(Product)).all() == []
        with pytest.raises(ShopUnavailable, match="readonly"), writing(sessions) as session:
            session.add(Product(slug="a", name="A"))
    assert not (tmp_path / "file:").exists(), "an address is no path to make folders of"


def test_a_mistake_in_the_code_is_not_called_an_outage(shelf: Sessions) -> None:
    with pytest.raises(IntegrityError), writing(shelf) as session:
        session.add(Customer(public_id="ada", email="other@example.com", name="Other"))


def test_all_connections_busy_is_unavailable(sqlite_url: str) -> None:
    with quick_sessions(sqlite_url) as sessions:
        held = [sessions() for _ in range(15)]
        for session in held:
            session.connection()
        with within(QUICK + 2), pytest.raises(ShopUnavailable, match="busy"), reading(sessions) as session:
            session.connection()
        for session in held:
            session.close()


def test_many_who_open_a_new_file_at_once_are_all_let_in(tmp_path: Path) -> None:
    gate, doors = threading.Barrier(6), 40

    def enter(number: int) -> int:
        entered = 0
        for door in range(doors):
            engine = open_engine(f"sqlite:///{tmp_path / f'{door}.db'}")
            gate.wait(10)
            with engine.begin() as connection:
                connection.execute(text(f"CREATE TABLE guest_{number} (name TEXT)"))
            entered += 1
            engine.dispose()
        return entered

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(enter, range(6))) == [doors] * 6


def test_foreign_keys_hold_in_sqlite_too(sqlite_url: str) -> None:
    with quick_sessions(sqlite_url) as sessions, pytest.raises(IntegrityError), writing(sessions) as session:
        session.execute(text("INSERT INTO cart_lines (cart_id, variant_id, quantity) VALUES (1, 1, 1)"))


def test_a_memory_database_opens(guest: Shopper) -> None:
    with quick_sessions("sqlite://") as sessions, reading(sessions) as session:
        assert session.scalar(select(1)) == 1


@pytest.mark.postgres
def test_a_plain_postgresql_address_finds_the_driver_that_is_installed() -> None:
    engine = open_engine("postgresql://shop@db.example.com/shop")
    assert engine.driver == "psycopg"
    engine.dispose()


def write_while_it_stops(sessions: Sessions, server: Any) -> None:
    with writing(sessions) as session:
        session.add(Product(slug="half", name="Half written"))
        session.flush()
        server.stop()
        session.scalars(select(Product)).all()


@pytest.mark.postgres
def test_a_postgresql_that_stops_is_unavailable_soon_and_back_when_it_is_back(
    postgres_module: Any, guest: Shopper
) -> None:
    with tempfile.TemporaryDirectory(prefix="dg", ignore_cleanup_errors=True) as folder:
        server = postgres_module.get_server(Path(folder) / "data", cleanup_mode="stop")
        upgrade(server.get_uri())
        with quick_sessions(server.get_uri()) as sessions:
            with pytest.raises(ShopUnavailable):
                write_while_it_stops(sessions, server)
            with within(QUICK + 2), pytest.raises(ShopUnavailable), reading(sessions) as session:
                view_cart(session, guest)
            server.ensure_postgres_running()
            with reading(sessions) as session:
                assert session.scalars(select(Product)).all() == []
        server.cleanup()
