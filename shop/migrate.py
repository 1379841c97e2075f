"""Bring a database to the newest tables: `python -m shop.migrate upgrade --database-url sqlite:///var/shop.db`.

After a change in `shop/models.py`, `python -m shop.migrate revision --database-url URL --message "Add ..."` writes the
next script from the difference to an up-to-date database.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from shop.db import open_engine

# Copying a large table takes longer than a shopper would wait.
_TIMEOUT_S = 600.0
# Any number that no other program of this database takes: it keeps two upgrades apart.
_LOCK = 0xDA060


def upgrade(url: str, revision: str = "head") -> None:
    """Create or alter the tables of a database until they are the newest; does nothing when they are."""
    with _alembic(url) as config:
        command.upgrade(config, revision)


def downgrade(url: str, revision: str) -> None:
    """Take migrations back, down to a revision; "base" drops every table."""
    with _alembic(url) as config:
        command.downgrade(config, revision)


def make_revision(url: str, message: str) -> None:
    """Write the migration that turns the tables of an up-to-date database into those of `shop/models.py`."""
    with _alembic(url) as config:
        command.revision(config, message, autogenerate=True)


@contextlib.contextmanager
def _alembic(url: str) -> Iterator[Config]:
    """Open one transaction that no other migration shares, and the scripts of this package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    engine = open_engine(url, timeout_s=_TIMEOUT_S)
    try:
        with engine.connect().execution_options(daogou_write=True) as connection, connection.begin():
            _wait_for_turn(connection)
            config.attributes["connection"] = connection
            yield config
    finally:
        engine.dispose()


def _wait_for_turn(connection: Connection) -> None:
    # SQLite's write lock, taken when the transaction began, does this already.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m shop.migrate", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    upgrading = commands.add_parser("upgrade", help="bring the tables up to date")
    revising = commands.add_parser("revision", help="write the next migration script")
    for subparser in (upgrading, revising):
        subparser.add_argument("--database-url", required=True, help="such as sqlite:///var/shop.db")
    revising.add_argument("--message", required=True, help="what the migration does, in a few words")
    options = parser.parse_args(arguments)
    if options.command == "upgrade":
        upgrade(options.database_url)
    else:
        make_revision(options.database_url, options.message)


if __name__ == "__main__":
    main()
