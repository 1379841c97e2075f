"""The database: engine, sessions and one place that turns driver errors into shop errors."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

from shop.errors import ShopUnavailable

Sessions = sessionmaker[Session]

_WAL_PAUSE_S = 0.02


def open_engine(url: str, timeout_s: float = 2.0) -> Engine:
    """Make an engine for a SQLite or PostgreSQL address.

    Args:
        url: a SQLAlchemy address, such as `sqlite:///var/shop.db`.
        timeout_s: how long a locked or silent database is waited for, in seconds.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed, timeout_s)
    return _open_postgresql(parsed, timeout_s)


def _open_postgresql(url: URL, timeout_s: float) -> Engine:
    milliseconds = round(timeout_s * 1000)
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        pool_timeout=timeout_s,
        connect_args={
            "connect_timeout": max(1, round(timeout_s)),
            # Waiting for a lock counts as part of the statement.
            "options": f"-c statement_timeout={milliseconds}",
            # A server that vanished from the network answers nothing: the kernel gives up for us.
            "tcp_user_timeout": milliseconds,
        },
    )


def _open_sqlite(url: URL, timeout_s: float) -> Engine:
    settings: dict[str, Any] = {"connect_args": {"timeout": timeout_s}}
    if url.database and url.database != ":memory:":
        # Of SQLite's own addresses, "file:shop.db?mode=ro", nothing is made: they say themselves what may be.
        if not url.database.startswith("file:"):
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        settings["pool_timeout"] = timeout_s
    engine = create_engine(url, **settings)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # SQLAlchemy begins transactions itself, so that a writer takes its lock before it reads (see "begin").
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        _use_wal(connection, timeout_s)
        connection.execute("PRAGMA synchronous = NORMAL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # A deferred transaction that reads and then writes fails at once when another wrote in between.
        write = connection.get_execution_options().get("daogou_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _use_wal(connection: sqlite3.Connection, timeout_s: float) -> None:
    """Let readers go on beside a writer.

    Of two processes that open a new file at once, SQLite sends one away without waiting, lest both wait for each other.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_WAL_PAUSE_S)


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
    except PoolTimeout as error:
        raise ShopUnavailable("all connections are busy") from error
    except DBAPIError as error:
        if not _is_outage(error):
            raise
        raise ShopUnavailable(str(error.orig).partition("\n")[0]) from error


def _is_outage(error: DBAPIError) -> bool:
    # SQLite reports a damaged file, or one that is no database, as its plainest error class, and a missing table as an
    # operational error; PostgreSQL has a code for the latter.
    missing_table = getattr(error.orig, "sqlstate", None) == "42P01"
    lost = isinstance(error, OperationalError) or error.connection_invalidated
    return lost or missing_table or type(error) is DatabaseError
