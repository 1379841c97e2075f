from __future__ import annotations

import pytest

from shop.carts import CartView, view_cart
from shop.db import reading
from shop.shoppers import Shopper
from tests.actions.conftest import Chat


def cart(chat: Chat) -> CartView:
    with reading(chat.services.sessions) as session:
        return view_cart(session, Shopper(chat.sender_id))


def lines(chat: Chat) -> dict[str, int]:
    return {line.sku: line.quantity for line in cart(chat).lines}


def test_a_product_with_one_version_is_added_at_once(chat: Chat) -> None:
    assert chat.say("add_to_cart", product="cordless-mouse") == ["utter_added_to_cart"]
    assert lines(chat) == {"MOUSE": 1}


def test_a_quantity_word_counts(chat: Chat) -> None:
    chat.say("add_to_cart", product="cordless-mouse", quantity="2")
    assert lines(chat) == {"MOUSE": 2}


def test_missing_options_are_asked_one_after_the_other(chat: Chat) -> None:
    assert chat.say("add_to_cart", product="laptop") == ["utter_ask_option"]
    assert chat.last["option"] == "screen size"
    assert chat.say("inform", "13 inch", option_value="13 inch") == ["utter_ask_option"]
    assert chat.last["option"] == "RAM"
    assert chat.say("inform", "16GB", option_value="16GB") == ["utter_added_to_cart"]
    assert lines(chat) == {"L13-16": 1}


def test_options_that_were_said_are_not_asked(chat: Chat) -> None:
    chat.say("add_to_cart", product="laptop", option_value=["15 inch", "16GB"], quantity="2")
    assert lines(chat) == {"L15-16": 2}


def test_both_options_may_be_answered_at_once(chat: Chat) -> None:
    chat.say("add_to_cart", product="laptop", quantity="2")
    chat.say("inform", "13 inch with 16GB", option_value=["13 inch", "16GB"])
    assert lines(chat) == {"L13-16": 2}


@pytest.mark.parametrize(
    ("intent", "text", "entities"),
    [
        ("inform", "Size 42", {"option_value": "Size 42"}),
        ("inform", "42", {}),
        ("change_quantity", "42", {"quantity": "42"}),
        ("nlu_fallback", "42 please", {"option_value": "Size 42"}),
        ("out_of_scope", "size 42", {}),
        ("inform", "the second one", {"ordinal": "2"}),
        ("search_products", "size 42", {"option_value": "Size 42"}),
        ("affirm", "yes size 42", {}),
        ("inform", "42 then", {"option_value": "Size 42", "quantity": "42"}),
    ],
)
def test_an_answer_counts_however_its_intent_was_read(
    chat: Chat, intent: str, text: str, entities: dict[str, str]
) -> None:
    chat.say("add_to_cart", product="freerun")
    chat.say(intent, text, **entities)
    assert lines(chat) == {"FR-42": 1}


def test_a_button_answers(chat: Chat) -> None:
    chat.say("add_to_cart", product="freerun")
    chat.press(chat.payloads[0])
    assert lines(chat) == {"FR-40": 1}


def test_a_value_that_is_not_there_is_told_and_the_question_stays(chat: Chat) -> None:
    chat.say("add_to_cart", product="freerun")
    assert chat.say("inform", "size 99") == ["utter_no_such_value"]
    chat.say("inform", "40")
    assert lines(chat) == {"FR-40": 1}


def test_a_plain_yes_does_not_choose(chat: Chat) -> None:
    chat.say("add_to_cart", product="freerun")
    assert chat.say("affirm", "yes") == ["utter_yes_is_not_enough"]
    assert lines(chat) == {}
    chat.say("inform", "40")
    assert lines(chat) == {"FR-40": 1}


def test_an_option_that_is_not_there_adds_nothing(chat: Chat) -> None:
    assert chat.say("add_to_cart", product="laptop", option_value="17 inch") == ["utter_no_such_value"]
    assert "13 inch, 15 inch" in chat.last["lines"]
    assert lines(chat) == {}


def test_a_colour_that_is_stated_for_the_product_does_no_harm(chat: Chat) -> None:
    chat.say("add_to_cart", product="freerun", colour="black", option_value="Size 40")
    assert lines(chat) == {"FR-40": 1}


