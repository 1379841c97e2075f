"""The text of a product that is searched, and the words that texts are made of."""

from __future__ import annotations

import functools
import hashlib
import importlib.resources
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import snowballstemmer  # type: ignore[import-untyped]
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shop.models import Attribute, Category, Product, ProductCategory, Variant, VariantOption

# Goes up when words or texts are made in another way: every index is then built anew.
LAYOUT = 2
_PAGE = 5_000
_MEANING_CHARS = 200
# Digits and letters part: "8GB" and "8 gb" are the same words.
_WORD = re.compile(r"\d+|[^\W\d_]+")
# Plurals of goods that no ending tells.
_IRREGULAR = {
    "mice": "mouse",
    "shelves": "shelf",
    "bookshelves": "bookshelf",
    "knives": "knife",
    "scarves": "scarf",
    "cacti": "cactus",
    "loaves": "loaf",
    "women": "woman",
    "men": "man",
    "feet": "foot",
}


@dataclass(frozen=True)
class ProductText:
    """What a product says of itself, from its rows."""

    product_id: int
    name: str
    categories: tuple[str, ...]
    facts: tuple[str, ...]
    description: str

    @functools.cached_property
    def digest(self) -> str:
        """Identify the text: two products that say the same have the same digest."""
        content = json.dumps([LAYOUT, self.name, self.categories, self.facts, self.description])
        return hashlib.sha256(content.encode()).hexdigest()[:32]

    @property
    def fields(self) -> tuple[str, str, str]:
        """Give the stems of name, facts and description, each as one line of words."""
        parts = (self.name, " ".join((*self.categories, *self.facts)), self.description)
        return tuple(" ".join(stem(word) for word in words(part)) for part in parts)  # type: ignore[return-value]

    @property
    def meanings(self) -> tuple[str, str]:
        """Give what is encoded: the title alone, and the title with the start of the description.

        Short queries lie closer to titles, described needs closer to descriptions; the index keeps the middle of both.
        """
        title = ". ".join(filter(None, (self.name, ", ".join(self.categories))))
        return title, f"{title}. {self.description[:_MEANING_CHARS]}"


def words(text: str) -> list[str]:
    """Split a text into plain lower-case words, without accents and marks.

    >>> words("Crème brûlée, 8GB!")
    ['creme', 'brulee', '8', 'gb']
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(char for char in decomposed if not unicodedata.combining(char)))


@functools.lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Cut the ending off an English word, so that "shoes" finds "shoe" and "mice" a mouse; other scripts stay."""
    return str(_stemmer().stemWord(_IRREGULAR.get(word, word)))


@functools.cache
def stop_words() -> frozenset[str]:
    """Read the words that carry no wish of their own, as "something" or "the"."""
    return frozenset(importlib.resources.files("shop").joinpath("stopwords.en.txt").read_text(encoding="utf-8").split())


@functools.cache
def synonyms() -> dict[str, tuple[str, ...]]:
    """Read what catalogues call what shoppers have other words for: "trainers" are shoes."""
    lines = importlib.resources.files("shop").joinpath("synonyms.en.txt").read_text(encoding="utf-8").splitlines()
    rows = (line.split() for line in lines if line.strip())
    return {said: tuple(meant) for said, *meant in rows}


@functools.cache
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")


def read_products(session: Session) -> Iterator[ProductText]:
    """Read the texts of all active products in the order of their ids, a few thousand at a time."""
    after = 0
    while page := _read_page(session, after):
        yield from page
        after = page[-1].product_id


def _read_page(session: Session, after: int) -> list[ProductText]:
    query = select(Product.id, Product.name, Product.brand, Product.description)
    rows = session.execute(query.where(Product.active, Product.id > after).order_by(Product.id).limit(_PAGE)).all()
    if not rows:
        return []
    categories = _grouped(session, _category_names(), after, rows[-1].id)
    facts = _grouped(session, _attribute_values(), after, rows[-1].id)
    offers = _grouped(session, _option_values(), after, rows[-1].id)
    skus = _grouped(session, _skus(), after, rows[-1].id)
    return [
        ProductText(
            product_id=row.id,
            name=row.name,
            categories=categories.get(row.id, ()),
            facts=(row.brand or "", *facts.get(row.id, ()), *offers.get(row.id, ()), *skus.get(row.id, ())),
            description=row.description,
        )
        for row in rows
    ]


def _category_names() -> Select[int, str]:
    query = select(ProductCategory.product_id, Category.name).join(Category)
    return query.order_by(ProductCategory.product_id, Category.id)


def _attribute_values() -> Select[int, str]:
    return select(Attribute.product_id, Attribute.value).order_by(Attribute.product_id, Attribute.id)


def _option_values() -> Select[int, str]:
    query = select(Variant.product_id, VariantOption.value).join(VariantOption).where(Variant.active)
    return query.order_by(Variant.product_id, VariantOption.id)


def _skus() -> Select[int, str]:
    return select(Variant.product_id, Variant.sku).where(Variant.active).order_by(Variant.product_id, Variant.id)


def _grouped(session: Session, query: Select[int, str], after: int, last: int) -> dict[int, tuple[str, ...]]:
    owner = query.selected_columns[0]
    found: defaultdict[int, dict[str, None]] = defaultdict(dict)
    for product_id, value in session.execute(query.where(owner > after, owner <= last)):
        found[product_id][value] = None
    return {product_id: tuple(values) for product_id, values in found.items()}
