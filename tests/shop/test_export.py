"""The lexicon is what the conversation knows of the catalogue's words."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from shop.db import Sessions, make_sessions, open_engine, reading, writing
from shop.export import lexicon, main, write_if_changed
from shop.models import Attribute, Base, Category, Product, Variant, VariantOption


def variant(sku: str, active: bool = True, **options: str) -> Variant:
    found = [VariantOption(name=name, value=value, position=i) for i, (name, value) in enumerate(options.items())]
    return Variant(sku=sku, name=sku, price=Decimal(10), currency="USD", stock=1, active=active, options=found)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'shop.db'}"


@pytest.fixture
def sessions(url: str) -> Iterator[Sessions]:
    engine = open_engine(url)
    Base.metadata.create_all(engine)
    made = make_sessions(engine)
    with writing(made) as session:
        shoes = Category(slug="shoes", name="Shoes")
        session.add_all([shoes, Category(slug="empty", name="Nothing here")])
        trainer = Product(slug="trainer", name="Trainer", brand="Nike", categories=[shoes])
        trainer.attributes = [Attribute(name="Color", value="Black"), Attribute(name="sole", value="rubber")]
        trainer.variants = [
            variant("T-10", size="10"),
            variant("T-9", size="9"),
            variant("T-9B", Size="9", colour="mint"),
            variant("T-OLD", active=False, size="99"),
        ]
        gone = Product(slug="gone", name="Gone", brand="Bygone", active=False, variants=[variant("G-1", era="old")])
        session.add_all([trainer, gone])
    yield made
    engine.dispose()


def test_the_lexicon_holds_what_is_on_sale_and_nothing_else(sessions: Sessions) -> None:
    with reading(sessions) as session:
        assert lexicon(session) == {
            "brands": ["Nike"],
            "categories": ["Shoes"],
            "colours": ["black", "mint"],
            "options": {"colour": ["mint"], "Size": ["9", "10"]},
            "products": [{"name": "Trainer", "slug": "trainer"}],
            "skus": ["T-10", "T-9", "T-9B"],
        }


def test_an_empty_shop_gives_an_empty_lexicon(url: str) -> None:
    engine = open_engine(url)
    Base.metadata.create_all(engine)
    with reading(make_sessions(engine)) as session:
        assert set(lexicon(session)) == {"brands", "categories", "colours", "options", "products", "skus"}
        assert not any(lexicon(session).values())
    engine.dispose()


def test_an_unchanged_file_keeps_its_time_stamp(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "lexicon.json"
    assert write_if_changed({"brands": ["Nestlé"]}, path)
    os.utime(path, (1, 1))
    assert not write_if_changed({"brands": ["Nestlé"]}, path)
    assert path.stat().st_mtime == 1
    assert write_if_changed({"brands": ["Nike"]}, path)
    assert list(path.parent.iterdir()) == [path]


def test_the_command_writes_the_lexicon(
    sessions: Sessions, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "lexicon.json"
    assert main(["lexicon", "--database-url", url, "--out", str(out)]) == 0
    assert json.loads(out.read_text())["brands"] == ["Nike"]
    assert main(["lexicon", "--database-url", url, "--out", str(out)]) == 0
    assert "unchanged" in capsys.readouterr().out


def test_a_database_without_tables_is_told_in_words(
    tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lexicon", "--database-url", url, "--out", str(tmp_path / "lexicon.json")]) == 1
    assert "database" in capsys.readouterr().err
    assert not (tmp_path / "lexicon.json").exists()
