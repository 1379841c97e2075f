"""Conversations that were written with an aim: what a shopper says, word for word, and what is to be left by it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path("data/evaluation")
SPLITS = ("test", "development")

_PIECES = re.compile(r"\s+x(\d+)$")
_STATES = frozenset({"paid", "delivered"})

Goods = Mapping[str, int]
"""Pieces of each version, named "Product / option, option" as the catalogue names them."""


class AimNotReadable(ValueError):
    """A written conversation that cannot be played.

    Attributes:
        aim: its aim.
        problem: what is wrong with it.
    """

    def __init__(self, aim: str, problem: str) -> None:
        super().__init__(f"{aim!r}: {problem}")
        self.aim, self.problem = aim, problem


@dataclass(frozen=True)
class Line:
    """What the shopper says; `only_if` is what the last answer has to hold for it to be said at all."""

    text: str
    only_if: re.Pattern[str] | None = None

    def fits(self, answer: str) -> bool:
        """Tell whether it is said after an answer."""
        return self.only_if is None or self.only_if.search(answer) is not None


@dataclass(frozen=True)
class Before:
    """An order that the shopper has had; a line of the shopper's names its number as "{key}"."""

    key: str
    lines: Goods
    state: str
    delivered_days_ago: int | None


@dataclass(frozen=True)
class End:
    """What is to be left: the cart, a new order's lines, and what of each earlier order is cancelled or comes back."""

    cart: Goods
    ordered: Goods
    cancelled: Mapping[str, Goods]
    returned: Mapping[str, Goods]


@dataclass(frozen=True)
class Aim:
    """One written conversation; `told` are patterns, each of which some answer has to hold."""

    name: str
    orders: tuple[Before, ...]
    lines: tuple[Line, ...]
    end: End
    told: tuple[re.Pattern[str], ...]


def read_aims(language: str, split: str, folder: Path = FOLDER) -> list[Aim]:
    """Read the written conversations of a language.

    Args:
        language: "en" or "zh".
        split: "test", by which nothing is mended, or "development", which is read and mended by.
        folder: where they lie.

    Raises:
        AimNotReadable: one is not of the form that `data/README.md` tells.
    """
    rows = yaml.safe_load((folder / f"aims_{split}_{language}.yml").read_text(encoding="utf-8"))
    return [_aim(row) for row in rows]


def goods(rows: Sequence[str]) -> Goods:
    """Read "Product / option, option xN" lines; one piece where no number is named."""
    counted: Counter[str] = Counter()
    for row in rows:
        found = _PIECES.search(row)
        counted[_PIECES.sub("", row).strip()] += int(found[1]) if found else 1
    return dict(counted)


def _aim(row: Mapping[str, Any]) -> Aim:
    name = row["aim"]
    orders = tuple(_before(name, order) for order in row.get("orders", ()))
    keys = {order.key for order in orders}
    end = row["end"]
    changed = {key for part in ("cancelled", "returned") for key in end.get(part, {})}
    if changed - keys:
        raise AimNotReadable(name, f"it has no orders {sorted(changed - keys)}")
    return Aim(
        name,
        orders,
        tuple(map(_line, row["say"])),
        End(
            goods(end.get("cart", ())),
            goods(end.get("ordered", ())),
            {key: goods(rows) for key, rows in end.get("cancelled", {}).items()},
            {key: goods(rows) for key, rows in end.get("returned", {}).items()},
        ),
        tuple(re.compile(pattern, re.IGNORECASE) for pattern in row.get("told", ())),
    )


def _before(aim: str, row: Mapping[str, Any]) -> Before:
    if row["state"] not in _STATES or (row["state"] == "delivered") != ("days" in row):
        raise AimNotReadable(aim, f"an order is paid, or was delivered some days ago; not {row['state']!r}")
    return Before(row["id"], goods(row["lines"]), row["state"], row.get("days"))


def _line(row: str | Mapping[str, str]) -> Line:
    if isinstance(row, str):
        return Line(row)
    return Line(row["say"], re.compile(row["if"], re.IGNORECASE))
