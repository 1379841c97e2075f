"""Shoppers see what is on the shelf, and nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import update

from shop.catalogue import (
    get_product,
    get_product_by_sku,
    get_products_by_sku,
    get_variant,
    select_variants,
)
from shop.db import Sessions, reading, writing
from shop.errors import ProductNotFound, VariantNotFound
from shop.models import Attribute, Image, Product, Variant
from shop.money import Money

WEIRD_KEYS = ["", " ", "'; DROP TABLE products;--", "no-such", "x" * 10_000, "a\x00b", "\ud800", "🦄", "LAPTOP\n13"]


def test_a_product_shows_its_variants_facts_pictures_and_prices(shelf: Sessions) -> None:
    with reading(shelf) as session:
        laptop = get_product(session, "laptop")
    assert (laptop.name, laptop.brand, laptop.categories) == ("Laptop", "Apple", ("Computers",))
    assert laptop.attributes == {"color": ("silver",), "port": ("USB-C", "HDMI")}
    assert laptop.images == ("laptop.jpg", "laptop-open.jpg")
    assert [variant.sku for variant in laptop.variants] == ["LAPTOP-13-8", "LAPTOP-13-16", "LAPTOP-15-16"]
    assert (laptop.price_min, laptop.price_max) == (Money("1299.00", "USD"), Money("1699.99", "USD"))
    assert laptop.option_names == ("screen size", "RAM")
    assert laptop.option_values("Screen Size") == ("13 inch", "15 inch")
    assert laptop.option_values("colour") == ()
    assert laptop.colours == ("silver",)
    assert laptop.in_stock


def test_colours_come_from_options_too(shelf: Sessions) -> None:
    with reading(shelf) as session:
        assert get_product(session, "shirt").colours == ("black", "red")


@pytest.mark.parametrize("sku", ["LAPTOP-15-16", "laptop-15-16", "  Laptop-15-16 "], ids=["exact", "lower", "padded"])
def test_a_variant_is_found_in_any_case(shelf: Sessions, sku: str) -> None:
    with reading(shelf) as session:
        variant = get_variant(session, sku)
        assert get_product_by_sku(session, sku).slug == "laptop"
    assert (variant.sku, variant.product_slug, variant.stock) == ("LAPTOP-15-16", "laptop", 2)
    assert variant.price == Money("1699.99", "USD")
    assert variant.options == {"screen size": "15 inch", "RAM": "16GB"}
    assert variant.image == "laptop.jpg"


def test_a_sku_written_exactly_comes_before_one_in_another_case(shelf: Sessions) -> None:
    with writing(shelf) as session:
        lower = Variant(sku="laptop-13-8", name="Other", price=Decimal(1), currency="USD", stock=1)
        session.add(Product(slug="other", name="Other", variants=[lower]))
    with reading(shelf) as session:
        assert get_variant(session, "laptop-13-8").product_slug == "other"
        assert get_variant(session, "LAPTOP-13-8").product_slug == "laptop"


def test_a_variant_has_its_own_facts_and_picture(shelf: Sessions) -> None:
    with writing(shelf) as session:
        variant = session.query(Variant).filter_by(sku="SHIRT-RED").one()
        product_id = variant.product_id
        session.add(Attribute(product_id=product_id, variant_id=variant.id, name="fabric", value="linen"))
        session.add(Image(product_id=product_id, variant_id=variant.id, location="red.jpg"))
    with reading(shelf) as session:
        shirt = get_product(session, "shirt")
    black, red = shirt.variants
    assert (red.attributes, red.image) == ({"fabric": ("linen",)}, "red.jpg")
    assert (black.attributes, black.image) == ({}, None)
    assert shirt.attributes == {}


@pytest.mark.parametrize("key", WEIRD_KEYS, ids=ascii)
def test_a_weird_name_finds_nothing_and_breaks_nothing(shelf: Sessions, key: str) -> None:
    with reading(shelf) as session:
        with pytest.raises(ProductNotFound):
            get_product(session, key)
        with pytest.raises(VariantNotFound):
            get_variant(session, key)
        assert get_products_by_sku(session, [key]) == []


def test_what_is_off_the_shelf_is_not_found(shelf: Sessions) -> None:
    with writing(shelf) as session:
        session.execute(update(Variant).where(Variant.sku == "LAPTOP-13-8").values(active=False))
        session.execute(update(Variant).where(Variant.sku == "MUG").values(active=False))
    with reading(shelf) as session:
        for slug in ("lamp", "mug"):
            with pytest.raises(ProductNotFound):
                get_product(session, slug)
        for sku in ("LAMP", "LAPTOP-13-8"):
            with pytest.raises(VariantNotFound):
                get_variant(session, sku)
        assert [variant.sku for variant in get_product(session, "laptop").variants] == ["LAPTOP-13-16", "LAPTOP-15-16"]


def test_several_skus_are_fetched_at_once_in_their_order(shelf: Sessions) -> None:
    with reading(shelf) as session:
        found = get_products_by_sku(session, ["MUG", "LAMP", "LAPTOP-15-16", "LAPTOP-13-8", "NONE"])
    assert [product.slug for product in found] == ["mug", "laptop"]


@pytest.mark.parametrize(
    ("chosen", "skus"),
    [
        ({}, ["LAPTOP-13-8", "LAPTOP-13-16", "LAPTOP-15-16"]),
        ({"screen size": "13 inch"}, ["LAPTOP-13-8", "LAPTOP-13-16"]),
        ({"SCREEN SIZE": "13 INCH", "ram": "16gb"}, ["LAPTOP-13-16"]),
        ({"screen size": "15 inch", "RAM": "8GB"}, []),
        ({"screen size": "17 inch"}, []),
        ({"flavour": "mint"}, []),
    ],
    ids=["nothing", "one option", "any case", "no such pair", "no such value", "no such option"],
)
def test_options_select_variants(shelf: Sessions, chosen: dict[str, str], skus: list[str]) -> None:
    with reading(shelf) as session:
        laptop = get_product(session, "laptop")
    assert [variant.sku for variant in select_variants(laptop, chosen)] == skus
