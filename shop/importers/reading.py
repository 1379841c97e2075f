"""What all readers share: their settings, and the check that keys occur once in a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from shop.importers.catalogue_rows import Pairs, ProductRow, VariantRow
from shop.importers.errors import BadRow
from shop.importers.report import ImportReport


@dataclass(frozen=True)
class ReadingSettings:
    """What a file does not say itself.

    Attributes:
        currency: the currency of prices that carry none.
        assumed_stock: how many pieces are stored where a file only says that there are some.
        now: the time at which dated prices are judged.
    """

    currency: str = "USD"
    assumed_stock: int = 1
    now: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.timezone.utc))


T = TypeVar("T")
Reader = Callable[[Path, ReadingSettings, ImportReport], list[ProductRow]]


class Once:
    """Remembers on which line a key was seen, however it is capitalised."""

    def __init__(self, field: str) -> None:
        self.field = field
        self._lines: dict[str, int] = {}

    def claim(self, key: str, line: int) -> None:
        """Take a key for a line; raise BadRow where another line has it."""
        first = self._lines.setdefault(key.casefold(), line)
        if first != line:
            raise BadRow(self.field, f"is already on line {first}", key)


def check_options(variants: Iterable[VariantRow], report: ImportReport) -> tuple[VariantRow, ...]:
    """Keep the first of variants that no shopper could tell apart, and report the others."""
    lines: dict[frozenset[tuple[str, str]], int] = {}
    kept = []
    for variant in variants:
        first = lines.setdefault(frozenset(variant.options), variant.line)
        if first == variant.line:
            kept.append(variant)
            continue
        shown = ", ".join(value for _, value in variant.options)
        report.refuse(variant.line, BadRow("option", f"the same options as on line {first}", shown))
    return tuple(kept)


def refuse_all(report: ImportReport, lines: Sequence[int], error: BadRow) -> None:
    """Report a product that cannot be used, and the rows that cannot land without it."""
    report.refuse(lines[0], error)
    for line in lines[1:]:
        report.refuse(line, BadRow("product", f"its product on line {lines[0]} was refused"))


def unique_pairs(pairs: Iterable[tuple[str, str]]) -> Pairs:
    """Drop empty values and repetitions, keeping the order."""
    return tuple(dict.fromkeys((name, value) for name, value in pairs if name and value))


def variant_name(product: str, options: Pairs) -> str:
    """Name a variant by its product and what sets it apart."""
    return " ".join([product, *(value for _, value in options)])


def keep_https(images: Iterable[str], report: ImportReport) -> tuple[str, ...]:
    """Keep the pictures that a page may show, each once; count the others."""
    kept = []
    for image in filter(None, images):
        if image.startswith("https://"):
            kept.append(image)
        else:
            report.note("a picture's address does not begin with https:// and was left out")
    return tuple(dict.fromkeys(kept))


def shown(groups: Collection[T]) -> Iterable[T]:
    """Show how far reading is, where that takes long and a person watches."""
    return tqdm(groups, unit="product", desc="reading", delay=1.0, disable=None)
