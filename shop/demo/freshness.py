"""Whether the demo shop has to be built again: a hash of what it is made from, kept beside the database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from shop.db import Sessions, reading
from shop.errors import ShopUnavailable
from shop.files import replacing
from shop.models import Customer, Image, Order

_CODE = ("demo", "importers", "migrations", "columns.py", "addresses.py", "countries.py", "gift_cards.py")
_MODELS = "models*.py"
_SIMULATOR = "simulator*.py"


def fingerprint(vendure: Path, url: str, chosen: Sequence[object]) -> str:
    """Hash the catalogue, the code that builds the demo, and what the caller chose."""
    digest = hashlib.sha256()
    database = make_url(url).render_as_string(hide_password=True)
    digest.update(json.dumps([database, *chosen, version("faker"), version("numpy")]).encode())
    for path in _inputs(vendure):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _inputs(vendure: Path) -> Iterator[Path]:
    shop = Path(__file__).parent.parent
    for name in _CODE:
        path = shop / name
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))
    for pattern in (_MODELS, _SIMULATOR):
        yield from sorted(shop.glob(pattern))
    yield vendure / "assets" / "products.csv"


def is_fresh(stamp: Path, wanted: str, sessions: Sessions, images: Path) -> bool:
    """Tell whether the demo of this hash is in the database and its photos are in place."""
    if not stamp.is_file() or json.loads(stamp.read_text(encoding="utf-8")).get("fingerprint") != wanted:
        return False
    try:
        with reading(sessions) as session:
            customer = session.scalar(select(Customer.id).where(Customer.simulated).limit(1))
            order = session.scalar(select(Order.id).where(Order.simulated).limit(1))
            locations = session.scalars(select(Image.location)).all()
    except (SQLAlchemyError, ShopUnavailable):
        # No tables, or no database: whatever the stamp says, there is no demo in it.
        return False
    photos = [name for name in locations if "://" not in name]
    return customer is not None and order is not None and all((images / name).is_file() for name in photos)


def write_stamp(stamp: Path, wanted: str, counts: dict[str, Any]) -> None:
    """Remember what the demo was built from."""
    with replacing(stamp) as draft:
        draft.write_text(json.dumps({"fingerprint": wanted, **counts}, indent=2) + "\n", encoding="utf-8")
