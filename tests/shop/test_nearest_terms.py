"""Words that the glossary lacks are taken for the nearest that it has, and what no shop of the kind has for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from shop.db import Sessions, writing
from shop.embedding import Vectors
from shop.glossary import Glossary
from shop.models import Product
from shop.nearest_terms import NearestTerms
from shop.onnx_embedding import OnnxEmbedder
from shop.search import Filters, ProductSearch, SearchQuery
from tests.shop.test_search import ConceptEmbedder, variant

ENCODER = Path("artifacts/encoder_multilingual")
HOUSE = Glossary.read(Path("data/lexicon/glossary_zh.csv"))


class CountingEmbedder:
    """The encoder, which counts the texts that it is given."""

    def __init__(self, name: str = "") -> None:
        self._encoder = OnnxEmbedder(ENCODER)
        self.model_name = name or self._encoder.model_name
        self.count = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.count += len(texts)
        return self._encoder.encode(texts)


@pytest.fixture(scope="module")
def terms(tmp_path_factory: pytest.TempPathFactory) -> NearestTerms:
    return NearestTerms(HOUSE, OnnxEmbedder(ENCODER), tmp_path_factory.mktemp("terms"))


@pytest.mark.parametrize(
    ("said", "meant"),
    [("滑鼠", "mouse"), ("鏡頭", "camera lens"), ("床头几", "bedside table"), ("仙人账", "cactus")],
)
def test_other_words_regions_scripts_and_slips_are_understood(terms: NearestTerms, said: str, meant: str) -> None:
    nearest = terms.nearest(said)
    assert nearest is not None
    assert HOUSE.translated(nearest) == meant


@pytest.mark.parametrize("said", ["悬疑小说", "'; DROP TABLE products; --", "你好呀", "一二三四五六七"])
def test_what_is_near_nothing_means_nothing(terms: NearestTerms, said: str) -> None:
    assert terms.nearest(said) is None


def test_terms_are_encoded_once_and_again_when_they_or_the_model_change(tmp_path: Path) -> None:
    glossary, more = Glossary({"帐篷": "tent", "鞋": "shoe"}), Glossary({"帐篷": "tent", "鞋": "shoe", "球": "ball"})
    counts = []
    for words, name in ((glossary, ""), (glossary, ""), (more, ""), (more, "another")):
        embedder = CountingEmbedder(name)
        NearestTerms(words, embedder, tmp_path)
        counts.append(embedder.count)
    assert counts == [2, 0, 3, 3]
    assert len(list(tmp_path.iterdir())) == 1, "files of the past are gone"


def test_a_glossary_of_nothing_is_near_nothing(tmp_path: Path) -> None:
    assert NearestTerms(Glossary({}), OnnxEmbedder(ENCODER), tmp_path).nearest("营帐") is None


def test_a_vector_does_not_depend_on_what_is_encoded_with_it() -> None:
    encoder = OnnxEmbedder(ENCODER)
    alone, beside = encoder.encode(["营帐"])[0], encoder.encode(["营帐", "一个非常长的句子，什么都有"])[0]
    assert np.array_equal(alone, beside)


@pytest.fixture
def search(sessions: Sessions, tmp_path: Path, terms: NearestTerms) -> ProductSearch:
    with writing(sessions) as session:
        mouse = Product(slug="mouse", name="Mouse", variants=[variant("MOUSE", "214")])
        book = Product(slug="book", name="鼠標器大全", variants=[variant("BOOK", "9")])
        session.add_all([mouse, book])
    return ProductSearch(sessions, ConceptEmbedder(), tmp_path, glossary=HOUSE, nearest_terms=terms)


def found(search: ProductSearch, text: str, filters: Filters | None = None) -> tuple[list[str], str | None]:
    results = search.search(SearchQuery(text, filters or Filters()))
    return [hit.product_slug for hit in results.hits], results.corrected


def test_the_search_goes_by_the_nearest_word_and_says_so(search: ProductSearch) -> None:
    slugs, went_by = found(search, "鼠標器")
    assert slugs == ["mouse"]
    assert went_by is not None
    assert HOUSE.translated(went_by) == "mouse"


def test_filters_hold_for_what_a_word_was_taken_for(search: ProductSearch) -> None:
    assert found(search, "鼠標器", Filters(price_max=Decimal(100)))[0] == []


def test_a_word_of_the_glossary_or_of_the_catalogue_is_taken_for_itself(search: ProductSearch) -> None:
    assert found(search, "鼠标") == (["mouse"], None)
    assert found(search, "鼠標器大全") == (["book"], None)
    assert found(search, "行李箱") == ([], None), "the glossary knows it, and the shop has none"


def test_without_nearest_terms_unknown_words_find_nothing(sessions: Sessions, tmp_path: Path) -> None:
    plain = ProductSearch(sessions, ConceptEmbedder(), tmp_path, glossary=HOUSE)
    assert found(plain, "鼠標器") == ([], None)
