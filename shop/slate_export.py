"""Slates with what came of them: one row a shown product, for judging another policy off-line.

`python -m shop.export slates --database-url sqlite:///var/shop.db --out artifacts/recsys/slates.parquet --days 14`

What a shopper did with a product within so many days after it was shown is credited to one slate: to the one that the
interaction names, else to the last that had shown it to that shopper, in this conversation or to this customer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.files import replacing
from shop.models import Customer, Interaction, Product, Slate, SlateItem, utc_now
from shop.shoppers import guest_user_id

REWARDS = {"click": "clicked", "cart": "carted", "purchase": "purchased", "dismiss": "dismissed"}
"""Kind of interaction -> column that says whether it came of the shown product."""

DAYS = 14
_BATCH = 20_000
_SHOWN = ("slate_id", "user_id", "task", "policy", "model_version", "shown_at")
_PLACE = ("position", "item_id", "score", "propensity")


def slate_frame(session: Session, days: float = DAYS, now: dt.datetime | None = None) -> pd.DataFrame:
    """Give every shown product with its rewards, in the order of time and place.

    Args:
        session: any session.
        days: how long after being shown an interaction counts.
        now: the moment of asking.

    Returns:
        slate_id, user_id (`Shopper.user_id`), task, policy, model_version, shown_at (UTC), position (from 1), item_id,
        score, propensity, one truth for each of `REWARDS`, and complete: whether the days are over, so that a missing
        reward is a no.
    """
    window = dt.timedelta(days=days)
    shown = _shown(session)
    rewards = _Rewards(shown, window)
    if shown:
        for row in _interactions(session, since=shown[0].shown_at):
            rewards.credit(row)
    columns: dict[str, Any] = {name: [getattr(row, name) for row in shown] for name in (*_SHOWN, *_PLACE)}
    columns["user_id"] = [row.user_id or guest_user_id(row.shopper_id) for row in shown]
    columns["shown_at"] = pd.to_datetime(columns["shown_at"], utc=True)
    columns |= rewards.columns
    columns["complete"] = np.array([row.shown_at + window <= (now or utc_now()) for row in shown], dtype=bool)
    return pd.DataFrame(columns)


def write_slates(session: Session, path: Path, days: float = DAYS) -> int:
    """Write the same as a Parquet file, as a whole or not at all, and give its rows."""
    frame = slate_frame(session, days)
    with replacing(path) as draft:
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), draft, compression="zstd")
    return len(frame)


class _Rewards:
    """Credits interactions, which must come in the order of time, to shown products."""

    def __init__(self, shown: list[Any], window: dt.timedelta) -> None:
        self.columns = {name: np.zeros(len(shown), dtype=bool) for name in REWARDS.values()}
        self._shown, self._window = shown, window
        self._place = {(row.slate_key, row.product_id): place for place, row in enumerate(shown)}
        self._last: dict[tuple[str, object, int], int] = {}
        self._next = 0

    def credit(self, row: Any) -> None:
        """Take in one interaction."""
        self._show_until(row.happened_at)
        place = self._place.get((row.slate_id, row.product_id)) if row.slate_id else self._last_shown_to(row)
        if place is None:
            return
        after = row.happened_at - self._shown[place].shown_at
        if dt.timedelta(0) <= after <= self._window:
            self.columns[REWARDS[row.kind]][place] = True

    def _show_until(self, moment: dt.datetime) -> None:
        while self._next < len(self._shown) and self._shown[self._next].shown_at <= moment:
            row = self._shown[self._next]
            self._last.update(dict.fromkeys(_viewers(row), self._next))
            self._next += 1

    def _last_shown_to(self, row: Any) -> int | None:
        return max((self._last[key] for key in _viewers(row) if key in self._last), default=None)


def _viewers(row: Any) -> Iterator[tuple[str, object, int]]:
    yield "conversation", row.shopper_id, row.product_id
    if row.customer_id is not None:
        yield "customer", row.customer_id, row.product_id


def _shown(session: Session) -> list[Any]:
    query = (
        select(
            Slate.id.label("slate_key"),
            Slate.public_id.label("slate_id"),
            Slate.shopper_id,
            Slate.customer_id,
            Customer.public_id.label("user_id"),
            *(Slate.task, Slate.policy, Slate.model_version, Slate.created_at.label("shown_at")),
            *(SlateItem.position, SlateItem.product_id, SlateItem.score, SlateItem.propensity),
            Product.slug.label("item_id"),
        )
        .join(SlateItem, SlateItem.slate_id == Slate.id)
        .join(Product, Product.id == SlateItem.product_id)
        .outerjoin(Customer, Customer.id == Slate.customer_id)
    )
    return list(session.execute(query.order_by(Slate.created_at, Slate.id, SlateItem.position)))


def _interactions(session: Session, since: dt.datetime) -> Iterator[Any]:
    columns = (Interaction.slate_id, Interaction.shopper_id, Interaction.customer_id, Interaction.product_id)
    query = select(*columns, Interaction.kind, Interaction.happened_at).where(
        Interaction.kind.in_(REWARDS), Interaction.happened_at >= since
    )
    ordered = query.order_by(Interaction.happened_at, Interaction.id)
    with session.execute(ordered, execution_options={"yield_per": _BATCH}) as result:
        yield from result
