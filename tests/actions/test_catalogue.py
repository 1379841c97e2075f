from __future__ import annotations

import pytest
from sqlalchemy import select

from shop.db import reading
from shop.models import Interaction
from tests.actions.conftest import Chat


@pytest.fixture
def shoes(chat: Chat) -> Chat:
    """Shown: RunX (44.95), Ultraboost (99.99), Freerun (160)."""
    chat.say("search_products", product_query="running shoe", sort="price_asc")
    return chat


def kinds(chat: Chat) -> list[tuple[str, str]]:
    with reading(chat.services.sessions) as session:
        return [(row.kind, row.source) for row in session.scalars(select(Interaction).order_by(Interaction.id))]


def test_details_tell_what_the_rows_hold(chat: Chat) -> None:
    assert chat.say("show_details", product="laptop") == ["utter_product_details"]
    assert "Brand: Apple" in chat.last["facts"]
    assert "screen size: 13 inch, 15 inch" in chat.last["facts"]
    assert "from $1,299.00" in chat.last["facts"]
    assert chat.last["description"] == "A fine laptop."
    assert kinds(chat) == [("view", "chat")]


def test_details_of_a_place_in_the_list(shoes: Chat) -> None:
    shoes.say("show_details", ordinal="2")
    assert shoes.last["name"] == "Ultraboost Running Shoe"


def test_a_click_on_a_card_is_noted(chat: Chat) -> None:
    chat.press('/show_details{"product": "cactus"}')
    assert kinds(chat) == [("click", "card"), ("view", "card")]


def test_a_product_without_brand_is_not_given_one(chat: Chat) -> None:
    chat.say("show_details", product="cactus")
    assert "Brand" not in chat.last["facts"]


def test_details_of_nothing_shown_ask_and_the_answer_completes(chat: Chat) -> None:
    assert chat.say("show_details", reference="it") == ["utter_ask_which_product"]
    assert chat.say("inform", "the tablet", product="tablet") == ["utter_product_details"]


def test_two_readings_ask_and_the_answer_completes(shoes: Chat) -> None:
    assert shoes.say("ask_price", colour="black") == ["utter_ask_which"]
    assert shoes.last["names"] == "RunX Running Shoe or Freerun Running Shoe"
    assert shoes.say("inform", "the second", ordinal="2") == ["utter_price"]
    assert shoes.last["name"] == "Freerun Running Shoe"


def test_the_button_of_the_question_completes_too(shoes: Chat) -> None:
    shoes.say("ask_price", colour="black")
    assert shoes.press(shoes.payloads[0]) == ["utter_price"]
    assert shoes.last["price"] == "$44.95"


def test_an_answer_read_as_a_search_is_still_the_answer(shoes: Chat) -> None:
    shoes.say("ask_price", colour="black")
    assert shoes.say("search_products", "the freerun", product="freerun") == ["utter_price"]


def test_a_place_beyond_the_list_is_told(shoes: Chat) -> None:
    assert shoes.say("ask_price", ordinal="7") == ["utter_no_such_place"]


def test_the_price_of_one_version(chat: Chat) -> None:
    chat.say("ask_price", product="laptop", option_value=["13 inch", "16GB"])
    assert (chat.last["response"], chat.last["price"]) == ("utter_price", "$2,199.00")


def test_the_price_of_all_versions(chat: Chat) -> None:
    chat.say("ask_price", product="laptop")
    assert (chat.last["low"], chat.last["high"]) == ("$1,299.00", "$2,299.00")
    assert "- 15 inch, 8GB: $1,399.00" in chat.last["lines"]


def test_one_price_for_all_versions_is_one_price(chat: Chat) -> None:
    chat.say("ask_price", product="freerun")
    assert (chat.last["response"], chat.last["price"]) == ("utter_price", "$160.00")


@pytest.mark.parametrize(
    ("product", "entities", "response"),
    [
        pytest.param("laptop", {"option_value": "13 inch"}, "utter_option_yes", id="yes"),
        pytest.param("laptop", {"option_value": "17 inch"}, "utter_option_no", id="no, though no product has it"),
        pytest.param("laptop", {"option_value": "17 inch", "option_name": "size"}, "utter_option_no", id="no, by name"),
        pytest.param("laptop", {"option_value": "32GB", "option_name": "RAM"}, "utter_option_no", id="no"),
        pytest.param("laptop", {"option_value": ["15 inch", "8GB"]}, "utter_option_sold_out", id="sold out"),
        pytest.param("laptop", {"option_name": "sizes"}, "utter_option_values", id="which sizes"),
        pytest.param("laptop", {"option_name": "colour"}, "utter_other_options", id="no such choice"),
        pytest.param("cordless-mouse", {"option_name": "size"}, "utter_no_options", id="one version"),
        pytest.param("freerun", {"colour": "black"}, "utter_colour_only", id="a stated colour"),
        pytest.param("freerun", {"colour": "red"}, "utter_option_no", id="another colour than the stated one"),
        pytest.param("laptop", {"colour": "red"}, "utter_not_stated", id="nobody knows the colour"),
        pytest.param("cafe-chair", {"colour": "mint"}, "utter_option_yes", id="a colour as an option"),
        pytest.param("cafe-chair", {"colour": "red"}, "utter_option_no", id="a colour that is no option"),
    ],
)
def test_yes_no_and_nobody_knows_are_told_apart(
    chat: Chat, product: str, entities: dict[str, str], response: str
) -> None:
    assert chat.say("ask_option", product=product, **entities) == [response]


