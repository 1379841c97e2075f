"""The catalogue as the demo storefront shows it: live prices and stock, as JSON."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from actions.bootstrap import Services
from actions.cards import image_address, price_text
from actions.labels import Labels
from shop.catalogue import ProductView, get_products_by_sku
from shop.db import reading
from shop.search import Filters, SearchQuery

MOST = 100
_FRESH_S = 3.0
_REMEMBERED = 64
_FEW = 5

Page = dict[str, Any]
Key = tuple[str, int, int, str]


class Storefront:
    """Pages of the catalogue, remembered for a few seconds.

    Args:
        services: gives the shop's services.
        clock: seconds that only go forward.
    """

    def __init__(self, services: Callable[[], Services], clock: Callable[[], float] = time.monotonic) -> None:
        self._services = services
        self._clock = clock
        self._pages: dict[Key, tuple[float, Page]] = {}
        self._lock = threading.Lock()

    def page(self, category: str = "", limit: int = MOST, offset: int = 0, language: str = "") -> Page:
        """Give the products of a category, or of all, with how many there are and which categories the shop has.

        Args:
            category: a category's name; empty for all.
            limit: the most products on the page.
            offset: how many products come before the page.
            language: in which prices are written, such as "zh"; the shop's own where it speaks no such.
        """
        spoken = language if language in self._services().languages else ""
        key = (category, min(max(limit, 1), MOST), max(offset, 0), spoken)
        now = self._clock()
        with self._lock:
            made_at, page = self._pages.get(key, (-_FRESH_S, {}))
        if page and now - made_at < _FRESH_S:
            return page
        page = self._made(*key)
        with self._lock:
            if len(self._pages) >= _REMEMBERED:
                self._pages.clear()
            self._pages[key] = (now, page)
        return page

    def _made(self, category: str, limit: int, offset: int, language: str) -> Page:
        services = self._services()
        labels = services.labels_in(language)
        filters = Filters(categories=(category,) if category else ())
        results = services.search.search(SearchQuery(text="", filters=filters, limit=limit, offset=offset))
        with reading(services.sessions) as session:
            products = get_products_by_sku(session, [hit.sku for hit in results.hits])
        return {
            "products": [_entry(labels, product) for product in products],
            "categories": services.vocabulary.categories(),
            "total": results.total,
        }


def _entry(labels: Labels, product: ProductView) -> dict[str, Any]:
    stock = sum(variant.stock for variant in product.variants)
    return {
        "slug": product.slug,
        "name": product.name,
        "sku": product.variants[0].sku,
        "brand": product.brand,
        "category": product.categories[-1] if product.categories else None,
        "price": price_text(labels, product),
        "price_min": labels.money(product.price_min),
        "price_max": labels.money(product.price_max),
        "stock": "none" if stock == 0 else "few" if stock <= _FEW else "some",
        "stock_count": stock,
        "image_url": image_address(next(iter(product.images), None)),
    }
