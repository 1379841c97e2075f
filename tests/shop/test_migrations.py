"""The tables that migrations make are those of `shop/models.py`, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
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
    engine = open_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


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
