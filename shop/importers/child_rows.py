"""Rows that belong to a product or a variant: replaced as a whole where they differ, left alone where they do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, delete, insert, select
from sqlalchemy.orm import Session

from shop.models import Base

# SQLite takes 32,766 values in a statement, and plans short lists faster.
BATCH = 500

Children = Mapping[int, Sequence[tuple[Any, ...]]]


def replace_changed(
    session: Session,
    model: type[Base],
    parent: str,
    columns: Sequence[str],
    wanted: Children,
    only: ColumnElement[bool] | None = None,
) -> set[int]:
    """Make the child rows of each parent what is wanted, and give the parents whose rows were not.

    Args:
        session: a session of `shop.db.writing`.
        model: what the children are.
        parent: the column with the parent's id.
        columns: the columns to compare and write, in the order of the tuples in `wanted`.
        wanted: the rows of each parent, in order.
        only: which of the parent's rows count; the others are left alone.
    """
    table = cast(Table, model.__table__)
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    condition = [only] if only is not None else []
    order = table.c.id if "id" in table.c else table.c[columns[0]]
    for ids in batches(list(wanted)):
        query = select(table.c[parent], *(table.c[name] for name in columns)).where(
            table.c[parent].in_(ids), *condition
        )
        for row in session.execute(query.order_by(table.c[parent], order)):
            found[row[0]].append(tuple(row[1:]))
    changed = {key for key, rows in wanted.items() if found[key] != list(rows)}
    for ids in batches([key for key in changed if found[key]]):
        session.execute(delete(table).where(table.c[parent].in_(ids), *condition))
    rows = [
        dict(zip((parent, *columns), (key, *row), strict=True))
        for key in wanted
        if key in changed
        for row in wanted[key]
    ]
    if rows:
        session.execute(insert(table), rows)
    return changed


def batches(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Cut a list of keys into pieces that one statement takes."""
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]
