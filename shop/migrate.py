"""Bring a database to the newest tables: `python -m shop.migrate upgrade --database-url sqlite:///var/shop.db`."""

from __future__ import annotations


def upgrade(url: str) -> None:
    """Create or alter the tables of a database until they are the newest; does nothing when they are."""
    raise NotImplementedError
