"""The database: engine, sessions and one place that turns driver errors into shop errors."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from shop.errors import ShopUnavailable

Sessions = sessionmaker[Session]


def open_engine(url: str, timeout_s: float = 2.0) -> Engine:
    """Make an engine for a SQLite or PostgreSQL address.

    Args:
        url: a SQLAlchemy address, such as `sqlite:///var/shop.db`.
        timeout_s: how long a locked or silent database is waited for, in seconds.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(url, timeout_s)
    seconds = max(1, round(timeout_s))
    options = f"-c statement_timeout={int(timeout_s * 1000)} -c lock_timeout={int(timeout_s * 1000)}"
    return create_engine(
        parsed,
        pool_pre_ping=True,
        pool_timeout=seconds,
        connect_args={"connect_timeout": seconds, "options": options},
    )


def _open_sqlite(url: str, timeout_s: float) -> Engine:
    database = make_url(url).database
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": timeout_s})

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # SQLAlchemy begins transactions itself, so that a writer takes its lock before it reads (see "begin").
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # A deferred transaction that reads and then writes fails at once when another wrote in between.
        write = connection.get_execution_options().get("daogou_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def make_sessions(engine: Engine) -> Sessions:
    """Make the factory from which every session of a process comes."""
    return sessionmaker(engine, expire_on_commit=False)


@contextlib.contextmanager
def reading(sessions: Sessions) -> Iterator[Session]:
    """Open a session that changes nothing; raise ShopUnavailable where the database does not answer."""
    with _translated(), sessions() as session:
        yield session


@contextlib.contextmanager
def writing(sessions: Sessions) -> Iterator[Session]:
    """Open a session that commits at the end, or changes nothing when anything in it fails."""
    with _translated(), sessions() as session:
        session.connection(execution_options={"daogou_write": True})
        yield session
        session.commit()


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise ShopUnavailable(type(error.orig).__name__) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise ShopUnavailable(type(error.orig).__name__) from error
        raise