def test_a_version_that_is_sold_out_is_told(chat: Chat) -> None:
    assert chat.say("add_to_cart", product="laptop", option_value=["15 inch", "8GB"]) == ["utter_out_of_stock"]


def test_a_version_whose_rest_is_sold_out_is_still_asked_about(chat: Chat) -> None:
    assert chat.say("add_to_cart", product="laptop", option_value="15 inch") == ["utter_ask_option"]
    assert chat.last["values"] == "16GB"


def test_the_size_searched_for_need_not_be_said_again(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe", option_value="Size 42", sort="price_asc")
    chat.say("add_to_cart", ordinal="1")
    assert lines(chat) == {"RX-42": 1}


def test_another_question_drops_the_waiting_one(chat: Chat) -> None:
    chat.say("add_to_cart", product="freerun")
    chat.say("show_details", product="cactus")
    chat.say("inform", "40")
    assert lines(chat) == {}


def test_a_policy_question_in_between_does_not(chat: Chat) -> None:
    chat.say("add_to_cart", product="freerun")
    chat.say("ask_policy", "how long does delivery take?")
    chat.say("inform", "40")
    assert lines(chat) == {"FR-40": 1}


@pytest.mark.parametrize("quantity", ["0", "-1", "1000000000", "100"])
def test_a_quantity_that_cannot_be_is_answered_clearly(chat: Chat, quantity: str) -> None:
    for product in ("cordless-mouse", "freerun"):
        assert chat.say("add_to_cart", product=product, quantity=quantity) == ["utter_invalid_quantity"]
    assert lines(chat) == {}


def test_more_than_there_are_offers_what_there_is_and_yes_takes_it(chat: Chat) -> None:
    assert chat.say("add_to_cart", product="cactus", quantity="9") == ["utter_fewer_in_stock"]
    assert chat.last["rest"] == "5"
    assert lines(chat) == {}
    chat.say("affirm")
    assert lines(chat) == {"CACTUS": 5}
    assert chat.say("add_to_cart", product="cactus") == ["utter_all_in_cart"]


def test_an_unknown_sku_from_a_button_is_not_believed(chat: Chat) -> None:
    assert chat.press('/add_to_cart{"sku": "x\' OR 1=1 --<b>"}') == ["utter_sku_not_found"]
    assert "<" not in chat.last["sku"]


@pytest.mark.parametrize("sku", [["a", "b"], {"$ne": 1}, None, True, "x" * 5000, "", "\x00"])
def test_nonsense_from_a_button_does_no_harm(chat: Chat, sku: object) -> None:
    chat.say("add_to_cart", "/add_to_cart", sku=sku)
    assert lines(chat) == {}


def test_a_sku_in_lower_case_is_the_same(chat: Chat) -> None:
    chat.press('/add_to_cart{"sku": "l13-16"}')
    assert lines(chat) == {"L13-16": 1}


def test_add_it_after_nothing_asks_and_the_answer_completes_with_the_quantity(chat: Chat) -> None:
    assert chat.say("add_to_cart", "add two of it", reference="it", quantity="2") == ["utter_ask_which_product"]
    chat.say("inform", "the mouse", product="cordless-mouse")
    assert lines(chat) == {"MOUSE": 2}


def test_the_cart_is_shown_with_lines_and_total(chat: Chat) -> None:
    chat.say("add_to_cart", product="cordless-mouse", quantity="2")
    chat.say("add_to_cart", product="laptop", option_value=["13 inch", "8GB"])
    assert chat.say("view_cart") == ["utter_cart"]
    assert chat.last["lines"].splitlines() == [
        "1. Wireless Optical Mouse: 2 × $18.99 = $37.98",
        "2. Laptop 13 inch 8GB: 1 × $1,299.00 = $1,299.00",
    ]
    assert chat.last["subtotal"] == "$1,336.98"


@pytest.mark.parametrize("intent", ["view_cart", "clear_cart", "change_quantity", "remove_from_cart", "check_out"])
def test_an_empty_cart_is_told(chat: Chat, intent: str) -> None:
    assert chat.say(intent) == ["utter_cart_is_empty"]


@pytest.fixture
def filled(chat: Chat) -> Chat:
    chat.say("add_to_cart", product="cordless-mouse", quantity="2")
    chat.say("add_to_cart", product="cactus")
    chat.say("view_cart")
    return chat


def test_a_quantity_is_changed_by_place(filled: Chat) -> None:
    assert filled.say("change_quantity", ordinal="2", quantity="3") == ["utter_quantity_changed"]
    assert lines(filled) == {"MOUSE": 2, "CACTUS": 3}


def test_a_quantity_is_changed_by_name(filled: Chat) -> None:
    filled.say("change_quantity", product="cordless-mouse", quantity="5")
    assert lines(filled)["MOUSE"] == 5


def test_make_it_two_means_what_was_just_added(chat: Chat) -> None:
    chat.say("add_to_cart", product="cordless-mouse")
    chat.say("add_to_cart", product="cactus")
    chat.say("change_quantity", reference="it", quantity="2")
    assert lines(chat) == {"MOUSE": 1, "CACTUS": 2}


def test_an_unclear_line_is_asked_about_and_the_quantity_kept(filled: Chat) -> None:
    assert filled.say("change_quantity", reference="it", quantity="4") == ["utter_ask_which"]
    filled.say("inform", "the cactus", product="cactus")
    assert lines(filled) == {"MOUSE": 2, "CACTUS": 4}


def test_a_missing_quantity_is_asked_for(filled: Chat) -> None:
    assert filled.say("change_quantity", product="cactus") == ["utter_ask_quantity"]
    filled.say("inform", "4")
    assert lines(filled)["CACTUS"] == 4


@pytest.mark.parametrize("quantity", ["0", "-1", "1000000000"])
def test_a_change_to_a_quantity_that_cannot_be_changes_nothing(filled: Chat, quantity: str) -> None:
    assert filled.say("change_quantity", product="cactus", quantity=quantity) == ["utter_invalid_quantity"]
    assert lines(filled)["CACTUS"] == 1


def test_a_change_beyond_stock_says_how_many_there_are(filled: Chat) -> None:
    assert filled.say("change_quantity", product="cactus", quantity="50") == ["utter_not_enough_stock"]
    assert filled.last["available"] == "5"


@pytest.mark.parametrize("entities", [{"product": "cactus"}, {"ordinal": "2"}, {"ordinal": "-1"}, {"sku": "CACTUS"}])
def test_a_line_is_removed(filled: Chat, entities: dict[str, str]) -> None:
    assert filled.say("remove_from_cart", **entities) == ["utter_removed_from_cart"]
    assert lines(filled) == {"MOUSE": 2}


def test_what_is_not_in_the_cart_cannot_be_removed(filled: Chat) -> None:
    assert filled.say("remove_from_cart", product="laptop") == ["utter_not_in_cart"]


def test_two_versions_of_a_product_are_told_apart(chat: Chat) -> None:
    chat.say("add_to_cart", product="freerun", option_value="Size 40")
    chat.say("add_to_cart", product="freerun", option_value="Size 42")
    assert chat.say("remove_from_cart", product="freerun") == ["utter_ask_which"]
    chat.press(chat.payloads[1])
    assert lines(chat) == {"FR-40": 1}
    assert chat.say("remove_from_cart", product="freerun", option_value="Size 40") == ["utter_removed_last"]


def test_emptying_the_cart_needs_a_yes(filled: Chat) -> None:
    assert filled.say("clear_cart") == ["utter_ask_clear_cart"]
    assert len(lines(filled)) == 2
    assert filled.say("affirm") == ["utter_cart_cleared"]
    assert lines(filled) == {}


def test_a_no_keeps_the_cart(filled: Chat) -> None:
    filled.say("clear_cart")
    assert filled.say("deny") == ["utter_cart_kept"]
    filled.say("affirm")
    assert len(lines(filled)) == 2


def test_a_yes_long_after_the_question_empties_nothing(filled: Chat) -> None:
    filled.say("clear_cart")
    filled.say("search_products", product_query="laptop")
    filled.say("affirm")
    assert len(lines(filled)) == 2


def test_it_after_adding_is_that_very_version(chat: Chat) -> None:
    chat.say("add_to_cart", product="laptop", option_value=["13 inch", "16GB"])
    chat.say("add_to_cart", "add it again", reference="it")
    assert lines(chat) == {"L13-16": 2}


def test_it_after_a_yes_to_a_version_is_that_very_version(chat: Chat) -> None:
    chat.say("ask_option", product="laptop", option_value=["13 inch", "16GB"])
    chat.say("add_to_cart", "add that", reference="that")
    assert lines(chat) == {"L13-16": 1}


def test_it_after_looking_at_the_product_is_no_version(chat: Chat) -> None:
    chat.say("add_to_cart", product="laptop", option_value=["13 inch", "16GB"])
    chat.say("show_details", product="laptop")
    assert chat.say("add_to_cart", reference="it") == ["utter_ask_option"]


def test_another_version_of_it_is_another_version(chat: Chat) -> None:
    chat.say("add_to_cart", product="laptop", option_value=["13 inch", "16GB"])
    chat.say("add_to_cart", reference="it", option_value=["15 inch", "16GB"])
    assert lines(chat) == {"L13-16": 1, "L15-16": 1}


def test_two_names_are_both_added_and_what_is_open_is_asked(chat: Chat) -> None:
    said = chat.say("add_to_cart", product=["cordless-mouse", "freerun"])
    assert said == ["utter_added_to_cart", "utter_ask_option"]
    chat.say("inform", "42")
    assert lines(chat) == {"MOUSE": 1, "FR-42": 1}


def test_of_two_open_ones_the_second_is_asked_after_the_first(chat: Chat) -> None:
    assert chat.say("add_to_cart", product=["laptop", "freerun"]) == ["utter_ask_option", "utter_added_later"]
    chat.say("inform", "13 inch", option_value="13 inch")
    assert chat.say("inform", "16GB", option_value="16GB") == ["utter_added_to_cart", "utter_ask_option"]
    chat.say("inform", "42")
    assert lines(chat) == {"L13-16": 1, "FR-42": 1}


def test_both_adds_both(chat: Chat) -> None:
    chat.say("search_products", category="Plants")
    chat.say("add_to_cart", reference="both")
    assert {one["response"] for one in chat.messages} == {"utter_added_to_cart", "utter_out_of_stock"}
    assert lines(chat) == {"CACTUS": 1}


def test_both_of_one_is_not_guessed(chat: Chat) -> None:
    chat.say("search_products", product_query="cactus")
    assert chat.say("add_to_cart", reference="both") == ["utter_no_such_place"]


def test_removing_one_of_several_pieces_leaves_the_rest(filled: Chat) -> None:
    assert filled.say("remove_from_cart", "remove one mouse", product="cordless-mouse", quantity="1") == [
        "utter_quantity_changed"
    ]
    assert lines(filled)["MOUSE"] == 1
    assert filled.say("remove_from_cart", "remove one mouse", product="cordless-mouse", quantity="1") == [
        "utter_removed_from_cart"
    ]


def test_an_option_s_name_among_the_words_does_not_lead_away(chat: Chat) -> None:
    chat.say("show_details", product="laptop")
    chat.say("add_to_cart", option_value=["15 inch", "16GB"], product_query="ram")
    assert lines(chat) == {"L15-16": 1}


def test_of_two_skus_of_one_product_none_is_guessed(chat: Chat) -> None:
    assert chat.press('/add_to_cart{"sku": ["T-32", "T-128"]}') == ["utter_ask_option"]
    assert chat.press('/add_to_cart{"sku": ["T-32", "T-128"], "option_value": "64GB"}') == ["utter_no_such_value"]
    assert chat.say("view_cart") == ["utter_cart_is_empty"]


def test_a_number_after_a_price_is_offered_and_not_added_unasked(chat: Chat) -> None:
    chat.say("ask_price", product="cordless-mouse")
    assert chat.say("inform", "two please", quantity="2", ordinal="2") == ["utter_ask_add"]
    assert chat.say("view_cart") == ["utter_cart_is_empty"]
    assert chat.say("affirm") == ["utter_added_to_cart"]
    assert chat.last["quantity"] == "2"


def test_a_number_after_a_list_is_a_place_in_it(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe")
    assert chat.say("inform", "2", quantity="2", ordinal="2") == ["utter_product_details"]
