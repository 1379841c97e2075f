"""Photo search learns what is on sale, in words and pictures, from files that the shop writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from shop.db import Sessions, reading, writing
from shop.export import main
from shop.models import Attribute, Category, Image, Product, ProductCategory, Variant, VariantOption
from shop.photo_export import PhotoExport, photo_export, pictures_version


def exported(sessions: Sessions) -> PhotoExport:
    with reading(sessions) as session:
        return photo_export(session)


def item(sessions: Sessions, slug: str) -> dict[str, Any]:
    return next(row for row in exported(sessions).items if row["item_id"] == slug)


@contextmanager
def edited(sessions: Sessions, slug: str) -> Iterator[Product]:
    with writing(sessions) as session:
        yield session.scalars(select(Product).where(Product.slug == slug)).one()


def chair() -> Product:
    """A chair in two colours, each with a picture of its own, beside one of both."""
    variants = [
        Variant(
            sku=f"CHAIR-{colour}",
            name=f"Chair {colour}",
            price=Decimal(100),
            currency="USD",
            options=[VariantOption(name="Color", value=colour), VariantOption(name="height", value="80 cm")],
        )
        for colour in ("mint", "mustard")
    ]
    return Product(slug="chair", name="Chair", variants=variants, attributes=[Attribute(name="Material", value="oak")])


@pytest.fixture
def chairs(shelf: Sessions) -> Sessions:
    with writing(shelf) as session:
        product = chair()
        session.add(product)
        session.flush()
        mint, mustard = product.variants
        product.attributes.append(Attribute(name="finish", value="matt", variant_id=mint.id))
        product.images = [
            Image(location="both.jpg", position=0),
            Image(location="mint.jpg", position=1, variant_id=mint.id),
            Image(location="mustard.jpg", position=2, variant_id=mustard.id),
        ]
    return shelf


def test_a_product_is_told_by_its_words_and_what_can_be_seen_of_it(chairs: Sessions) -> None:
    assert item(chairs, "laptop") == {
        "item_id": "laptop",
        "title": "Laptop",
        "description": "A thin laptop.",
        "category": ["Computers"],
        "facts": {"brand": ["Apple"], "colour": ["silver"], "port": ["USB-C", "HDMI"]},
    }
    assert item(chairs, "chair")["facts"] == {"colour": ["mint", "mustard"], "material": ["oak"], "finish": ["matt"]}


def test_a_picture_of_one_variant_has_its_colour(chairs: Sessions) -> None:
    rows = [row for row in exported(chairs).photos if row["item_id"] == "chair"]
    assert rows == [
        {"item_id": "chair", "photo": "both.jpg", "facts": {}},
        {"item_id": "chair", "photo": "mint.jpg", "facts": {"colour": ["mint"], "finish": ["matt"]}},
        {"item_id": "chair", "photo": "mustard.jpg", "facts": {"colour": ["mustard"]}},
    ]


def test_the_category_is_the_longest_way_down(shelf: Sessions) -> None:
    with writing(shelf) as session:
        electronics = Category(slug="electronics", name="Electronics")
        laptops = Category(slug="laptops", name="Laptops")
        computers = session.scalars(select(Category).where(Category.slug == "computers")).one()
        sale = Category(slug="sale", name="Sale")
        computers.parent, laptops.parent = electronics, computers
        session.add_all([electronics, laptops, sale])
        session.flush()
        product = session.scalars(select(Product).where(Product.slug == "laptop")).one()
        for category in (sale, laptops, electronics):
            session.add(ProductCategory(product_id=product.id, category_id=category.id))
    assert item(shelf, "laptop")["category"] == ["Electronics", "Computers", "Laptops"]


def test_categories_in_a_circle_end(shelf: Sessions) -> None:
    with writing(shelf) as session:
        computers = session.scalars(select(Category).where(Category.slug == "computers")).one()
        other = Category(slug="other", name="Other", parent=computers)
        session.add(other)
        session.flush()
        computers.parent_id = other.id
    assert item(shelf, "laptop")["category"] == ["Other", "Computers"]


def test_what_is_off_the_shelf_is_left_out(shelf: Sessions) -> None:
    assert "lamp" not in {row["item_id"] for row in exported(shelf).items}
    with edited(shelf, "laptop") as laptop:
        for variant in laptop.variants:
            variant.active = False
    assert {row["item_id"] for row in (*exported(shelf).items, *exported(shelf).photos)}.isdisjoint({"laptop"})


@pytest.mark.parametrize(
    "location", ["https://img.example.com/a.jpg", "http://x/a.jpg", "/etc/passwd", "../secret.jpg", "a/../../b.jpg", ""]
)
def test_a_picture_outside_the_folder_of_images_is_left_out_and_counted(shelf: Sessions, location: str) -> None:
    before = exported(shelf)
    with edited(shelf, "laptop") as laptop:
        laptop.images.append(Image(location=location))
    after = exported(shelf)
    assert after.photos == before.photos
    assert after.elsewhere == before.elsewhere + 1


def test_a_picture_that_is_listed_twice_is_one(shelf: Sessions) -> None:
    before = exported(shelf)
    with edited(shelf, "laptop") as laptop:
        laptop.images.append(Image(location="laptop.jpg"))
    assert exported(shelf).photos == before.photos


def test_the_version_changes_with_words_and_pictures(chairs: Sessions) -> None:
    def version() -> str:
        with reading(chairs) as session:
            return pictures_version(session)

    versions = [version()]
    assert version() == versions[0]
    with edited(chairs, "chair") as product:
        product.name = "Armchair"
    versions.append(version())
    with edited(chairs, "chair") as product:
        product.images.append(Image(location="side.jpg"))
    versions.append(version())
    with edited(chairs, "chair") as product:
        product.images.pop(0)
    versions.append(version())
    assert len({*versions}) == 4


def test_the_command_writes_both_files(
    chairs: Sessions, database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with edited(chairs, "laptop") as laptop:
        laptop.images.append(Image(location="https://img.example.com/a.jpg"))
    out = tmp_path / "deep" / "data"
    assert main(["photos", "--database-url", database_url, "--out", str(out)]) == 0
    told = exported(chairs)
    for name, rows in (("items.jsonl", told.items), ("photos.jsonl", told.photos)):
        lines = (out / name).read_text(encoding="utf-8").splitlines()
        assert [json.loads(line) for line in lines] == list(rows)
    assert "1 that do not lie in the folder of images are left out" in capsys.readouterr().out
