"""The tables that migrations make are those of `shop/models.py`, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect, text

from shop.db import open_engine
from shop.migrate import _alembic, downgrade, main, upgrade
from shop.models import Base


def tables(url: str) -> set[str]:
    engine = open_engine(url)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


# SQLAlchemy says so of each index on an expression: only PostgreSQL's can be compared.
# https://github.com/sqlalchemy/alembic/issues/1098
@pytest.mark.filterwarnings("ignore:.*expression-based index.*")
def test_migrations_make_exactly_the_tables_of_the_models(database_url: str) -> None:
    with _alembic(database_url) as config:
        command.check(config)


@pytest.mark.filterwarnings("ignore:.*expression-based index.*")
def test_the_next_migration_leaves_the_search_index_alone(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    engine = open_engine(empty_database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE search_words_9 (stem TEXT)"))
    engine.dispose()
    with _alembic(empty_database_url) as config:
        command.check(config)


def test_upgrading_twice_changes_nothing(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    upgrade(empty_database_url)
    assert set(Base.metadata.tables) <= tables(empty_database_url)


def test_two_upgrades_at_once_both_succeed(empty_database_url: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(upgrade, [empty_database_url] * 3))
    assert set(Base.metadata.tables) <= tables(empty_database_url)


def test_downgrading_to_base_leaves_no_table_and_upgrading_brings_them_back(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    downgrade(empty_database_url, "base")
    assert tables(empty_database_url) == {"alembic_version"}
    upgrade(empty_database_url)
    assert set(Base.metadata.tables) <= tables(empty_database_url)


OLD_ORDERS = """
INSERT INTO orders (id, number, shopper_id, email, state, payment_state, currency, subtotal, delivery_price, total,
    delivery_method, ship_name, ship_street, ship_city, ship_postcode, ship_country, simulated, placed_at, updated_at)
VALUES {}
"""
OLD_ORDER = (
    "({0}, '{0}', 'web', 'a@example.com', '{1}', '{2}', 'USD', 300000, 49500, 349500, 'post', 'A', 'B', 'C', '1', "
    "'US', false, '2026-01-01 10:00:00', '2026-01-02 10:00:00')"
)


def test_what_was_paid_and_refunded_before_is_filled_in_and_nothing_is_lost(empty_database_url: str) -> None:
    upgrade(empty_database_url, "e8b2d46f9a17")
    engine = open_engine(empty_database_url)
    states = [("paid", "paid"), ("cancelled", "refunded"), ("cancelled", "failed"), ("delivered", "paid")]
    rows = [OLD_ORDER.format(1001 + place, *state) for place, state in enumerate(states)]
    with engine.begin() as connection:
        connection.execute(text(OLD_ORDERS.format(", ".join(rows))))
        connection.execute(
            text(
                "INSERT INTO order_lines (id, order_id, sku, name, options, unit_price, quantity) "
                "VALUES (1, 1004, 'A', 'A', '{}', 100000, 3)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO returns (id, rma_number, order_id, state, refund, currency, created_at) "
                "VALUES (1, 'RMA-1', 1004, 'refunded', 200000, 'USD', '2026-01-05 10:00:00')"
            )
        )
        connection.execute(
            text("INSERT INTO return_lines (return_id, order_line_id, quantity, reason) VALUES (1, 1, 2, 'faulty')")
        )
    upgrade(empty_database_url)
    with engine.connect() as connection:
        sums = connection.execute(text("SELECT number, paid, refunded FROM orders ORDER BY number")).all()
        refunds = connection.execute(
            text("SELECT order_id, return_id, kind, state, amount FROM refunds ORDER BY order_id")
        ).all()
        assert connection.execute(text("SELECT refund FROM return_lines")).scalar_one() == 200_000
    assert [tuple(row) for row in sums] == [
        ("1001", 349_500, 0),
        ("1002", 349_500, 349_500),
        ("1003", 0, 0),
        ("1004", 349_500, 200_000),
    ]
    assert [tuple(row) for row in refunds] == [
        (1002, None, "cancellation", "paid", 349_500),
        (1004, 1, "return", "paid", 200_000),
    ]
    downgrade(empty_database_url, "e8b2d46f9a17")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM order_lines")).scalar_one() == 1
        assert connection.execute(text("SELECT count(*) FROM return_lines")).scalar_one() == 1
    engine.dispose()
    upgrade(empty_database_url)


def test_the_command_line_makes_the_folder_and_the_tables(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / '100% new' / 'shop.db'}"
    main(["upgrade", "--database-url", url])
    assert "products" in tables(url)


@pytest.mark.parametrize("arguments", [[], ["upgrade"], ["revision", "--database-url", "sqlite://"]], ids=len)
def test_the_command_line_says_what_is_missing(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert "required" in capsys.readouterr().err
