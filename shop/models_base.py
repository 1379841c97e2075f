"""What all tables share: their parent, the clock, and how a choice of values is written."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase


def utc_now() -> dt.datetime:
    """Give the present time in UTC, with its zone."""
    return dt.datetime.now(dt.timezone.utc)


def one_of(column: str, values: tuple[str, ...]) -> str:
    """Write the condition that a text column holds one of some values."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Base(DeclarativeBase):
    """Parent of all tables; the naming convention lets Alembic alter constraints by name."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
