"""Several kinds of goods in one wish, what is taken back of it, and what a search tells of what it found."""

from __future__ import annotations

import pytest

from tests.actions.conftest import Chat


def wished(chat: Chat, text: str, goods: str) -> str:
    """Search, and give the words of the search that then runs."""
    chat.say("search_products", text, product_query=goods)
    return str(chat.slots["search_state"]["text"])


@pytest.mark.parametrize(
    ("text", "goods"),
    [
        ("show me shoes and laptops", "shoes laptops"),
        ("shoes or laptops", "shoes laptops"),
        ("one pair of shoes, plus a laptop", "shoes laptop"),
    ],
)
def test_each_kind_of_a_list_is_shown_under_its_name(chat: Chat, text: str, goods: str) -> None:
    assert chat.say("search_products", text, product_query=goods) == ["utter_found_kinds"]
    assert chat.last["listing"].splitlines()[0].startswith("shoes (3)")
    assert "4. Laptop" in chat.last["listing"]
    assert chat.titles[-1] == "Laptop"
    assert len(chat.slots["candidate_skus"]) == 4


@pytest.mark.parametrize(
    ("text", "goods", "wanted"),
    [
        ("a chair no wait a laptop", "chair laptop", "laptop"),
        ("forget the laptop, show me a cactus", "laptop cactus", "cactus"),
        ("shoes bro", "shoes bro", "shoes"),
        ("a laptop, just laptops", "laptop laptops", "laptop"),
    ],
)
def test_what_is_taken_back_is_not_looked_for(chat: Chat, text: str, goods: str, wanted: str) -> None:
    assert wished(chat, text, goods) == wanted


def test_other_goods_take_the_place_of_those_before(chat: Chat) -> None:
    wished(chat, "black shoes", "shoes")
    chat.say("refine_search", "no, laptops", product_query="laptops")
    assert chat.slots["search_state"]["text"] == "laptops"


def test_a_condition_that_does_not_matter_is_dropped_from_the_search(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe", colour="blue")
    chat.say("adjust_recommendations", "颜色无所谓", aspect="colour", adjustment="ignore")
    assert chat.slots["search_state"]["filters"]["colours"] == []


def test_bounds_that_nobody_says_are_rounded(chat: Chat) -> None:
    chat.say("search_products", product_query="shoe", price_min="16.032", price_max="144.048")
    assert chat.slots["search_state"]["filters"]["price_min"] == "16"
    assert chat.slots["search_state"]["filters"]["price_max"] == "145"
