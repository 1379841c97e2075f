"""What may be recommended: in stock, within budget and size, and silent about what the shopper wants nothing of."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable
from decimal import Decimal

import pytest
from sqlalchemy import update

from shop.catalogue import ProductView, VariantView, get_product
from shop.db import Sessions, reading, writing
from shop.eligible import eligible_skus, eligible_slugs
from shop.models import Attribute, Category, Product, Promotion, Variant, VariantOption, utc_now
from shop.search_text import read_products, stem, words
from shop.search_words import full_text_of
from shop.wishes import Wishes

MATERIALS = ("leather", "fake fur", "wool", "red wool", "cotton", "")


def variant(sku: str, price: str = "10", stock: int = 1, active: bool = True, **options: str) -> Variant:
    found = [VariantOption(name=name.replace("_", " "), value=value) for name, value in options.items()]
    return Variant(sku=sku, name=sku, price=Decimal(price), currency="USD", stock=stock, active=active, options=found)


def put(sessions: Sessions, *products: Product) -> None:
    with writing(sessions) as session:
        session.add_all(products)


def index(sessions: Sessions) -> None:
    """Make the full text as a search does."""
    with writing(sessions) as session:
        connection = session.connection()
        full_text = full_text_of(connection)
        full_text.prepare(connection)
        full_text.put(connection, list(read_products(session)), {})


@pytest.fixture(params=[True, False], ids=["full text", "without full text"])
def is_indexed(request: pytest.FixtureRequest, sessions: Sessions, database_url: str) -> Iterable[bool]:
    yield request.param
    # The tables of the index are no migration's, so nothing else empties them.
    with writing(sessions) as session:
        for table in ("search_words_2", "search_products_2"):
            session.connection().exec_driver_sql(f"DROP TABLE IF EXISTS {table}")


def eligible(sessions: Sessions, wishes: Wishes, exclude: tuple[str, ...] = ()) -> list[str]:
    with reading(sessions) as session:
        return eligible_slugs(session, wishes, exclude=exclude)


def without(sessions: Sessions, *texts: str) -> list[str]:
    return eligible(sessions, Wishes(exclude=texts))


def test_without_a_wish_everything_in_stock_and_for_sale_passes(shelf: Sessions) -> None:
    put(shelf, Product(slug="sold-out", name="Sold out", variants=[variant("S-O", stock=0)]))
    put(shelf, Product(slug="off", name="Off", variants=[variant("OFF", active=False)]))
    put(shelf, Product(slug="none", name="No variants"))
    assert eligible(shelf, Wishes()) == ["laptop", "mug", "shirt"]
    assert eligible(shelf, Wishes(), exclude=("mug", "unknown")) == ["laptop", "shirt"]


def test_an_empty_shop_has_nothing_to_recommend(sessions: Sessions) -> None:
    assert eligible(sessions, Wishes(Decimal(10), ("42",), ("leather",))) == []


def test_the_budget_counts_for_what_is_in_stock_with_promotions_taken_off(shelf: Sessions) -> None:
    assert eligible(shelf, Wishes(price_max=Decimal("19.98"))) == ["mug"]
    assert eligible(shelf, Wishes(price_max=Decimal("19.99"))) == ["mug", "shirt"]
    day = dt.timedelta(days=1)
    sale = Promotion(code="HALF", name="Half", percent=50, starts_at=utc_now() - day, ends_at=utc_now() + day)
    with writing(shelf) as session:
        session.add(sale)
    assert eligible(shelf, Wishes(price_max=Decimal(10))) == ["mug", "shirt"]


def test_one_variant_must_meet_all_wishes_at_once(sessions: Sessions) -> None:
    shoe = [variant("S-42", "200", size="Size 42"), variant("S-40", "50", size="Size 40")]
    put(sessions, Product(slug="shoe", name="Shoe", variants=shoe))
    assert eligible(sessions, Wishes(Decimal(100))) == ["shoe"]
    assert eligible(sessions, Wishes(sizes=("42",))) == ["shoe"]
    assert eligible(sessions, Wishes(Decimal(100), ("42",))) == []


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        (("42",), ["laptop", "ram", "shoe", "tee"]),
        (("size 42",), ["laptop", "ram", "shoe", "tee"]),
        (("46",), ["laptop", "ram", "tee"]),
        (("m",), ["laptop", "ram", "shoe"]),
        (("42", "XL"), ["laptop", "ram", "shoe", "tee"]),
        (("13 inch",), ["laptop", "ram", "shoe", "tee"]),
        (("15 inch",), ["ram", "shoe", "tee"]),
        (("",), ["laptop", "ram", "shoe", "tee"]),
    ],
    ids=str,
)
def test_a_size_binds_what_is_sold_in_sizes_of_its_kind(
    sessions: Sessions, sizes: tuple[str, ...], expected: list[str]
) -> None:
    shoe = [variant("S-42", size="Size 42"), variant("S-46", stock=0, size="Size 46")]
    put(
        sessions,
        Product(slug="shoe", name="Shoe", variants=shoe),
        Product(slug="tee", name="Tee", variants=[variant("T-XL", Size="XL"), variant("T-S", Size="s")]),
        Product(slug="laptop", name="Laptop", variants=[variant("L-13", screen_size="13 inch")]),
        Product(slug="ram", name="Memory", variants=[variant("RAM-16", size="16GB")]),
    )
    assert eligible(sessions, Wishes(sizes=sizes)) == expected


def test_a_word_is_looked_for_wherever_a_product_can_say_it(sessions: Sessions, is_indexed: bool) -> None:
    put(
        sessions,
        Product(slug="name", name="Leather belt", variants=[variant("A")]),
        Product(slug="describes", name="Belt", description="Made of LEATHERS.", variants=[variant("B")]),
        Product(slug="brand", name="Belt", brand="Leather & Sons", variants=[variant("C")]),
        Product(
            slug="category", name="Belt", variants=[variant("D")], categories=[Category(slug="l", name="Leather goods")]
        ),
        Product(slug="fact", name="Belt", variants=[variant("E")], attributes=[Attribute(name="of", value="leather")]),
        Product(slug="option", name="Belt", variants=[variant("F", material="leather")]),
        Product(slug="another", name="Leatherette belt", variants=[variant("G")]),
    )
    if is_indexed:
        index(sessions)
    assert without(sessions, "leather") == without(sessions, "Léather") == ["another"]
    assert len(without(sessions)) == 7


def test_a_variant_that_says_it_is_left_out_and_the_others_stay(sessions: Sessions, is_indexed: bool) -> None:
    put(
        sessions,
        Product(slug="shirt", name="Shirt", variants=[variant("S-RED", color="red"), variant("S-BLUE", color="blue")]),
        Product(slug="socks", name="Socks", variants=[variant("K", color="dark red")]),
        Product(
            slug="cap", name="Cap", variants=[variant("C-RED", color="red"), variant("C-BLUE", stock=0, color="blue")]
        ),
    )
    with writing(sessions) as session:
        tie = Product(slug="tie", name="Tie", variants=[variant("T-1"), variant("T-2")])
        session.add(tie)
        session.flush()
        tie.attributes = [Attribute(name="color", value="red", variant_id=tie.variants[0].id)]
    if is_indexed:
        index(sessions)
    assert without(sessions, "red") == ["shirt", "tie"]
    with writing(sessions) as session:
        session.execute(update(Product).where(Product.slug == "shirt").values(description="Red inside."))
    if is_indexed:
        index(sessions)
    assert without(sessions, "red") == ["tie"]


def test_the_words_of_a_phrase_must_stand_side_by_side(sessions: Sessions, is_indexed: bool) -> None:
    put(
        sessions,
        Product(slug="fake", name="Coat", description="Warm fake fur.", variants=[variant("A")]),
        Product(slug="apart", name="Fur coat", description="No fake.", variants=[variant("B")]),
        Product(slug="other", name="Coat", variants=[variant("C")]),
    )
    if is_indexed:
        index(sessions)
    assert without(sessions, "fake fur") == ["apart", "other"]
    assert without(sessions, "fur") == ["other"]


@pytest.mark.parametrize("text", ["", "!?", "'; DROP TABLE products", '" OR 1', "\x00", "🦄", "x" * 500], ids=ascii)
def test_any_text_may_be_a_wish(shelf: Sessions, is_indexed: bool, text: str) -> None:
    if is_indexed:
        index(shelf)
    assert without(shelf, text) == ["laptop", "mug", "shirt"]
    assert eligible(shelf, Wishes(sizes=(text,))) == ["laptop", "mug", "shirt"]


def invented(chance: random.Random, number: int) -> Product:
    options = [{"material": chance.choice(MATERIALS) or "oak"}, {"size": chance.choice(("40", "42", "M", "XL"))}, {}]
    said = chance.choices(MATERIALS, weights=(1, 1, 1, 1, 4, 12), k=3)
    product = Product(
        slug=f"p{number}", name=f"Thing {said[0]}", description=f"It is {said[1]}.", brand=said[2] or None
    )
    product.variants = [
        variant(f"V{number}-{place}", str(chance.randint(1, 100)), chance.randint(0, 2), **chance.choice(options))
        for place in range(chance.randint(1, 3))
    ]
    product.attributes = [Attribute(name="of", value=chance.choice(MATERIALS) or "oak")] if number % 5 == 0 else []
    return product


def says(text: str | None, phrase: str) -> bool:
    def stems(some: str) -> str:
        return f" {' '.join(stem(word) for word in words(some))} "

    return stems(phrase) in stems(text or "")


def passes(product: ProductView, wishes: Wishes) -> bool:
    """Say the same slowly, of one product as shoppers see it."""
    facts = [value for values in product.attributes.values() for value in values]
    own = [product.name, product.brand, product.description, *product.categories, *facts]
    if any(says(text, phrase) for text in own for phrase in wishes.exclude):
        return False
    return any(variant_passes(one, wishes) for one in product.variants)


def variant_passes(one: VariantView, wishes: Wishes) -> bool:
    size = one.options.get("size")
    same_kind = [wished for wished in wishes.sizes if size and wished.isdigit() == size.isdigit()]
    return (
        one.stock > 0
        and (wishes.price_max is None or one.price.amount <= wishes.price_max)
        and (not same_kind or size in same_kind)
        and not any(says(value, phrase) for value in one.options.values() for phrase in wishes.exclude)
    )


@pytest.mark.parametrize("seed", range(2))
def test_the_quick_way_finds_what_the_obvious_way_finds(sessions: Sessions, is_indexed: bool, seed: int) -> None:
    chance = random.Random(seed)
    put(sessions, *(invented(chance, number) for number in range(80)))
    if is_indexed:
        index(sessions)
    with reading(sessions) as session:
        products = [get_product(session, f"p{number}") for number in range(80)]
    for _ in range(12):
        wishes = Wishes(
            price_max=chance.choice((None, Decimal(30), Decimal(80))),
            sizes=chance.choice(((), ("42",), ("M",), ("40", "XL"))),
            exclude=tuple(chance.sample([text for text in MATERIALS if text], chance.randint(0, 3))),
        )
        expected = sorted(product.slug for product in products if passes(product, wishes))
        assert eligible(sessions, wishes) == expected


def test_the_variants_that_make_a_product_eligible_are_named(sessions: Sessions) -> None:
    shoe = [
        variant("S-44", "50", size="44", colour="blue"),
        variant("S-42", "200", size="42", colour="blue"),
        variant("S-42-RED", "50", size="42", colour="red"),
        variant("S-42-BLUE", "50", size="42", colour="blue"),
        variant("S-42-GONE", "50", 0, size="42", colour="blue"),
    ]
    put(sessions, Product(slug="shoe", name="Shoe", variants=shoe), Product(slug="bag", name="Bag"))
    wishes = Wishes(Decimal(100), ("42",), ("red",))
    with reading(sessions) as session:
        assert eligible_skus(session, wishes, ["shoe", "bag", "unknown"]) == {"shoe": ["S-42-BLUE"]}
        assert eligible_skus(session, wishes, []) == {}
