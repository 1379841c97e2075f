"""Importing into a database of its own, and reading back what the shop then holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from shop.db import Sessions, reading
from shop.importers.importing import import_file
from shop.importers.reading import ReadingSettings
from shop.importers.report import ImportReport
from shop.models import Product, Variant

DATA = Path(__file__).parents[2] / "data"

Importing = Callable[..., ImportReport]


@pytest.fixture
def data() -> Path:
    return DATA


@pytest.fixture
def importing(sessions: Sessions) -> Importing:
    def run(format_name: str, path: Path, images: Path | None = None, **settings: Any) -> ImportReport:
        return import_file(sessions, format_name, path, ReadingSettings(**settings), images)

    return run


@pytest.fixture
def product(sessions: Sessions) -> Callable[[str], Product]:
    def find(slug: str) -> Product:
        everything = [
            selectinload(Product.variants).selectinload(Variant.options),
            selectinload(Product.attributes),
            selectinload(Product.images),
            selectinload(Product.categories),
        ]
        with reading(sessions) as session:
            return session.scalars(select(Product).where(Product.slug == slug).options(*everything)).one()

    return find


@pytest.fixture
def changed_at(sessions: Sessions) -> Callable[[], dict[str, dt.datetime]]:
    def read() -> dict[str, dt.datetime]:
        with reading(sessions) as session:
            return {slug: at for slug, at in session.execute(select(Product.slug, Product.updated_at))}

    return read
