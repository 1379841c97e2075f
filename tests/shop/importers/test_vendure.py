"""Vendure's CSV: padding, continuation rows, facets, photos, and a second import that changes nothing."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shop.importers.report import Problem

Fixture = Any

HEADER = (
    "name,slug,description,assets,facets,optionGroups,optionValues,"
    "sku,price,taxCategory,stockOnHand,trackInventory,variantAssets,variantFacets"
)


def write(path: Path, *rows: str) -> Path:
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def row(**cells: str) -> str:
    defaults = {"name": "Cup", "slug": "cup", "sku": "CUP", "price": "5.00", "stockOnHand": "1"}
    return ",".join({**defaults, **cells}.get(name, "") for name in HEADER.split(","))


def test_padded_rows_become_products_with_options_facets_and_text(
    importing: Fixture, product: Fixture, data: Path
) -> None:
    report = importing("vendure", data / "vendure_small.csv")
    assert (report.exit_code, report.products.created, report.variants.created) == (0, 3, 4)
    shoe = product("trail-shoe")
    assert (shoe.name, shoe.brand, shoe.source) == ("Trail Shoe", "Fjell", "vendure")
    assert shoe.description == 'Grips on mud, "even wet".'
    assert [(variant.sku, variant.name, variant.price, variant.stock) for variant in shoe.variants] == [
        ("SHOE-40W", "Trail Shoe Size 40 wide", Decimal("99.99"), 3),
        ("SHOE-42W", "Trail Shoe Size 42 wide", Decimal("104.99"), 0),
    ]
    assert [(option.name, option.value) for option in shoe.variants[0].options] == [
        ("size", "Size 40"),
        ("width", "wide"),
    ]
    assert [image.location for image in shoe.images] == ["shoe.jpg", "sole.jpg", "wide.jpg"]
    assert [image.variant_id for image in shoe.images] == [None, None, shoe.variants[1].id]
    of_product = [(fact.name, fact.value) for fact in shoe.attributes if fact.variant_id is None]
    of_variant = [(fact.name, fact.value) for fact in shoe.attributes if fact.variant_id == shoe.variants[1].id]
    assert of_product == [("color", "blue"), ("color", "white")]
    assert of_variant == [("color", "white")]


def test_categories_are_a_tree_and_products_stand_in_the_ancestors_too(
    importing: Fixture, product: Fixture, data: Path
) -> None:
    importing("vendure", data / "vendure_small.csv")
    lamp, cactus = product("desk-lamp"), product("cactus")
    assert [(node.slug, node.name) for node in lamp.categories] == [("home", "Home"), ("home/lighting", "Lighting")]
    assert lamp.categories[1].parent_id == lamp.categories[0].id == cactus.categories[0].id
    assert [(fact.name, fact.value) for fact in cactus.attributes] == [("plant type", "Indoor")]
    assert cactus.brand is None


def test_html_is_stored_as_text_and_scripts_not_at_all(importing: Fixture, product: Fixture, data: Path) -> None:
    importing("vendure", data / "vendure_small.csv")
    assert product("desk-lamp").description == "Warm & bright."


def test_importing_twice_changes_nothing(importing: Fixture, changed_at: Fixture, data: Path) -> None:
    importing("vendure", data / "vendure_small.csv")
    before = changed_at()
    report = importing("vendure", data / "vendure_small.csv")
    assert (report.products.created, report.products.updated, report.products.unchanged) == (0, 0, 3)
    assert (report.variants.created, report.variants.updated, report.variants.unchanged) == (0, 0, 4)
    assert changed_at() == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("99.99", "89.99"),
        ("Size 42|wide", "Size 43|wide"),
        ("color:white\n", "color:black\n"),
        ("sole.jpg", "top.jpg"),
        ("brand:Fjell", "brand:Fjord"),
        ("category:Footwear", "category:Shoes"),
        ("even wet", "even ice"),
    ],
    ids=["price", "option", "variant facet", "photo", "brand", "category", "description"],
)
def test_a_changed_row_updates_its_product_and_no_other(
    old: str, new: str, importing: Fixture, changed_at: Fixture, data: Path, tmp_path: Path
) -> None:
    importing("vendure", data / "vendure_small.csv")
    before = changed_at()
    text = (data / "vendure_small.csv").read_text(encoding="utf-8")
    assert old in text
    changed = tmp_path / "changed.csv"
    changed.write_text(text.replace(old, new), encoding="utf-8")
    report = importing("vendure", changed)
    assert (report.products.created, report.products.updated, report.products.unchanged) == (0, 1, 2)
    after = changed_at()
    assert {slug for slug in before if after[slug] != before[slug]} == {"trail-shoe"}
    assert importing("vendure", changed).products.updated == 0


def test_a_new_variant_of_a_known_product_is_added(importing: Fixture, product: Fixture, tmp_path: Path) -> None:
    first = row(optionGroups="size", optionValues="S", sku="CUP-S")
    importing("vendure", write(tmp_path / "a.csv", first))
    report = importing(
        "vendure", write(tmp_path / "b.csv", first, row(name="", slug="", optionValues="L", sku="CUP-L"))
    )
    assert (report.products.updated, report.variants.created, report.variants.unchanged) == (1, 1, 1)
    assert [variant.sku for variant in product("cup").variants] == ["CUP-S", "CUP-L"]


def test_photos_beside_the_file_are_copied_and_missing_ones_are_noted(
    importing: Fixture, data: Path, tmp_path: Path
) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images/lamp.jpg").write_bytes(b"photo")
    catalogue = tmp_path / "products.csv"
    catalogue.write_bytes((data / "vendure_small.csv").read_bytes())
    report = importing("vendure", catalogue, images=tmp_path / "shop")
    assert (tmp_path / "shop/lamp.jpg").read_bytes() == b"photo"
    assert report.exit_code == 0
    assert "the photo shoe.jpg is not beside the file" in report.notes


def test_a_photo_outside_of_the_folder_is_refused(importing: Fixture, tmp_path: Path) -> None:
    report = importing("vendure", write(tmp_path / "a.csv", row(assets="../../secret")), images=tmp_path / "shop")
    assert report.problems == [Problem(2, "assets", "is not a plain file name", "../../secret")]


def test_variants_that_share_a_sku_get_their_options_appended(
    importing: Fixture, product: Fixture, tmp_path: Path
) -> None:
    first = row(optionGroups="color", optionValues="mint green")
    report = importing("vendure", write(tmp_path / "a.csv", first, row(name="", slug="", optionValues="pearl")))
    assert [variant.sku for variant in product("cup").variants] == ["CUP-mint-green", "CUP-pearl"]
    assert report.exit_code == 0
    assert any("share a SKU" in note for note in report.notes)


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        ([row(price="-1")], [Problem(2, "price", "is negative", "-1")]),
        ([row(price="free")], [Problem(2, "price", "is not an amount like 12.34", "free")]),
        ([row(price="NaN")], [Problem(2, "price", "is not an amount like 12.34", "NaN")]),
        ([row(price="1.23456")], [Problem(2, "price", "has more than four decimal places", "1.23456")]),
        ([row(price="")], [Problem(2, "price", "is missing", "")]),
        ([row(stockOnHand="many")], [Problem(2, "stockOnHand", "is not a whole number of pieces", "many")]),
        ([row(stockOnHand="-4")], [Problem(2, "stockOnHand", "is negative", "-4")]),
        (
            [row(stockOnHand="99999999999")],
            [Problem(2, "stockOnHand", "is not a whole number of pieces", "99999999999")],
        ),
        ([row(sku="")], [Problem(2, "sku", "is missing", "")]),
        ([row(sku="X" * 101)], [Problem(2, "sku", "is longer than 100 characters", "X" * 39 + "…")]),
        (
            [row(optionGroups="size|width", optionValues="S")],
            [Problem(2, "optionValues", "has 1 values for 2 option groups", "S")],
        ),
        ([row(facets="shiny")], [Problem(2, "facets", "is not written group:value", "shiny")]),
        ([row(name="", slug="lonely")], [Problem(2, "name", "is missing", "")]),
        ([row(name="", slug="")], [Problem(2, "name", "is missing, and there is no product above it", "")]),
        (
            [row() + ",extra"],
            [Problem(2, "row", "has 15 cells, the header has 14", "Cup | cup |  |  |  |  |  | CUP | 5.00 |…")],
        ),
    ],
    ids=[
        *("negative price", "price in words", "not a number", "too exact", "no price", "stock in words"),
        *("negative stock", "absurd stock", "no sku", "long sku", "option count", "facet", "no name", "orphan"),
        "extra cell",
    ],
)
def test_a_bad_row_is_named_and_the_good_ones_land(
    rows: list[str], problems: list[Problem], importing: Fixture, product: Fixture, tmp_path: Path
) -> None:
    good = row(name="Bowl", slug="bowl", sku="BOWL")
    report = importing("vendure", write(tmp_path / "a.csv", *rows, good))
    assert report.problems == problems
    assert report.exit_code == 1
    assert product("bowl").variants[0].sku == "BOWL"


def test_of_two_products_with_one_sku_the_second_is_reported(
    importing: Fixture, product: Fixture, tmp_path: Path
) -> None:
    report = importing("vendure", write(tmp_path / "a.csv", row(), row(name="Bowl", slug="bowl", sku="cup")))
    assert report.problems == [Problem(3, "sku", "is already on line 2", "cup")]
    assert product("cup").variants[0].sku == "CUP"


def test_of_two_products_with_one_slug_the_second_and_its_rows_are_reported(importing: Fixture, tmp_path: Path) -> None:
    again = row(name="Mug", sku="MUG-S", optionGroups="size", optionValues="S")
    report = importing(
        "vendure", write(tmp_path / "a.csv", row(), again, row(name="", slug="", sku="MUG-L", optionValues="L"))
    )
    assert report.problems == [
        Problem(3, "slug", "is already on line 2", "cup"),
        Problem(4, "product", "its product on line 3 was refused", ""),
    ]


def test_variants_that_nobody_could_tell_apart_are_reported(importing: Fixture, tmp_path: Path) -> None:
    report = importing("vendure", write(tmp_path / "a.csv", row(), row(name="", slug="", sku="CUP-2")))
    assert report.problems == [Problem(3, "option", "the same options as on line 2", "")]


def test_a_sku_of_another_product_of_the_shop_is_reported(importing: Fixture, product: Fixture, tmp_path: Path) -> None:
    importing("vendure", write(tmp_path / "a.csv", row()))
    report = importing("vendure", write(tmp_path / "b.csv", row(name="Bowl", slug="bowl")))
    assert report.problems == [Problem(2, "sku", "belongs to the product 'cup' already", "CUP")]
    assert product("cup").name == "Cup"


def test_sql_and_markup_in_a_name_are_just_a_name(importing: Fixture, product: Fixture, tmp_path: Path) -> None:
    name = "Robert'); DROP TABLE products;-- <img src=x onerror=alert(1)>[red]"
    importing("vendure", write(tmp_path / "a.csv", row(name=name)))
    assert product("cup").name == "Robert'); DROP TABLE products;-- [red]"