def test_a_value_that_the_shop_has_nowhere_is_a_no_where_only_its_number_differs(chat: Chat) -> None:
    assert chat.say("ask_option", "does it come in 17 inch?", product="laptop") == ["utter_option_no"]
    assert (chat.last["value"], chat.last["values"]) == ("17 inch", "13 inch and 15 inch")


def test_a_property_that_no_row_holds_is_not_known_and_yes_asks_a_person(chat: Chat) -> None:
    assert chat.say("ask_option", "is the tablet waterproof?", product="tablet") == ["utter_not_stated"]
    assert chat.payloads == ["/talk_to_person", '/show_details{"product": "tablet"}']
    assert chat.say("affirm") == ["utter_ask_person_email"]


def test_a_property_that_a_row_holds_is_told_as_the_row_says(chat: Chat) -> None:
    assert chat.say("ask_option", "is it an indoor plant?", product="cactus") == ["utter_stated"]
    assert chat.last["fact"] == "plant type: Indoor"


def test_the_yes_offers_exactly_what_was_asked(chat: Chat) -> None:
    chat.say("ask_option", product="laptop", option_value="13 inch")
    assert chat.press(chat.payloads[0]) == ["utter_ask_option"]
    assert chat.last["option"] == "RAM"


@pytest.mark.parametrize(
    ("product", "entities", "response"),
    [
        pytest.param("cordless-mouse", {}, "utter_in_stock", id="in stock"),
        pytest.param("orchid", {}, "utter_out_of_stock", id="sold out"),
        pytest.param("freerun", {"option_value": "Size 42"}, "utter_in_stock", id="one version"),
        pytest.param("laptop", {}, "utter_stock_by_option", id="several versions"),
        pytest.param("freerun", {"option_value": "Size 99", "option_name": "size"}, "utter_option_no", id="no version"),
    ],
)
def test_stock_is_told_from_rows(chat: Chat, product: str, entities: dict[str, str], response: str) -> None:
    assert chat.say("ask_stock", product=product, **entities) == [response]


def test_the_number_in_stock_is_the_row_s(chat: Chat) -> None:
    chat.say("ask_stock", product="freerun", option_value="Size 42")
    assert chat.last["count"] == "2"


def test_a_bare_option_after_details_answers_for_that_product(chat: Chat) -> None:
    chat.say("show_details", product="laptop")
    assert chat.say("inform", "13 inch", option_value="13 inch") == ["utter_option_yes"]


def test_a_bare_place_after_a_list_shows_that_product(shoes: Chat) -> None:
    assert shoes.say("inform", "the first", ordinal="1") == ["utter_product_details"]


def test_a_bare_colour_that_several_of_a_list_have_narrows_it_down(shoes: Chat) -> None:
    shoes.say("inform", "black", colour="black")
    assert set(shoes.titles) == {"RunX Running Shoe", "Freerun Running Shoe"}


def test_a_bare_word_with_nothing_before_is_searched(chat: Chat) -> None:
    chat.say("inform", "cactus", product_query="cactus")
    assert chat.titles == ["Spiky Cactus"]


def test_words_that_mean_nothing_are_not_understood(chat: Chat) -> None:
    assert chat.say("inform", "Jane") == ["utter_not_understood"]


def test_two_products_compare_by_facts(chat: Chat) -> None:
    chat.say("compare_products", product=["laptop", "cordless-mouse"])
    assert "Price: from $1,299.00 | $18.99" in chat.last["table"]
    assert "RAM: 8GB, 16GB | not stated" in chat.last["table"]


def test_places_compare(shoes: Chat) -> None:
    shoes.say("compare_products", ordinal=["1", "3"])
    assert shoes.titles == ["RunX Running Shoe", "Freerun Running Shoe"]


def test_it_compares_with_a_named_one(chat: Chat) -> None:
    chat.say("show_details", product="laptop")
    chat.say("compare_products", product="tablet", reference="it")
    assert set(chat.titles) == {"Laptop", "Tablet"}


def test_one_product_cannot_be_compared(chat: Chat) -> None:
    assert chat.say("compare_products", product="laptop") == ["utter_ask_compare"]


def test_a_whole_list_is_compared_where_it_is_short(shoes: Chat) -> None:
    assert shoes.say("compare_products", reference="all") == ["utter_comparison"]


def test_too_many_are_asked_about(chat: Chat) -> None:
    chat.say("search_products", price_max="10000")
    assert chat.say("compare_products", reference="all") == ["utter_compare_fewer"]


def test_a_product_that_left_the_shop_is_told(chat: Chat) -> None:
    assert chat.say("show_details", product="no-such-thing") == ["utter_product_not_found"]


def test_a_bare_description_of_one_shown_shows_it_and_keeps_the_list(shoes: Chat) -> None:
    assert shoes.say("inform", "the blue one", colour="blue") == ["utter_product_details"]
    assert shoes.say("ask_price", ordinal="3") == ["utter_price"]


def test_it_compares_with_a_described_one(shoes: Chat) -> None:
    shoes.say("inform", "the blue one", colour="blue")
    shoes.say("compare_products", reference="it", brand="Nike")
    assert set(shoes.titles) == {"Ultraboost Running Shoe", "Freerun Running Shoe"}


def test_the_price_of_a_version_that_was_settled_on_is_its_own(chat: Chat) -> None:
    chat.say("add_to_cart", product="laptop", option_value=["13 inch", "16GB"])
    chat.say("ask_price", reference="it")
    assert chat.last["price"] == "$2,199.00"
