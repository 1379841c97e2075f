"""Reasons are said strongest first, two at most, and none twice in other words."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.labels import Labels
from actions.reasons import from_state, reason_words, to_state
from recsys.slate import Reason


@pytest.fixture
def labels() -> Labels:
    return Labels.load(Path("data/labels"), "en", "en_US")


CABLE = (Reason("feature", "category", "Computers"), Reason("feature", "category", "Electronics"))


def test_of_two_categories_only_the_stronger_is_said(labels: Labels) -> None:
    assert reason_words(labels, CABLE, {}) == "it is in Computers"


def test_what_the_second_category_leaves_room_for_is_said(labels: Labels) -> None:
    reasons = (*CABLE, Reason("similar_to", "", "mouse"), Reason("popular"))
    assert reason_words(labels, reasons, {"mouse": "Mouse"}) == "it is in Computers and you looked at Mouse"


def test_two_products_that_were_looked_at_are_two_reasons(labels: Labels) -> None:
    reasons = (Reason("similar_to", "", "mouse"), Reason("similar_to", "", "laptop"))
    words = reason_words(labels, reasons, {"mouse": "Mouse", "laptop": "Laptop"})
    assert words == "you looked at Mouse and you looked at Laptop"


def test_a_product_without_a_name_and_a_field_without_words_are_not_spoken_of(labels: Labels) -> None:
    reasons = (Reason("similar_to", "", "gone"), Reason("feature", "image_cluster", "7"), Reason("new"))
    assert reason_words(labels, reasons, {}) == "it is new in the shop"


def test_nothing_certain_says_nothing(labels: Labels) -> None:
    assert reason_words(labels, (), {}) == ""


def test_reasons_come_back_from_a_slot_as_they_were() -> None:
    assert tuple(from_state(to_state(CABLE))) == CABLE
