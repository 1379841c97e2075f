"""Deliveries as shoppers of many countries write them in one message: each part is found, and no part is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from shop.contact_text import find_contact, find_whole_contact

_TABLE = Path(__file__).with_name("deliveries.yml")


def _cases() -> list[tuple[str, dict[str, str]]]:
    rows = yaml.safe_load(_TABLE.read_text(encoding="utf-8"))
    return [(row.pop("text"), row) for row in rows]


@pytest.mark.parametrize(("text", "said"), _cases())
def test_a_delivery_is_read_whole(text: str, said: dict[str, str]) -> None:
    found = dict(find_whole_contact(text))
    assert "@" in found.pop("email")
    assert found == said


@pytest.mark.parametrize(("text", "said"), _cases())
def test_it_is_read_alike_as_an_answer(text: str, said: dict[str, str]) -> None:
    found = dict(find_contact(text, "name"))
    found.pop("email")
    assert found == said


def test_a_second_name_is_a_firm_only_where_a_contact_was_asked_for() -> None:
    text = "Priya Anand, Brightwell Press, 30 King Street, Derby DE1 3GZ, UK, priya@example.com"
    assert find_contact(text, "name")["company"] == "Brightwell Press"
    # Where goods may stand before the name, two that may be a person leave it open.
    assert "name" not in find_whole_contact(text.replace("Priya Anand", "Wooden Stool"))


@pytest.mark.parametrize(
    "text",
    [
        "two laptops, 16 GB, 1500 dollars",
        "I need 3 of them, size 42, for 2000 euros in Germany",
        "32寸显示器一台，无线鼠标两个，先这样",
        "do you ship to 10115 Berlin, Germany?",
        "my order 20441, the 64GB tablet, arrived broken",
    ],
)
def test_other_numbers_are_no_delivery(text: str) -> None:
    assert "street" not in find_whole_contact(text)
