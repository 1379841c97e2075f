"""Shopify's CSV in both generations of column names."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from shop.importers.report import Problem

Fixture = Any


def test_rows_with_one_handle_are_one_product(importing: Fixture, product: Fixture, data: Path) -> None:
    report = importing("shopify", data / "shopify_classic.csv")
    assert (report.exit_code, report.products.created, report.variants.created) == (0, 2, 3)
    beanie = product("wool-beanie")
    assert (beanie.name, beanie.brand, beanie.active) == ("Wool Beanie", "Fjell", True)
    assert beanie.description == "Knitted from merino.\n• Warm\n• Soft"
    assert [node.name for node in beanie.categories] == ["Apparel & Accessories", "Clothing", "Hats"]
    assert [(variant.sku, variant.price, variant.stock) for variant in beanie.variants] == [
        ("BEANIE-GM", Decimal("24.00"), 7),
        ("BEANIE-RL", Decimal("26.00"), 0),
    ]
    assert [(o.name, o.value) for o in beanie.variants[1].options] == [("Color", "Red"), ("Size", "L")]
    assert [image.location.rsplit("/", 1)[1] for image in beanie.images] == [
        "beanie.jpg",
        "back.jpg",
        "side.jpg",
        "grey.jpg",
    ]
    facts = {(fact.name, fact.value) for fact in beanie.attributes}
    assert {("tag", "winter"), ("tag", "wool"), ("type", "Beanie"), ("color", "grey"), ("color", "red")} <= facts
    assert ("barcode", "4006381333931") in facts


def test_what_shopify_does_not_say_is_assumed_and_noted(importing: Fixture, product: Fixture, data: Path) -> None:
    report = importing("shopify", data / "shopify_classic.csv", assumed_stock=3)
    card = product("gift-card")
    assert (card.active, card.variants[0].sku, card.variants[0].stock, card.variants[0].options) == (
        False,
        "gift-card",
        3,
        [],
    )
    assert card.images == []
    assert report.notes == {
        "oversold in Shopify (stock below zero): stored as 0": 1,
        "no SKU is given: made from the handle and the option values": 1,
        "Shopify does not count the stock: 3 assumed (--assumed-stock)": 1,
        "a picture's address does not begin with https:// and was left out": 1,
    }


def test_the_new_column_names_are_read_too(importing: Fixture, product: Fixture, data: Path) -> None:
    assert importing("shopify", data / "shopify_new.csv").exit_code == 0
    beanie = product("wool-beanie")
    assert [(variant.sku, variant.stock) for variant in beanie.variants] == [("BEANIE-G", 7), ("BEANIE-R", 4)]
    assert [node.name for node in beanie.categories] == ["Hats"]


def test_importing_twice_changes_nothing(importing: Fixture, changed_at: Fixture, data: Path) -> None:
    importing("shopify", data / "shopify_classic.csv")
    before = changed_at()
    report = importing("shopify", data / "shopify_classic.csv")
    assert (report.products.unchanged, report.variants.unchanged) == (2, 3)
    assert changed_at() == before


def test_bad_rows_are_named(importing: Fixture, product: Fixture, tmp_path: Path) -> None:
    file = tmp_path / "shopify.csv"
    file.write_text(
        "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price\n"
        "cup,Cup,Size,S,CUP-S,1,5\n"
        "cup,,,,CUP-M,1,5\n"
        "cup,,,L,CUP-L,lots,5\n"
        "cup,,,XL,CUP-S,1,5\n"
        ",Nobody,,,X,1,5\n",
        encoding="utf-8",
    )
    report = importing("shopify", file)
    assert sorted(report.problems, key=lambda problem: problem.line) == [
        Problem(3, "Option1 Value", "is missing", "Size"),
        Problem(4, "Variant Inventory Qty", "is not a whole number of pieces", "lots"),
        Problem(5, "sku", "is already on line 2", "CUP-S"),
        Problem(6, "handle", "is missing", "Nobody"),
    ]
    assert [variant.sku for variant in product("cup").variants] == ["CUP-S"]
