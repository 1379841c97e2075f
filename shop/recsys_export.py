"""The only bridge from the shop to training: what shoppers did, and what is known of products and customers.

`python -m shop.export recsys --database-url sqlite:///var/shop.db --out artifacts/recsys/data`

Users are named by `Shopper.user_id` and products by their slug, as the action server names them when it asks for a
recommendation. Names, contacts, addresses and conversations stay in the database.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import json
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.files import replacing
from shop.models import Interaction, utc_now
from shop.recsys_features import item_feature_batches, user_feature_batches
from shop.recsys_interactions import interaction_batches

_INTERACTIONS = pa.schema(
    [
        *((name, pa.string()) for name in ("user_id", "item_id", "kind")),
        ("timestamp", pa.timestamp("us", tz="UTC")),
        ("quantity", pa.float64()),
        *((name, pa.string()) for name in ("basket_id", "market")),
    ]
)


@dataclass(frozen=True)
class Exported:
    """How much was written, in rows; `simulated` says how much of what shoppers did was invented for the demo."""

    interactions: int
    user_features: int
    item_features: int
    simulated: int
    exported_at: str
    since: str | None


def interaction_frame(session: Session, since: dt.datetime | None = None) -> pd.DataFrame:
    """Give what shoppers did as `recsys` reads it.

    Args:
        session: any session.
        since: leave out what happened before; a refund counts by its own time.

    Returns:
        The columns user_id, item_id, kind, timestamp (UTC), quantity, basket_id and market.
    """
    return _frame(interaction_batches(session, since), _INTERACTIONS)


def user_feature_frame(session: Session) -> pd.DataFrame:
    """Give user_id, feature and value of every customer: segment, country and device."""
    return _frame(user_feature_batches(session), _features("user_id"))


def item_feature_frame(session: Session, slugs: Collection[str] | None = None) -> pd.DataFrame:
    """Give item_id, feature and value of all products, or of some: the fields of `shop.recsys_features`."""
    return _frame(item_feature_batches(session, slugs), _features("item_id"))


def write_recsys(session: Session, folder: Path, since: dt.datetime | None = None) -> Exported:
    """Write the frames as Parquet files, each as a whole or not at all, and at last `export.json` with the counts."""
    written = Exported(
        interactions=_write(interaction_batches(session, since), _INTERACTIONS, folder / "interactions.parquet"),
        user_features=_write(user_feature_batches(session), _features("user_id"), folder / "user_features.parquet"),
        item_features=_write(item_feature_batches(session), _features("item_id"), folder / "item_features.parquet"),
        simulated=_simulated(session, since),
        exported_at=utc_now().isoformat(),
        since=None if since is None else since.isoformat(),
    )
    with replacing(folder / "export.json") as draft:
        draft.write_text(json.dumps(asdict(written), indent=2) + "\n", encoding="utf-8")
    return written


def _features(key: str) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in (key, "feature", "value")])


def _simulated(session: Session, since: dt.datetime | None) -> int:
    invented = select(func.count()).select_from(Interaction).where(Interaction.simulated)
    return session.scalar(invented if since is None else invented.where(Interaction.happened_at >= since)) or 0


def _frame(batches: Iterable[Sequence[tuple[Any, ...]]], schema: pa.Schema) -> pd.DataFrame:
    tables = [_table(rows, schema) for rows in batches if rows]
    frame: pd.DataFrame = pa.concat_tables(tables or [schema.empty_table()]).to_pandas()
    return frame


def _write(batches: Generator[Sequence[tuple[Any, ...]], None, None], schema: pa.Schema, path: Path) -> int:
    count = 0
    with (
        contextlib.closing(batches),
        replacing(path) as draft,
        pq.ParquetWriter(draft, schema, compression="zstd") as writer,
    ):
        for rows in batches:
            writer.write_table(_table(rows, schema))
            count += len(rows)
    return count


def _table(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    columns: Iterator[Sequence[Any]] = iter(zip(*rows, strict=True)) if rows else itertools.repeat((), len(schema))
    return pa.Table.from_arrays(
        [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)], schema=schema
    )
