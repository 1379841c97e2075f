from __future__ import annotations

from decimal import Decimal

import pytest

from actions.naming import best_named, costs, each_named, stems
from actions.references import Candidate

CAMERAS = [
    Candidate("a", "compact-slr", "Compact SLR Camera", Decimal("521.00")),
    Candidate("b", "compact-digital", "Compact Digital Camera", Decimal("899.99")),
    Candidate("c", "lens", "Camera Lens", Decimal("104.00"), facets=frozenset({"nikkon"})),
]
SHOES = [
    Candidate("r", "runx", "RunX Running Shoe", Decimal("44.95"), frozenset({"size", "size 44"}), frozenset({"black"})),
    Candidate("u", "ultra", "Ultraboost Running Shoe", Decimal("99.99"), frozenset({"size 44"}), frozenset({"blue"})),
]


def skus(found: list[Candidate]) -> list[str]:
    return [one.sku for one in found]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("compact digital", ["b"]),
        ("the lens", ["c"]),
        ("the nikkon one", ["c"]),
        ("compact", ["a", "b"]),
        ("cameras", []),
        ("do they need much water", []),
    ],
)
def test_the_words_that_tell_things_apart_name_those_that_they_fit_best(said: str, meant: list[str]) -> None:
    assert skus(best_named(stems(said), CAMERAS)) == meant


def test_a_word_of_a_name_weighs_more_than_what_else_is_true() -> None:
    assert skus(best_named(stems("runx blue"), SHOES)) == ["r"]


def test_only_names_count_where_what_is_true_may_be_what_is_asked() -> None:
    assert best_named(stems("is it blue"), SHOES, names_only=True) == []


def test_a_price_names_what_costs_it() -> None:
    assert skus(best_named(frozenset(), CAMERAS, [Decimal(899)])) == ["b"]


def test_a_size_is_no_price() -> None:
    assert best_named(frozenset(), SHOES, [Decimal(44)]) == []


def test_each_that_has_a_word_of_its_own_is_named() -> None:
    assert skus(each_named(stems("RunX or Ultraboost for running"), SHOES)) == ["r", "u"]


@pytest.mark.parametrize(("said", "is_price"), [("899", True), ("900", True), ("899.99", True), ("890", False)])
def test_a_price_may_be_rounded(said: str, is_price: bool) -> None:
    assert costs(CAMERAS[1], Decimal(said)) is is_price
