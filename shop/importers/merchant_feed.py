"""Google's merchant feed: an item a variant; items with the same item_group_id are one product.

A feed says whether something is in stock, not how many there are. A `quantity` (or `sell_on_google_quantity`) is used
where there is one; otherwise `assumed_stock` pieces are stored for what is in stock, the report says so, and a count
that the shop has itself is kept as long as it agrees. Out of stock, on pre-order and on back-order are stored as 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from slugify import slugify

from shop.importers.catalogue_rows import Pairs, ProductRow, VariantRow, parse_currency, parse_price, parse_stock
from shop.importers.errors import BadRow
from shop.importers.feed_items import FeedItem, read_items
from shop.importers.plain_text import one_line, paragraphs
from shop.importers.reading import (
    Once,
    ReadingSettings,
    check_options,
    keep_https,
    refuse_all,
    shown,
    unique_pairs,
    variant_name,
)
from shop.importers.report import ImportReport

# What may set the variants of a group apart, in the order in which a shopper is asked for it.
_OPTIONS = ("color", "size", "material", "pattern", "gender", "age_group", "size_type", "size_system")
_VARIANT_FACTS = ("gtin", "mpn")
_IN_STOCK, _NOT_IN_STOCK = {"in_stock"}, {"out_of_stock", "preorder", "backorder"}
_PRICE = re.compile(r"(?P<amount>\S+)\s+(?P<currency>[A-Za-z]{3})")


def read(path: Path, settings: ReadingSettings, report: ImportReport) -> list[ProductRow]:
    """Read a merchant feed, TSV or XML."""
    reading = _Reading(settings, report)
    groups: dict[str, list[FeedItem]] = {}
    for item in read_items(path, report):
        groups.setdefault(item["item_group_id"] or item["id"], []).append(item)
    products = (reading.product(key, items) for key, items in shown(groups.items()))
    return [product for product in products if product is not None]


class _Reading:
    def __init__(self, settings: ReadingSettings, report: ImportReport) -> None:
        self._settings, self._report = settings, report
        self._slugs, self._skus = Once("id"), Once("id")

    def product(self, key: str, items: Sequence[FeedItem]) -> ProductRow | None:
        varying = _varying(items)
        try:
            product = self._without_variants(key, items, varying)
            self._slugs.claim(product.slug, items[0].line)
        except BadRow as error:
            refuse_all(self._report, [item.line for item in items], error)
            return None
        variants = check_options(self._variants(product.name, items, varying), self._report)
        return replace(product, variants=variants) if variants else None

    def _without_variants(self, key: str, items: Sequence[FeedItem], varying: Sequence[str]) -> ProductRow:
        first = items[0]
        constant = [(name, part) for name in _OPTIONS if name not in varying for part in _parts(name, first[name])]
        details = [(one_line(name), one_line(value)) for item in items for name, value in item.details]
        return ProductRow(
            first.line,
            slugify(key),
            _common_title([one_line(item["title"]) for item in items]),
            variants=(),
            description=paragraphs(first["description"] or first["summary"] or first["content"]),
            brand=one_line(first["brand"]) or None,
            categories=_categories(first),
            attributes=unique_pairs([*constant, *details]),
            images=keep_https([first["image_link"], *_additional(first)], self._report),
        )

    def _variants(self, product: str, items: Sequence[FeedItem], varying: Sequence[str]) -> list[VariantRow]:
        titles = {item["title"] for item in items}
        variants = []
        for item in items:
            with self._report.row(item.line):
                options = _options(item, varying)
                title = one_line(item["title"]) if len(titles) == len(items) else variant_name(product, options)
                variants.append(self._variant(item, title, options, alone=len(items) == 1))
        return variants

    def _variant(self, item: FeedItem, title: str, options: Pairs, alone: bool) -> VariantRow:
        self._skus.claim(item["id"], item.line)
        price, currency = self._price(item)
        stock, exact = self._stock(item)
        images = [] if alone else [item["image_link"], *_additional(item)]
        return VariantRow(
            item.line,
            item["id"],
            title,
            price=price,
            currency=currency,
            stock=stock,
            options=options,
            attributes=unique_pairs((name, one_line(item[name])) for name in _VARIANT_FACTS),
            images=keep_https(images, self._report),
            stock_is_exact=exact,
        )

    def _price(self, item: FeedItem) -> tuple[Decimal, str]:
        regular = _amount(item["price"], "price", self._settings.currency)
        if not item["sale_price"]:
            return regular
        sale = _amount(item["sale_price"], "sale_price", self._settings.currency)
        if item["sale_price_effective_date"]:
            self._report.note("a sale price is bound to dates: the regular price is stored")
            return regular
        self._report.note("a sale price holds without dates: it is stored as the price")
        return sale

    def _stock(self, item: FeedItem) -> tuple[int, bool]:
        availability = item["availability"].casefold().replace(" ", "_")
        if availability in _NOT_IN_STOCK:
            return 0, True
        if availability not in _IN_STOCK:
            known = ", ".join(sorted(_IN_STOCK | _NOT_IN_STOCK))
            raise BadRow("availability", f"is none of {known}", item["availability"])
        quantity = item["quantity"] or item["sell_on_google_quantity"]
        if quantity:
            return parse_stock(quantity, "quantity"), True
        assumed = self._settings.assumed_stock
        self._report.note(f"in stock, but the feed holds no quantity: {assumed} assumed (--assumed-stock)")
        return assumed, False


def _varying(items: Sequence[FeedItem]) -> list[str]:
    return [name for name in _OPTIONS if len({item[name] for item in items}) > 1]


def _options(item: FeedItem, varying: Sequence[str]) -> Pairs:
    for name in varying:
        if not item[name]:
            raise BadRow(name, "is missing, though others of its group have one")
    return tuple((name, one_line(item[name])) for name in varying)


def _parts(name: str, cell: str) -> list[str]:
    # Google separates several colours and materials of one thing by slashes.
    return [one_line(part) for part in cell.split("/")] if name in {"color", "material"} else [one_line(cell)]


def _additional(item: FeedItem) -> list[str]:
    return [address.strip() for address in item.values.get("additional_image_link", [])]


def _categories(item: FeedItem) -> tuple[tuple[str, ...], ...]:
    """Take the shop's own tree where there is one; Google's numbers name nothing that a shopper would say."""
    own = item.values.get("product_type") or [item["google_product_category"]]
    paths = (tuple(filter(None, (one_line(part) for part in text.split(">")))) for text in own)
    return tuple(dict.fromkeys(path for path in paths if path and not "".join(path).isdecimal()))


def _common_title(titles: Sequence[str]) -> str:
    """Find what the titles of a group begin with.

    >>> _common_title(["Hero Hoodie - Black", "Hero Hoodie - Green"])
    'Hero Hoodie'
    """
    words = titles[0].split()
    for title in titles[1:]:
        others = title.split()
        same = [left == right for left, right in zip(words, others, strict=False)]
        words = words[: same.index(False) if False in same else len(same)]
    while words and not any(char.isalnum() for char in words[-1]):
        words.pop()
    return " ".join(words).rstrip(" ,;:-–—/|(") or titles[0]


def _amount(text: str, field: str, currency: str) -> tuple[Decimal, str]:
    match = _PRICE.fullmatch(text)
    if match:
        return parse_price(match["amount"], field), parse_currency(match["currency"], field)
    return parse_price(text, field), currency
