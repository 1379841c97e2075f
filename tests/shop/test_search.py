"""Search: hard filters hold whatever the words, and nothing is found where nothing is."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete, select, text, update

from shop.db import Sessions, reading, writing
from shop.embedding import Vectors
from shop.errors import ShopUnavailable
from shop.models import Attribute, Category, Interaction, Product, Variant, VariantOption
from shop.search import Filters, ProductSearch, SearchQuery, Sort
from shop.search_text import words

CONCEPTS = (
    ("shoe", "shoes", "trainers", "footwear", "running"),
    ("sofa", "couch", "settee", "furniture"),
    ("laptop", "computer", "notebook", "computers"),
    ("cactus", "plant", "plants"),
    ("camera", "photo"),
)


class ConceptEmbedder:
    """Words of one concept lie in one direction, every other word in a direction of its own."""

    def __init__(self, model_name: str = "concepts") -> None:
        self.model_name = model_name
        self.encoded: list[str] = []
        self._axes: dict[str, int] = {word: axis for axis, group in enumerate(CONCEPTS) for word in group}

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        rows = np.full((len(texts), 256), 1e-6, dtype=np.float32)
        for row, line in zip(rows, texts, strict=True):
            for word in words(line)[:12]:
                row[self._axes.setdefault(word, len(self._axes))] += 1
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def variant(sku: str, price: str, stock: int = 5, active: bool = True, position: int = 0, **options: str) -> Variant:
    found = [VariantOption(name=name, value=value, position=n) for n, (name, value) in enumerate(options.items())]
    return Variant(
        sku=sku,
        name=sku,
        price=Decimal(price),
        currency="USD",
        stock=stock,
        active=active,
        position=position,
        options=found,
    )


def colour(value: str, name: str = "color") -> Attribute:
    return Attribute(name=name, value=value)


@pytest.fixture
def shop(sessions: Sessions) -> Sessions:
    sports = Category(slug="sports", name="Sports")
    home = Category(slug="home", name="Home")
    day = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
    with writing(sessions) as session:
        session.add_all([sports, home])
        session.flush()
        footwear = Category(slug="footwear", name="Footwear", parent_id=sports.id)
        speedy = Product(
            slug="speedy", name="Speedy Running Shoe", brand="Nestlé", categories=[sports, footwear], created_at=day
        )
        speedy.attributes = [colour("Black"), colour("white")]
        speedy.variants = [
            variant("SP-40", "120", stock=0, size="40"),
            variant("SP-42", "140", stock=3, position=1, size="42"),
            variant("SP-44", "160", stock=1, position=2, size="44"),
            variant("SP-OLD", "1", active=False, position=3, size="46"),
        ]
        trail = Product(slug="trail", name="Trail Shoe", brand="Nike", description="Shoes for hills.")
        trail.categories = [sports, footwear]
        trail.variants = [
            variant("TR-RED", "90", Size="42", Colour="Red"),
            variant("TR-BLUE", "80", position=1, Size="42", Colour="Blue"),
        ]
        trail.attributes, trail.created_at = [colour("red"), colour("blue")], day + dt.timedelta(days=1)
        sofa = Product(slug="sofa", name="Leather Sofa", description="Room for a dog.", categories=[home])
        sofa.variants, sofa.created_at = [variant("LS-1", "900")], day + dt.timedelta(days=2)
        laptop = Product(slug="laptop", name="Laptop", brand="Apple", variants=[variant("L2201308", "1299", stock=0)])
        laptop.created_at = day + dt.timedelta(days=3)
        gone = Product(slug="gone", name="Gone Shoe", active=False, variants=[variant("GONE", "5")])
        session.add_all([speedy, trail, sofa, laptop, gone])
    return sessions


@pytest.fixture
def embedder() -> ConceptEmbedder:
    return ConceptEmbedder()


@pytest.fixture
def search(shop: Sessions, embedder: ConceptEmbedder, tmp_path: Path) -> ProductSearch:
    return ProductSearch(shop, embedder, tmp_path / "cache")


def found(search: ProductSearch, text: str = "", sort: Sort = Sort.RELEVANCE, **filters: object) -> list[str]:
    results = search.search(SearchQuery(text, Filters(**filters), sort, limit=50))  # type: ignore[arg-type]
    assert results.total == len(results.hits)
    return [hit.product_slug for hit in results.hits]


def sku_of(search: ProductSearch, slug: str, text: str = "", **filters: object) -> str:
    hits = search.search(SearchQuery(text, Filters(**filters), limit=50)).hits  # type: ignore[arg-type]
    return next(hit.sku for hit in hits if hit.product_slug == slug)


def test_words_find_what_is_called_so(search: ProductSearch) -> None:
    assert found(search, "laptop") == ["laptop"]
    assert found(search, "running shoes")[0] == "speedy"
    assert found(search, "LEATHER SOFAS") == ["sofa"]


def test_meaning_finds_what_is_called_otherwise(search: ProductSearch) -> None:
    assert found(search, "couch") == ["sofa"]
    assert set(found(search, "trainers")) == {"speedy", "trail"}


@pytest.mark.parametrize("query", ["helicopter", "wedding dress", "pizza", "nike helicopter", "leather jacket", "🎸"])
def test_what_the_shop_does_not_have_is_not_found(search: ProductSearch, query: str) -> None:
    assert found(search, query) == []


def test_a_word_in_a_description_alone_is_not_enough(search: ProductSearch) -> None:
    assert found(search, "dog") == []


def test_a_sku_finds_its_product(search: ProductSearch) -> None:
    assert found(search, "l2201308") == ["laptop"]


def test_products_and_variants_off_the_shelf_are_never_found(search: ProductSearch) -> None:
    assert "gone" not in found(search, "gone shoe")
    assert found(search, price_max=Decimal(2)) == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [("labtop", "laptop"), ("lap top", "laptop"), ("runing shoos", "running shoes"), ("leahter sofa", "leather sofa")],
)
def test_misspelt_words_are_put_right_and_told(search: ProductSearch, written: str, meant: str) -> None:
    results = search.search(SearchQuery(written))
    assert results.corrected == meant
    assert results.hits


@pytest.mark.parametrize("text", ["laptop", "lapt", "boot", "run", "Nestle", "xyzzyx", "42"])
def test_words_that_are_right_or_begin_right_are_left_alone(search: ProductSearch, text: str) -> None:
    assert search.search(SearchQuery(text)).corrected is None


def test_the_beginning_of_a_word_finds_it(search: ProductSearch) -> None:
    assert found(search, "leath") == ["sofa"]


def test_price_is_a_bound_for_one_variant(search: ProductSearch) -> None:
    assert found(search, "shoe", price_max=Decimal("89.99")) == ["trail"]
    assert found(search, "shoe", price_min=Decimal(150)) == ["speedy"]
    assert found(search, price_min=Decimal("80"), price_max=Decimal("80")) == ["trail"]
    assert found(search, price_min=Decimal(100), price_max=Decimal(50)) == []


@pytest.mark.parametrize("price", [Decimal("99.99999999"), Decimal("1e30"), Decimal("-1e30")])
def test_no_price_is_too_odd_to_be_asked_for(search: ProductSearch, price: Decimal) -> None:
    found(search, "shoe", price_max=price)
    found(search, price_min=price)


def test_a_category_holds_what_is_below_it(search: ProductSearch) -> None:
    assert set(found(search, categories=("sports",))) == {"speedy", "trail"}
    assert set(found(search, categories=("FOOTWEAR", "home"))) == {"speedy", "trail", "sofa"}
    assert found(search, categories=("Toys",)) == []


def test_brands_match_whatever_their_case_and_accents_stay(search: ProductSearch) -> None:
    assert found(search, brands=("NESTLÉ",)) == ["speedy"]
    assert set(found(search, brands=("nike", "apple"))) == {"trail", "laptop"}
    assert found(search, "shoe", brands=("Puma",)) == []


def test_a_colour_of_the_product_holds_for_variants_that_name_none(search: ProductSearch) -> None:
    assert found(search, colours=("black",)) == ["speedy"]
    assert found(search, "shoe", colours=("WHITE",)) == ["speedy"]


def test_a_variant_that_names_its_colour_speaks_for_itself(search: ProductSearch) -> None:
    assert sku_of(search, "trail") == "TR-BLUE"
    assert sku_of(search, "trail", colours=("red",)) == "TR-RED"
    assert sku_of(search, "trail", text="shoe", colours=("red",)) == "TR-RED"
    assert found(search, colours=("red",), price_max=Decimal(85)) == []


def test_options_match_whatever_their_case(search: ProductSearch) -> None:
    assert set(found(search, options={"SIZE": "42"})) == {"speedy", "trail"}
    assert sku_of(search, "speedy", options={"size": "44"}) == "SP-44"
    assert found(search, "shoe", options={"size": "44", "colour": "red"}) == []
    assert found(search, options={"width": "wide"}) == []


def test_all_that_passes_filters_can_be_named_however_much_it_is(search: ProductSearch) -> None:
    filters = Filters(price_max=Decimal(100))
    page = search.search(SearchQuery(filters=filters, limit=200))
    assert search.passing(filters) == {hit.product_slug for hit in page.hits}
    assert search.passing(Filters(brands=("nobody",))) == frozenset()


def test_the_variant_that_stands_for_a_product_is_the_one_that_a_search_shows(search: ProductSearch) -> None:
    filters = Filters(price_max=Decimal(100))
    hits = search.search(SearchQuery(filters=filters, limit=200)).hits
    assert search.variants(filters, [*(hit.product_slug for hit in hits), "gone"]) == {
        hit.product_slug: hit.sku for hit in hits
    }


def test_the_cheapest_variant_in_stock_stands_for_its_product(search: ProductSearch) -> None:
    assert sku_of(search, "speedy") == "SP-42"
    assert sku_of(search, "speedy", price_max=Decimal(130)) == "SP-40"
    assert sku_of(search, "laptop") == "L2201308"


def test_stock_and_price_are_those_of_the_moment(search: ProductSearch, shop: Sessions) -> None:
    assert found(search, "sofa", in_stock=True) == ["sofa"]
    assert found(search, "laptop", in_stock=True) == []
    with writing(shop) as session:
        session.execute(update(Variant).where(Variant.sku == "LS-1").values(stock=0, price=Decimal(10)))
    assert found(search, "sofa", in_stock=True) == []
    assert found(search, "sofa", price_max=Decimal(10)) == ["sofa"]


def test_hits_come_in_the_order_asked_for(search: ProductSearch) -> None:
    assert found(search, "shoe", Sort.PRICE_ASC) == ["trail", "speedy"]
    assert found(search, "shoe", Sort.PRICE_DESC) == ["speedy", "trail"]
    assert found(search, "", Sort.PRICE_ASC) == ["trail", "speedy", "sofa", "laptop"]
    assert found(search, "", Sort.PRICE_DESC) == ["laptop", "sofa", "speedy", "trail"]
    assert found(search, "", Sort.NEWEST) == ["laptop", "sofa", "trail", "speedy"]
    assert found(search, "shoe", Sort.NEWEST) == ["trail", "speedy"]


def test_without_words_the_most_popular_of_late_comes_first(search: ProductSearch, shop: Sessions) -> None:
    now = dt.datetime.now(dt.timezone.utc)
    with writing(shop) as session:
        ids = dict(session.execute(select(Product.slug, Product.id)).all())
        events = [("trail", 2, "view"), ("sofa", 1, "cart"), ("laptop", 3, "dismiss"), ("speedy", 5, "view")]
        for slug, count, kind in events:
            age = dt.timedelta(days=200 if slug == "speedy" else 1)
            session.add_all(
                Interaction(shopper_id="s", product_id=ids[slug], kind=kind, source="test", happened_at=now - age)
                for _ in range(count)
            )
    search.refresh()
    assert found(search)[:2] == ["trail", "sofa"]
    assert found(search, categories=("sports", "home")) == ["trail", "sofa", "speedy"]
    with writing(shop) as session:
        session.execute(delete(Interaction))
    search.refresh()
    assert set(found(search)) == {"trail", "sofa", "speedy", "laptop"}


@pytest.mark.parametrize("text", ["", "shoe"], ids=["browsing", "searching"])
def test_pages_follow_one_another_and_count_all(search: ProductSearch, text: str) -> None:
    whole = search.search(SearchQuery(text, limit=50))
    pages = [search.search(SearchQuery(text, offset=n, limit=1)) for n in range(whole.total + 1)]
    assert [page.hits for page in pages] == [*((hit,) for hit in whole.hits), ()]
    assert {page.total for page in pages} == {whole.total}


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000,
        "shoe " * 2_000,
        "🎸🎸🎸",
        'foo OR NEAR("',
        '"shoe" AND {name} : * ^ - ( ) NOT',
        "'; DROP TABLE products; --",
        "100% _under_ \\",
        "a\x00b\ud800",
        "<script>alert(1)</script>",
        "сапоги 跑鞋 🎸 ٤٢ ﬁ ½",
        "!!!",
        "&|<->:*'",
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_no_text_is_too_odd_to_be_searched(search: ProductSearch, text: str) -> None:
    search.search(SearchQuery(text))
    search.search(SearchQuery(text, Filters(brands=(text,), colours=(text,), categories=(text,), options={text: text})))


def test_words_that_wish_for_nothing_leave_the_filters_alone(search: ProductSearch) -> None:
    assert found(search, "anything", brands=("Apple",)) == ["laptop"]
    assert found(search, "?", brands=("Apple",)) == ["laptop"]
    assert len(found(search, "what do you have")) == 4


def test_new_changed_and_deleted_products_are_followed(search: ProductSearch, shop: Sessions) -> None:
    assert found(search, "cactus") == []
    with writing(shop) as session:
        session.add(Product(slug="cactus", name="Spiky Cactus", variants=[variant("CAC", "9")]))
        session.execute(update(Product).where(Product.slug == "sofa").values(name="Leather Bench"))
        session.execute(update(Product).where(Product.slug == "laptop").values(active=False))
    search.refresh()
    assert found(search, "cactus") == ["cactus"]
    assert found(search, "bench") == ["sofa"]
    assert found(search, "couch") == []
    assert found(search, "laptop") == []


def test_only_new_and_changed_products_are_encoded(
    search: ProductSearch, shop: Sessions, embedder: ConceptEmbedder, tmp_path: Path
) -> None:
    search.refresh()
    assert len(embedder.encoded) == 2 * 4
    embedder.encoded.clear()
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").iterdir() if path.name != "lock"}
    ProductSearch(shop, embedder, tmp_path / "cache").refresh()
    assert embedder.encoded == []
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
    with writing(shop) as session:
        session.execute(update(Product).where(Product.slug == "sofa").values(name="Velvet Sofa"))
    search.refresh()
    assert {line.split(".")[0] for line in embedder.encoded} == {"Velvet Sofa"}


def test_another_model_never_reads_the_rows_of_the_first(search: ProductSearch, shop: Sessions, tmp_path: Path) -> None:
    search.refresh()
    other = ConceptEmbedder("another")
    assert found(ProductSearch(shop, other, tmp_path / "cache"), "couch") == ["sofa"]
    assert len(other.encoded) == 2 * 4 + 1


@pytest.mark.parametrize("name", ["vectors.json", "vocabulary.json", "vectors-*.npy"])
def test_a_damaged_index_is_built_anew(search: ProductSearch, shop: Sessions, tmp_path: Path, name: str) -> None:
    search.refresh()
    for path in (tmp_path / "cache").glob(name):
        path.write_bytes(b"{}")
    assert found(ProductSearch(shop, ConceptEmbedder(), tmp_path / "cache"), "couch") == ["sofa"]


def test_a_dropped_full_text_is_built_anew(search: ProductSearch, shop: Sessions, embedder: ConceptEmbedder) -> None:
    search.refresh()
    with writing(shop) as session:
        session.execute(text("DROP TABLE search_words_2"))
    search.refresh()
    assert found(search, "leather") == ["sofa"]


def test_threads_search_while_the_index_is_refreshed(search: ProductSearch) -> None:
    search.refresh()
    expected = search.search(SearchQuery("running shoe"))
    seen: list[object] = []

    def ask() -> None:
        seen.extend(search.search(SearchQuery("running shoe")) for _ in range(5))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    search.refresh()
    for thread in threads:
        thread.join()
    assert seen == [expected] * 20


def test_an_empty_shop_finds_nothing(sessions: Sessions, embedder: ConceptEmbedder, tmp_path: Path) -> None:
    empty = ProductSearch(sessions, embedder, tmp_path / "cache")
    assert found(empty, "laptop") == []
    assert found(empty) == []


def test_a_shop_that_does_not_answer_is_told_so(search: ProductSearch, shop: Sessions) -> None:
    search.refresh()
    with writing(shop) as session:
        session.execute(text("DROP TABLE search_words_2"))
    with pytest.raises(ShopUnavailable):
        search.search(SearchQuery("laptop"))


@pytest.mark.parametrize(
    ("values", "message"),
    [({"offset": -1}, "offset is -1"), ({"limit": 0}, "limit is 0"), ({"limit": 10**9}, "limit is 1000000000")],
)
def test_a_page_that_cannot_be_is_refused(values: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SearchQuery(**values)  # type: ignore[arg-type]


def test_a_price_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="price_max is NaN"):
        Filters(price_max=Decimal("NaN"))


def test_filters_find_what_a_plain_look_at_every_variant_finds(search: ProductSearch, shop: Sessions) -> None:
    with reading(shop) as session:
        rows = session.execute(
            select(Product.slug, Variant.price, Variant.stock).join(Variant).where(Product.active, Variant.active)
        )
        offers = [(slug, price, stock) for slug, price, stock in rows]
    for low in (0, 80, 100, 150, 900):
        for high in (80, 120, 150, 1299):
            for in_stock in (False, True):
                plain = {s for s, price, stock in offers if low <= price <= high and (stock > 0 or not in_stock)}
                assert set(found(search, price_min=Decimal(low), price_max=Decimal(high), in_stock=in_stock)) == plain
