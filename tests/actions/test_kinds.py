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
