"""What can be answered at once is answered before what has to ask back."""

from __future__ import annotations

import pytest

from assistant.channels.request_order import Part, answerable_first, is_answered


def part(told: str) -> Part:
    """Make a request of an intent, and the kinds of things it names behind it."""
    intent, *kinds = told.split()
    return Part(told, intent, {"intent": {"name": intent}, "entities": [{"entity": kind} for kind in kinds]})


@pytest.mark.parametrize(
    ("asked", "done"),
    [
        (["check_out", "ask_policy"], ["ask_policy", "check_out"]),
        (["add_to_cart product", "ask_policy", "view_cart"], ["ask_policy", "add_to_cart product", "view_cart"]),
        (["track_order", "search_products product_query"], ["search_products product_query", "track_order"]),
        (["return_product product", "ask_stock product"], ["ask_stock product", "return_product product"]),
        # What may mean another thing afterwards stays where it was said.
        (["track_order order_number", "search_products product_query"], None),
        (["track_order", "ask_price reference"], None),
        (["return_product reference", "ask_stock product"], None),
        (["add_to_cart product", "search_products product_query"], None),
        (["add_to_cart product", "view_cart"], None),
        (["search_products product_query", "ask_policy"], None),
    ],
)
def test_questions_that_stand_for_themselves_come_first(asked: list[str], done: list[str] | None) -> None:
    assert [one.text for one in answerable_first([part(told) for told in asked])] == (done or asked)


def test_a_number_that_the_answer_has_told_is_not_done_again() -> None:
    twelve = {"entities": [{"entity": "quantity", "value": "12"}]}
    rope = {"entities": [*twelve["entities"], {"entity": "product", "value": "rope"}]}
    three = {"entities": [{"entity": "quantity", "value": "3"}]}
    assert is_answered(Part("make it 12", "change_quantity", twelve), twelve)
    assert not is_answered(Part("make it 12", "change_quantity", twelve), three)
    assert not is_answered(Part("12 ropes too", "add_to_cart", rope), twelve)
    assert not is_answered(Part("show my cart", "view_cart", {"entities": []}), twelve)
