"""Google's merchant feed, tab separated and as XML, and a second whole shop through it."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shop.db import Sessions, writing
from shop.importers.report import Problem
from shop.models import Variant
from tests.data.luma_feed import convert

Fixture = Any

BILLION_LAUGHS = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
<rss><channel><item><id>&b;</id></item></channel></rss>"""
EXTERNAL = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<rss><channel><item><title>&x;</title></item></channel></rss>"""


def test_items_of_a_group_are_variants_of_one_product(importing: Fixture, product: Fixture, data: Path) -> None:
    report = importing("merchant-feed", data / "merchant_feed.tsv", assumed_stock=2)
    assert (report.exit_code, report.products.created, report.variants.created) == (0, 2, 3)
    hoodie = product("hood")
    assert (hoodie.name, hoodie.brand, hoodie.description) == ("Hero Hoodie", "Luma", "Soft & warm")
    assert [node.slug for node in hoodie.categories] == ["men", "men/tops", "men/tops/hoodies"]
    assert [(v.sku, v.name, v.price, v.stock) for v in hoodie.variants] == [
        ("HOOD-BM", "Hero Hoodie - Black, M", Decimal("54.00"), 5),
        ("HOOD-GL", "Hero Hoodie - Green, L", Decimal("49.00"), 0),
    ]
    assert [(o.name, o.value) for o in hoodie.variants[0].options] == [("color", "Black"), ("size", "M")]
    facts = [(fact.name, fact.value) for fact in hoodie.attributes if fact.variant_id is None]
    assert facts == [("material", "Fleece"), ("material", "Hemp"), ("gender", "male")]
    bag = product("bag")
    assert (bag.variants[0].stock, bag.variants[0].currency, bag.images) == (2, "EUR", [])
    assert [(fact.name, fact.value) for fact in bag.attributes] == [("color", "Red"), ("color", "Black")]
    assert "in stock, but the feed holds no quantity: 2 assumed (--assumed-stock)" in report.notes


def test_rss_is_read_with_the_lines_of_its_bad_items(importing: Fixture, product: Fixture, data: Path) -> None:
    report = importing("merchant-feed", data / "merchant_feed.xml")
    assert report.problems == [Problem(39, "price", "is not an amount like 12.34", "soon")]
    hoodie = product("hood")
    assert hoodie.description == "Soft & warm"
    assert [(variant.price, variant.stock) for variant in hoodie.variants] == [
        (Decimal("54.00"), 1),
        (Decimal("56.00"), 0),
    ]
    assert [(fact.name, fact.value) for fact in hoodie.attributes] == [("climate", "Cool")]
    assert {node.slug for node in hoodie.categories} == {
        "men",
        "men/tops",
        "men/tops/hoodies",
        "sale",
        "sale/warm-things",
    }


def test_atom_is_read_too(importing: Fixture, product: Fixture, data: Path) -> None:
    assert importing("merchant-feed", data / "merchant_feed_atom.xml").exit_code == 0
    assert (product("bag").name, product("bag").description) == ("Duffle Bag", "Roomy")


@pytest.mark.parametrize("name", ["merchant_feed.tsv", "merchant_feed.xml", "merchant_feed_atom.xml"])
def test_importing_twice_changes_nothing(name: str, importing: Fixture, changed_at: Fixture, data: Path) -> None:
    importing("merchant-feed", data / name)
    before = changed_at()
    report = importing("merchant-feed", data / name)
    assert (report.products.created, report.products.updated) == (0, 0)
    assert (report.variants.created, report.variants.updated) == (0, 0)
    assert changed_at() == before


def test_a_count_that_the_shop_has_itself_outlives_a_feed_that_counts_nothing(
    importing: Fixture, product: Fixture, sessions: Sessions, data: Path
) -> None:
    importing("merchant-feed", data / "merchant_feed.tsv")
    with writing(sessions) as session:
        session.query(Variant).filter_by(sku="BAG").update({"stock": 40})
    assert importing("merchant-feed", data / "merchant_feed.tsv").variants.updated == 0
    assert product("bag").variants[0].stock == 40
    with writing(sessions) as session:
        session.query(Variant).filter_by(sku="BAG").update({"stock": 0})
    importing("merchant-feed", data / "merchant_feed.tsv", assumed_stock=6)
    assert product("bag").variants[0].stock == 6


@pytest.mark.parametrize("text", [BILLION_LAUGHS, EXTERNAL], ids=["billion laughs", "external entity"])
def test_xml_with_entities_is_refused(text: str, importing: Fixture, tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_text(text, encoding="utf-8")
    report = importing("merchant-feed", tmp_path / "feed.xml")
    assert report.exit_code == 2
    assert "declares a document type or entities" in report.unreadable


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<rss><channel><item>", "line 1 is not well-formed XML"),
        ("<html><body/></html>", "there is no item in it; its outermost element is <html>"),
        (
            "<rss><channel><item><sku>1</sku></item></channel></rss>",
            "the columns id, title, price, availability are missing",
        ),
    ],
    ids=["cut off", "a web page", "other elements"],
)
def test_other_xml_is_refused_with_a_reason(text: str, reason: str, importing: Fixture, tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_text(text, encoding="utf-8")
    report = importing("merchant-feed", tmp_path / "feed.xml")
    assert report.exit_code == 2
    assert reason in report.unreadable


def test_bad_items_are_named(importing: Fixture, product: Fixture, tmp_path: Path) -> None:
    lines = [
        "id\ttitle\tprice\tavailability\titem_group_id\tcolor\tquantity",
        "A\tCup\t5.00 USD\tin_stock\tG\tred\t1",
        "B\tCup\t5.00 USD\tin_stock\tG\t\t1",
        "C\tCup\t5.00 XYZ\tin_stock\tG\tblue\t1",
        "D\tCup\t5,00 USD\tin_stock\tG\tgreen\t1",
        "E\tCup\t5.00 USD\tmaybe\tG\tpink\t1",
        "F\tCup\t5.00 USD\tin_stock\tG\tgrey\tx",
        "A\tBowl\t5.00 USD\tin_stock\tH\tred\t1",
    ]
    (tmp_path / "feed.tsv").write_text("\n".join(lines), encoding="utf-8")
    report = importing("merchant-feed", tmp_path / "feed.tsv")
    assert [(problem.line, problem.field, problem.value) for problem in report.problems] == [
        (3, "color", ""),
        (4, "price", ["5.00", "XYZ"][1]),
        (5, "price", "5,00"),
        (6, "availability", "maybe"),
        (7, "quantity", "x"),
        (8, "id", "A"),
    ]
    assert [variant.sku for variant in product("g").variants] == ["A"]


def test_the_whole_luma_shop_lands_and_lands_again_without_a_change(
    importing: Fixture, product: Fixture, changed_at: Fixture, tmp_path: Path
) -> None:
    folder = os.environ.get("DATASETS")
    if not folder:
        pytest.skip("DATASETS is not set to the folder that holds magento_luma")
    assert convert(Path(folder) / "magento_luma" / "products.csv", tmp_path / "feed.tsv") == 179
    report = importing("merchant-feed", tmp_path / "feed.tsv")
    assert (report.problems, report.products.created, report.variants.created) == ([], 179, 179)
    tee = product("ws07")
    assert tee.name == "Juliana Short-Sleeve Tee"
    assert ("material", "Cocona® performance fabric") in {(fact.name, fact.value) for fact in tee.attributes}
    before = changed_at()
    again = importing("merchant-feed", tmp_path / "feed.tsv")
    assert (again.products.unchanged, again.variants.unchanged) == (179, 179)
    assert changed_at() == before
