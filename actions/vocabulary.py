"""The catalogue's own words: which option a value belongs to, and what the shop sells at all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from shop.db import Sessions, reading
from shop.export import lexicon
from shop.search_text import stem, words

_FRESH_S = 60.0


class Vocabulary:
    """Words of the catalogue, read again when they are a minute old.

    Args:
        sessions: the shop's database.
        clock: seconds that only go forward.
    """

    def __init__(self, sessions: Sessions, clock: Callable[[], float]) -> None:
        self._sessions = sessions
        self._clock = clock
        self._lock = threading.Lock()
        self._words: Mapping[str, Any] = {}
        self._read_at: float | None = None

    def categories(self) -> list[str]:
        """List the names of the categories that hold something for sale."""
        return list(self._fresh()["categories"])

    def colours(self) -> list[str]:
        """List the names of the colours that things for sale come in."""
        return list(self._fresh()["colours"])

    def options_having(self, value: str) -> list[str]:
        """Name the options, of any product, that have this value."""
        wanted = value.casefold()
        options: Mapping[str, list[str]] = self._fresh()["options"]
        return [name for name, values in options.items() if wanted in (known.casefold() for known in values)]

    def products_called(self, word: str) -> list[str]:
        """Give the products, by slug, in whose name a word stands, in whatever case and number."""
        wanted = word.casefold()
        products: list[Mapping[str, str]] = self._fresh()["products"]
        return [one["slug"] for one in products if wanted in _words_of(one["name"])]

    def products_with(self, first: str, second: str) -> list[str]:
        """Give the products, by slug, in whose name one word follows another: "compact slr"."""
        wanted = (stem(first.casefold()), stem(second.casefold()))
        products: list[Mapping[str, str]] = self._fresh()["products"]
        return [one["slug"] for one in products if wanted in pairwise(stem(word) for word in words(one["name"]))]

    def ends_name(self, word: str) -> bool:
        """Tell whether a word is the last of a product's name, which says of what kind it is."""
        products: list[Mapping[str, str]] = self._fresh()["products"]
        return any(stem(word.casefold()) == stem((words(one["name"]) or [""])[-1]) for one in products)

    def _fresh(self) -> Mapping[str, Any]:
        with self._lock:
            now = self._clock()
            if self._read_at is None or now - self._read_at > _FRESH_S:
                with reading(self._sessions) as session:
                    self._words = lexicon(session)
                self._read_at = now
            return self._words


def _words_of(name: str) -> set[str]:
    return {*name.casefold().split(), *(stem(word) for word in words(name))}
