from __future__ import annotations

import pytest
from sqlalchemy import select

from shop.db import writing
from shop.models import Variant, VariantOption
from tests.actions.conftest import Chat


def test_a_search_shows_cards_and_the_same_as_lines(chat: Chat) -> None:
    assert chat.say("search_products", product_query="running shoe") == ["utter_found_all"]
    assert set(chat.titles) == {"Freerun Running Shoe", "RunX Running Shoe", "Ultraboost Running Shoe"}
    assert all(title in chat.last["listing"] for title in chat.titles)


def test_a_price_limit_holds(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe", price_max="100")
    assert set(chat.titles) == {"RunX Running Shoe", "Ultraboost Running Shoe"}


def test_refinements_add_up_over_turns(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe")
    chat.say("refine_search", price_max="100")
    chat.say("refine_search", colour="black")
    assert chat.titles == ["RunX Running Shoe"]
    assert "“running shoe”, black, up to 100" in chat.last["criteria"]


def test_a_new_search_forgets_the_one_before(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe", price_max="100")
    chat.say("search_products", product_query="laptop")
    assert chat.titles[0] == "Laptop"


def test_cheaper_means_less_than_the_middle_one_shown(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe")
    chat.say("refine_search", price_direction="lower")
    assert chat.titles == ["RunX Running Shoe"]


def test_cheaper_after_details_means_less_than_that_product(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe")
    chat.say("show_details", product="freerun")
    chat.say("refine_search", price_direction="lower")
    assert set(chat.titles) == {"RunX Running Shoe", "Ultraboost Running Shoe"}


def test_cheaper_with_no_search_stays_in_the_category_of_what_was_spoken_of(chat: Chat) -> None:
    chat.say("show_details", product="freerun")
    chat.say("refine_search", price_direction="lower")
    assert set(chat.titles) == {"RunX Running Shoe", "Ultraboost Running Shoe"}


def test_sorting_keeps_the_search(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe")
    chat.say("sort_results", sort="price_asc")
    assert chat.titles == ["RunX Running Shoe", "Ultraboost Running Shoe", "Freerun Running Shoe"]


def test_sorting_by_name_what_is_shown_keeps_the_search(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe", price_max="100")
    shown = set(chat.titles)
    chat.say("sort_results", product_query="shoes", sort="price_asc")
    assert set(chat.titles) == shown


def test_goods_that_are_named_with_an_order_are_searched_for_in_it(chat: Chat) -> None:
    chat.say("search_products", product_query="laptop")
    chat.say("sort_results", product_query="running shoes", sort="price_asc")
    assert chat.titles == ["RunX Running Shoe", "Ultraboost Running Shoe", "Freerun Running Shoe"]
    chat.say("recommend", product_query="laptop")
    chat.say("sort_results", product_query="running shoes", sort="price_desc")
    assert chat.titles == ["Freerun Running Shoe", "Ultraboost Running Shoe", "RunX Running Shoe"]


def test_sorting_nothing_says_so(chat: Chat) -> None:
    assert chat.say("sort_results", sort="price_asc") == ["utter_nothing_to_sort"]


def test_sorting_without_an_order_offers_orders(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe")
    assert chat.say("sort_results") == ["utter_ask_sort"]
    chat.press(chat.payloads[0])
    assert chat.titles[0] == "RunX Running Shoe"


def test_more_shows_the_next_page_until_there_is_none(chat: Chat) -> None:
    chat.say("search_products", price_max="10000")
    first = chat.titles
    assert len(first) == 5
    assert chat.say("show_more") == ["utter_found_next"]
    assert not set(first) & set(chat.titles)
    assert chat.say("show_more") == ["utter_no_more"]
    assert chat.say("show_more") == ["utter_no_more"]


def test_more_of_nothing_says_so(chat: Chat) -> None:
    assert chat.say("show_more") == ["utter_nothing_to_continue"]


def test_no_hit_offers_to_drop_the_tightest_filter_and_yes_does_it(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe", price_max="1")
    assert chat.last["response"] == "utter_found_none_offer"
    assert chat.last["filter"] == "price limit"
    chat.say("affirm")
    assert len(chat.titles) == 3


def test_no_hit_and_no_filter_is_admitted(chat: Chat) -> None:
    assert chat.say("search_products", product_query="zxqv") == ["utter_found_none"]


def test_a_refinement_without_hits_leaves_the_search_as_it_was(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe")
    chat.say("refine_search", colour="mint")
    chat.say("deny")
    chat.say("refine_search", brand="Nike")
    assert chat.titles == ["Freerun Running Shoe"]


def test_an_empty_search_asks_and_names_categories(chat: Chat) -> None:
    assert chat.say("search_products") == ["utter_ask_what"]
    chat.press(next(one for one in chat.payloads if "Plants" in one))
    assert set(chat.titles) == {"Spiky Cactus", "Orchid"}


@pytest.mark.parametrize("price", ["-5", "NaN", "1e999999", "abc", "99999999999999999999"])
def test_a_price_that_is_none_is_no_filter(chat: Chat, price: str) -> None:
    assert chat.say("search_products", product_query="laptop", price_max=price)[0].startswith("utter_found")


def test_words_said_back_are_cut_and_cleaned(chat: Chat) -> None:
    chat.say("search_products", product_query="<script>alert(1)</script>" + "long " * 100)
    assert "<" not in chat.last["criteria"]
    assert len(chat.last["criteria"]) < 70


def test_a_mistyped_name_that_was_understood_is_searched_for(chat: Chat) -> None:
    said = chat.say("search_products", "lptop", product="laptop", product_query="lptqzp")
    assert said == ["utter_corrected", "utter_found_one"]
    assert chat.titles == ["Laptop"]


def test_a_message_that_was_not_understood_still_narrows_down_by_what_was(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe")
    chat.say("nlu_fallback", "from nike hm", brand="Nike", product_query="from hm")
    assert chat.titles == ["Freerun Running Shoe"]


def test_a_message_that_was_not_understood_finds_the_product_it_names(chat: Chat) -> None:
    chat.say("nlu_fallback", "blah cactus", product="cactus", product_query="blah cactus")
    assert "Spiky Cactus" in chat.titles


def test_cheaper_of_two_leaves_the_cheaper_one(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe", brand="Adidas")
    chat.say("refine_search", price_direction="lower")
    assert chat.titles == ["RunX Running Shoe"]


def test_the_second_cheapest_is_one_thing_and_no_order(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe")
    assert chat.say("sort_results", "the second cheapest", ordinal="2", sort="price_asc") == ["utter_product_details"]
    assert chat.last["name"] == "Ultraboost Running Shoe"


def test_a_size_that_nothing_has_is_a_filter_and_not_a_word(chat: Chat) -> None:
    said = chat.say("search_products", product_query="running shoe", option_value="Size 43", option_name="size")
    assert said == ["utter_found_none_offer"]
    assert chat.last["filter"] == "size or version"


def test_a_new_size_takes_the_place_of_one_that_nothing_has(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe", option_value="Size 43")
    chat.say("refine_search", option_value="Size 42")
    assert set(chat.titles) == {"Freerun Running Shoe", "RunX Running Shoe"}
    assert "43" not in chat.last["criteria"]


def test_a_value_that_several_options_have_filters_whatever_the_option_is_called(chat: Chat) -> None:
    with writing(chat.services.sessions) as session:
        mouse = session.scalars(select(Variant).where(Variant.sku == "MOUSE")).one()
        mouse.options = [VariantOption(name="memory", value="8GB", position=0)]
    chat.say("search_products", category="Computers", option_value="8GB")
    assert set(chat.titles) == {"Laptop", "Wireless Optical Mouse"}
    chat.say("refine_search", option_value="8GB", option_name="RAM")
    assert chat.titles == ["Laptop"]


def test_of_two_orders_the_last_one_counts(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe")
    chat.say("sort_results", sort=["price_asc", "price_desc"])
    assert chat.titles == ["Freerun Running Shoe", "Ultraboost Running Shoe", "RunX Running Shoe"]


def test_there_is_no_more_of_a_search_that_found_nothing(chat: Chat) -> None:
    assert chat.say("search_products", product_query="running shoe", price_max="1") == ["utter_found_none_offer"]
    assert chat.say("show_more") == ["utter_ask_what"]


@pytest.mark.parametrize("intent", ["search_products", "nlu_fallback"])
def test_an_article_number_shows_its_product(chat: Chat, intent: str) -> None:
    assert chat.say(intent, "do you have sku MOUSE", sku="MOUSE") == ["utter_product_details"]
    assert chat.titles == ["Wireless Optical Mouse"]
    assert chat.say(intent, "do you have sku L2299999", sku="L2299999") == ["utter_sku_not_found"]


def test_words_beside_a_limit_are_looked_for_where_they_find_something(chat: Chat) -> None:
    chat.say("nlu_fallback", "not more than 100 on shoes", product_query="running shoe", price_max="100")
    assert chat.slots["search_state"]["text"] == "running shoe"
    chat.say("nlu_fallback", "flurbs above 1", product_query="flurbs", price_min="1")
    assert "flurbs" not in chat.slots["search_state"]["text"]
