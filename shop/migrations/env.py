"""Run by Alembic, on the connection that `shop.migrate` hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator

from shop.models import Base


def _render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write a column type of ours as what the database stores: old migrations outlive the code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def _include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave out the tables of the search index: `shop.search` makes and mends them itself."""
    return not (kind == "table" and name is not None and name.startswith("search_"))


def _run() -> None:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        # SQLite cannot alter most of a table: Alembic copies it.
        render_as_batch=True,
        render_item=_render_item,
        include_name=_include_name,
    )
    context.run_migrations()


_run()
