"""Finds the facts behind an agent's words, and puts placeholders in place of their values."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from replies.errors import UnreadableRecords
from replies.facts import PLACED, Fact, Kind

Lookup = Callable[[str], Sequence[Fact]]
"""Gives the facts, with their values, of what a chat speaks of."""
TRUTHS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("yes", "true", "y", "是", "有"), "yes"),
    **dict.fromkeys(("no", "false", "n", "否", "无"), "no"),
}
MONEY: Final = re.compile(r"(?:price|cost|fee|money)$")
AMOUNT: Final = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class ProductTable:
    """Products by name, each with the columns of its row."""

    rows: Mapping[str, Mapping[str, str]]

    def __call__(self, text: str) -> list[Fact]:
        """Give the facts of at most two products that a text names, in the order in which it does."""
        lowered = text.lower()
        found: list[tuple[int, str]] = []
        taken: list[tuple[int, int]] = []
        for name in sorted(self.rows, key=len, reverse=True):
            at = lowered.find(name.lower())
            if at >= 0 and all(at >= end or at + len(name) <= start for start, end in taken):
                taken.append((at, at + len(name)))
                found.append((at, name))
        named = [name for _, name in sorted(found)][:2]
        return [fact for place, name in enumerate(named, start=1) for fact in self.facts(name, place, len(named))]

    def facts(self, name: str, place: int, of: int) -> Iterator[Fact]:
        """Give the facts of one product."""
        yield Fact(f"product.{place}", "name", name)
        for column, value in self.rows[name].items():
            if value.strip():
                yield fact_of(f"{column}.{place}" if of > 1 else column, value.strip())


def fact_of(name: str, value: str) -> Fact:
    """Make a fact of a cell, of the kind that its column and value show."""
    if value.lower() in TRUTHS:
        return Fact(name, "truth", TRUTHS[value.lower()])
    kind: Kind = "money" if MONEY.search(name.split(".")[0]) else "number" if value[0].isdigit() else "text"
    return Fact(name, kind, value)


def read_products(path: Path) -> ProductTable:
    """Read a table of products: a column `name`, and a column for each attribute.

    Raises:
        UnreadableRecords: Where the file is no such table.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
        products = {row["name"].strip(): columns_of(row) for row in rows if row["name"].strip()}
        table = ProductTable(products)
        for name in products:
            list(table.facts(name, 1, 1))
    except (OSError, UnicodeError, csv.Error, KeyError, AttributeError, ValueError) as error:
        raise UnreadableRecords(path, f"is no table of products with a column name: {error}") from error
    return table


def columns_of(row: Mapping[str, str]) -> dict[str, str]:
    """Give the attributes of a row, named as facts are."""
    return {
        re.sub(r"\W+", "_", column.strip().lower()): value or "" for column, value in row.items() if column != "name"
    }


def patterns_of(fact: Fact) -> Iterator[str]:
    """Give the ways in which a value may stand in an agent's words."""
    yield rf"(?<!\w){re.escape(fact.value)}(?!\w)" if fact.value.isascii() else re.escape(fact.value)
    amount = AMOUNT.search(fact.value)
    if fact.kind == "money" and amount:
        number = amount[0].replace(",", ".")
        whole = re.escape(number.removesuffix(".00"))
        cents = r"(?:\.00)?" if number.endswith(".00") or "." not in number else ""
        units = r"(?:usd|dollars?|bucks|eur|euros?|rmb|yuan|元|块钱?|美元)"
        yield rf"(?:[$€£¥￥]\s?|usd\s)(?<![\d.]){whole}{cents}(?![\d]|\.\d)"
        yield rf"(?<![\d.]){whole}{cents}\s?{units}"


def delexicalised(text: str, facts: Sequence[Fact]) -> str:
    """Put placeholders in place of the values of facts, the longest value first."""
    for fact in sorted(facts, key=lambda one: len(one.value), reverse=True):
        if fact.kind in PLACED and fact.value:
            for pattern in patterns_of(fact):
                text = re.sub(pattern, f"{{{fact.name}}}", text, flags=re.I)
    return text
