"""A product as every format delivers it, checked when made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from moneyed import CurrencyDoesNotExist, get_currency
from slugify import slugify

from shop.importers.errors import BadRow

Pairs = tuple[tuple[str, str], ...]

_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]+)?")
_LARGEST_STOCK = 1_000_000_000
_LENGTHS = {"slug": 200, "name": 300, "brand": 200, "sku": 100, "variant name": 400, "image": 500, "category": 200}
# What is looked up: `shop.text.is_key` refuses anything else.
_KEYS = frozenset({"slug", "sku", "image"})


@dataclass(frozen=True)
class VariantRow:
    """One SKU of a product.

    Attributes:
        line: where it stands in the file, for the report.
        options: (name, value) in the order of the shop.
        stock_is_exact: False where the file only says that there is some: a count that the shop knows is then kept.
    """

    line: int
    sku: str
    name: str
    price: Decimal
    currency: str
    stock: int
    options: Pairs = ()
    attributes: Pairs = ()
    images: tuple[str, ...] = ()
    active: bool = True
    stock_is_exact: bool = True

    def __post_init__(self) -> None:
        """Refuse what the tables cannot hold, naming the field."""
        _check_text("sku", self.sku)
        _check_text("variant name", self.name)
        _check_pairs("option", self.options, (100, 200))
        names = [name for name, _ in self.options]
        if len(set(names)) != len(names):
            raise BadRow("option", "the same option twice", ", ".join(names))
        _check_pairs("attribute", self.attributes, (100, 300))
        for image in self.images:
            _check_text("image", image)


@dataclass(frozen=True)
class ProductRow:
    """A product with the variants whose rows were good.

    Attributes:
        categories: paths from the root of the category tree.
        active: None where the format does not say: what the shop has set is then kept.
    """

    line: int
    slug: str
    name: str
    variants: tuple[VariantRow, ...]
    description: str = ""
    brand: str | None = None
    categories: tuple[tuple[str, ...], ...] = ()
    attributes: Pairs = ()
    images: tuple[str, ...] = ()
    active: bool | None = None

    def __post_init__(self) -> None:
        """Refuse what the tables cannot hold, naming the field."""
        _check_text("slug", self.slug)
        _check_text("name", self.name)
        if self.brand is not None:
            _check_text("brand", self.brand)
        for path in self.categories:
            for name in path:
                _check_text("category", name)
            _check_text("category", category_slug(path))
        _check_pairs("attribute", self.attributes, (100, 300))
        for image in self.images:
            _check_text("image", image)


def category_slug(path: tuple[str, ...]) -> str:
    """Name a node of the category tree by its whole path, so that two nodes called "Tops" stay apart.

    >>> category_slug(("Home & Garden", "Plants"))
    'home-garden/plants'
    """
    return "/".join(slugify(name) or name.casefold() for name in path)


def parse_price(text: str, field: str = "price") -> Decimal:
    """Read an amount such as "12.34"; raise BadRow for anything else, and for what money cannot hold exactly."""
    if not text:
        raise BadRow(field, "is missing")
    if text.startswith("-") and _AMOUNT.fullmatch(text[1:].strip()):
        raise BadRow(field, "is negative", text)
    if not _AMOUNT.fullmatch(text):
        raise BadRow(field, "is not an amount like 12.34", text)
    amount = Decimal(text)
    if amount != round(amount, 4):
        raise BadRow(field, "has more than four decimal places", text)
    return amount


def parse_stock(text: str, field: str) -> int:
    """Read a count of pieces; raise BadRow for anything but a whole number from zero up."""
    if text.startswith("-") and text[1:].isdecimal():
        raise BadRow(field, "is negative", text)
    if not re.fullmatch(r"[0-9]{1,12}", text) or int(text) > _LARGEST_STOCK:
        raise BadRow(field, "is not a whole number of pieces", text)
    return int(text)


def parse_currency(text: str, field: str = "price") -> str:
    """Check a three-letter currency code; raise BadRow for one that does not exist."""
    try:
        return str(get_currency(text.upper()).code)
    except CurrencyDoesNotExist as error:
        raise BadRow(field, "has an unknown currency", text) from error


def _check_text(field: str, value: str) -> None:
    if not value:
        raise BadRow(field, "is missing")
    if len(value) > _LENGTHS[field]:
        raise BadRow(field, f"is longer than {_LENGTHS[field]} characters", value)
    if field in _KEYS and not value.isprintable():
        raise BadRow(field, "holds control characters", value)


def _check_pairs(field: str, pairs: Pairs, lengths: tuple[int, int]) -> None:
    for name, value in pairs:
        for text, length in zip((name, value), lengths, strict=True):
            if not text:
                raise BadRow(field, "has no name" if not name else "has no value", f"{name}:{value}")
            if len(text) > length:
                raise BadRow(field, f"is longer than {length} characters", text)
