"""A search that leaves out what says an excluded word; each test asks the database anew."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shop.db import Sessions, writing
from shop.models import Attribute, Category, Product
from shop.search import Filters, ProductSearch, Sort
from tests.shop.test_search import ConceptEmbedder, embedder, found, search, shop, sku_of, variant

__all__ = ["ConceptEmbedder", "embedder", "search", "shop"]


def put(sessions: Sessions, *products: Product) -> None:
    with writing(sessions) as session:
        session.add_all(products)


def test_what_says_the_word_is_left_out(search: ProductSearch) -> None:
    assert found(search, "couch") == ["sofa"]
    assert found(search, "couch", exclude=("leather",)) == []
    assert set(found(search, exclude=("leather",))) == {"speedy", "trail", "laptop"}


def test_a_brand_and_a_category_are_left_out_by_their_names(search: ProductSearch) -> None:
    assert found(search, "shoe", exclude=("Nike",)) == ["speedy"]
    assert found(search, "shoe", exclude=("nestle",)) == ["trail"]
    assert set(found(search, exclude=("Footwear",))) == {"sofa", "laptop"}


def test_a_product_stays_with_the_variants_that_do_not_say_it(search: ProductSearch) -> None:
    assert sku_of(search, "trail", "shoe", exclude=("red",)) == "TR-BLUE"
    assert sku_of(search, "trail", "shoe", exclude=("blue",)) == "TR-RED"
    assert found(search, "shoe", exclude=("red", "blue")) == ["speedy"]


def test_one_variant_must_pass_exclusions_and_filters_together(search: ProductSearch) -> None:
    assert found(search, "shoe", colours=("red",), exclude=("blue",)) == ["trail"]
    assert found(search, "shoe", colours=("red",), exclude=("red",)) == []
    assert found(search, "shoe", brands=("Nike",), price_max=Decimal(85), exclude=("blue",)) == []


def test_a_colour_that_all_variants_share_leaves_the_product_out(search: ProductSearch) -> None:
    assert found(search, "shoe", exclude=("black",)) == ["trail"]


def test_a_size_is_left_out(search: ProductSearch) -> None:
    assert sku_of(search, "speedy", exclude=("40",)) == "SP-42"
    assert sku_of(search, "speedy", exclude=("40", "42")) == "SP-44"
    assert "trail" not in found(search, exclude=("42",))


def test_case_accents_and_endings_do_not_matter(search: ProductSearch) -> None:
    assert found(search, "couch", exclude=("LEATHERS",)) == []
    assert found(search, "shoe", exclude=("NESTLÉ",)) == ["trail"]


def test_the_words_of_a_phrase_must_stand_side_by_side(search: ProductSearch, shop: Sessions) -> None:
    coat = Product(slug="coat", name="Coat", description="Fake buttons, real fur.", variants=[variant("COAT", "50")])
    hat = Product(slug="hat", name="Hat", description="Made of fake fur.", variants=[variant("HAT", "20")])
    put(shop, coat, hat)
    search.refresh()
    left = found(search, exclude=("fake fur",))
    assert "coat" in left
    assert "hat" not in left


def test_what_a_description_alone_says_counts(search: ProductSearch) -> None:
    assert "sofa" not in found(search, exclude=("dog",))


@pytest.mark.parametrize(
    "word",
    ["", " ", "😀", "%", "'", "');DROP TABLE products;--", "<b>", '" OR 1=1', "NOT", "*", "leather*", "皮", "\x00"],
)
def test_odd_words_do_no_harm(search: ProductSearch, word: str) -> None:
    everything = set(found(search))
    assert set(found(search, exclude=(word,))) in (everything, everything - {"sofa"})
    assert set(found(search)) == everything == {"speedy", "trail", "sofa", "laptop"}


def test_an_unknown_word_leaves_out_nothing(search: ProductSearch) -> None:
    assert set(found(search, exclude=("numpad",))) == set(found(search))


def test_very_many_words_are_left_out(search: ProductSearch) -> None:
    words = (*(f"word{number}" for number in range(200)), "leather")
    assert set(found(search, exclude=words)) == {"speedy", "trail", "laptop"}


def test_every_order_and_every_way_of_asking_keeps_to_it(search: ProductSearch) -> None:
    for sort in Sort:
        assert "sofa" not in found(search, sort=sort, exclude=("leather",))
    filters = Filters(exclude=("leather", "red"))
    assert search.passing(filters) == {"speedy", "trail", "laptop"}
    assert search.variants(filters, ["sofa", "trail"]) == {"trail": "TR-BLUE"}


def test_a_colour_of_one_variant_s_own_fact_leaves_the_others(search: ProductSearch, shop: Sessions) -> None:
    cup = Product(slug="cup", name="Cup", categories=[Category(slug="kitchen", name="Kitchen")])
    cup.variants = [variant("CUP-RED", "5"), variant("CUP-GREEN", "6", position=1)]
    put(shop, cup)
    with writing(shop) as session:
        session.add_all(
            Attribute(product_id=cup.id, variant_id=one.id, name="color", value=value)
            for one, value in zip(cup.variants, ("red", "green"), strict=True)
        )
    search.refresh()
    assert sku_of(search, "cup", exclude=("red",)) == "CUP-GREEN"
    assert "cup" not in found(search, exclude=("red", "green"))
