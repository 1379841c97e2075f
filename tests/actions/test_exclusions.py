"""What a search leaves out: told back, kept over turns, taken back, and replaced by what is asked for after all."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from actions.queries import EVERYTHING, from_state, to_state
from shop.db import reading, writing
from shop.models import Customer, Product
from tests.actions.advisors import AlphabeticalAdvisor
from tests.actions.conftest import Chat, Shelf, signed_in
from tests.actions.test_recommendations import shown

RUNNING = {"Freerun Running Shoe", "RunX Running Shoe", "Ultraboost Running Shoe"}


@pytest.fixture
def advisor(shelf: Shelf) -> AlphabeticalAdvisor:
    shelf.advisor = AlphabeticalAdvisor()
    return shelf.advisor


def excluded(chat: Chat) -> list[str]:
    found: list[str] = chat.slots["search_state"]["filters"]["exclude"]
    return found


def saved(chat: Chat) -> object:
    with reading(chat.services.sessions) as session:
        return session.scalars(select(Customer.profile)).first().get("wishes")


def test_a_search_leaves_out_what_it_is_told_to_and_says_so(chat: Chat) -> None:
    assert chat.say("search_products", product_query="running shoe", exclude="black") == ["utter_found_one"]
    assert chat.titles == ["Ultraboost Running Shoe"]
    assert chat.last["criteria"] == "“running shoe”, without black"


def test_it_is_told_back_in_the_shopper_s_language(chat: Chat) -> None:
    chat.slots["language"] = "zh"
    chat.say("search_products", product_query="running shoe", exclude="皮")
    assert chat.last["criteria"] == "“跑鞋”，不要皮革（以商品说明为准）"
    assert excluded(chat) == ["leather"]


def test_an_exclusion_is_kept_over_turns(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe")
    chat.say("refine_search", exclude="Nike")
    chat.say("refine_search", price_max="90")
    assert chat.titles == ["RunX Running Shoe"]
    chat.say("refine_search", exclude="pink")
    assert excluded(chat) == ["nike", "pink"]
    assert chat.last["criteria"].endswith("without nike, without pink")


def test_a_product_stays_with_another_variant(chat: Chat) -> None:
    chat.say("search_products", category="Furniture", exclude="mustard")
    assert chat.slots["candidate_skus"] == ["CH-MINT"]


def test_the_next_page_keeps_to_it(chat: Chat) -> None:
    chat.say("search_products", price_max="10000", exclude="Apple")
    chat.say("show_more")
    assert not {"Laptop", "Tablet"} & set(chat.titles)
    assert excluded(chat) == ["apple"]


def test_a_new_search_forgets_it(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe", exclude="black")
    chat.say("search_products", product_query="laptop")
    assert excluded(chat) == []
    assert chat.slots["edits"] is None


def test_nothing_left_offers_to_drop_the_exclusion_and_leaves_the_search_as_it_was(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe")
    assert chat.say("refine_search", exclude=["black", "blue"]) == ["utter_found_none_offer"]
    assert chat.last["filter"] == "exclusion"
    assert excluded(chat) == []
    chat.say("deny")
    chat.say("refine_search", price_max="90")
    assert chat.titles == ["RunX Running Shoe"]


def test_a_yes_searches_without_the_exclusion(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe", exclude=["black", "blue"])
    chat.say("affirm")
    assert set(chat.titles) == RUNNING


def test_no_sony_after_a_search_is_about_that_search(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe")
    chat.say("search_products", "no nike", exclude="Nike")
    assert set(chat.titles) == RUNNING - {"Freerun Running Shoe"}


def test_an_exclusion_alone_searches_everything_else(chat: Chat) -> None:
    chat.say("search_products", "no apple", exclude="Apple")
    assert chat.last["total"] == "7"
    assert chat.last["criteria"] == "without apple"


def test_a_bare_answer_narrows_the_search(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe")
    chat.say("inform", "not black", exclude="black")
    assert chat.titles == ["Ultraboost Running Shoe"]


@pytest.mark.parametrize(
    ("excluding", "wanted"),
    [
        ({"exclude": "black"}, {"colour": "black"}),
        ({"exclude": "nike"}, {"brand": "Nike"}),
        ({"exclude": "freerun"}, {"product_query": "freeruns"}),
        ({"exclude": "size 42"}, {"option_value": "Size 42"}),
    ],
    ids=str,
)
def test_what_is_asked_for_after_all_is_no_longer_left_out(
    chat: Chat, excluding: dict[str, Any], wanted: dict[str, Any]
) -> None:
    chat.say("search_products", product_query="running shoe", **excluding)
    assert excluded(chat) == [excluding["exclude"]]
    chat.say("refine_search", **wanted)
    assert excluded(chat) == []
    assert "Freerun Running Shoe" in chat.titles


def test_another_colour_leaves_the_exclusion_as_it_is(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe", exclude="black")
    chat.say("refine_search", colour="blue")
    assert excluded(chat) == ["black"]
    assert chat.titles == ["Ultraboost Running Shoe"]


def test_what_is_left_out_is_no_longer_asked_for(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe", colour="black", brand="Nike")
    chat.say("refine_search", exclude=["black", "Nike"])
    assert chat.titles == ["Ultraboost Running Shoe"]
    chat.say("search_products", product_query="freerun running shoe")
    chat.say("refine_search", exclude="freerun")
    assert chat.slots["search_state"]["text"] == "running shoe"
    assert set(chat.titles) == RUNNING - {"Freerun Running Shoe"}


def test_undo_takes_the_last_exclusion_back_and_searches_again(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe", exclude="nike")
    chat.say("refine_search", exclude="pink")
    assert chat.titles == ["RunX Running Shoe"]
    assert chat.say("undo_adjustment") == ["utter_undone", "utter_found_all"]
    assert chat.messages[0]["what"] == "without pink"
    assert excluded(chat) == ["nike"]
    assert set(chat.titles) == RUNNING - {"Freerun Running Shoe"}
    chat.say("undo_adjustment")
    assert set(chat.titles) == RUNNING
    assert chat.slots["edits"] is None
    assert chat.say("undo_adjustment") == ["utter_nothing_told"]


@pytest.mark.parametrize("word", ["black", "黑色"])
def test_a_named_exclusion_is_taken_back(chat: Chat, word: str) -> None:
    chat.say("search_products", product_query="running shoe", exclude=["black", "mint"])
    chat.say("undo_adjustment", wish_exclude=word)
    assert excluded(chat) == ["mint"]
    assert set(chat.titles) == RUNNING


def test_what_another_search_left_out_is_over(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe", exclude="black")
    chat.say("search_products", product_query="laptop")
    assert chat.say("undo_adjustment", wish_exclude="black") == ["utter_nothing_told"]


def test_what_is_left_out_is_listed_with_a_button_that_takes_it_back(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe", exclude="black")
    chat.say("show_wishes")
    assert "without black" in chat.messages[0]["lines"]
    chat.press(chat.payloads[0])
    assert set(chat.titles) == RUNNING


def test_no_leather_while_a_search_is_looked_at_is_about_that_search(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("search_products", product_query="running shoe")
    said = chat.say("state_wish", "nothing black", lasting=False, wish_exclude="black")
    assert said == ["utter_found_one", "utter_excluded_here"]
    assert excluded(chat) == ["black"]
    assert chat.slots.get("wishes") is None
    chat.press(chat.payloads[-1])
    assert chat.slots["wishes"]["exclude"] == ["black"]


def test_a_wish_for_good_stays_one_while_a_search_is_looked_at(services: Any, advisor: AlphabeticalAdvisor) -> None:
    ada = signed_in(services, "ada")
    ada.say("search_products", product_query="running shoe")
    assert ada.say("state_wish", "i never want black", wish_exclude="black") == ["utter_wish_saved"]
    assert excluded(ada) == []
    assert saved(ada)["exclude"] == ["black"]


def test_no_leather_with_no_search_is_a_wish(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    assert chat.say("state_wish", "no leather", lasting=False, wish_exclude="leather") == ["utter_wish_noted"]
    chat.say("recommend", category="Footwear")
    chat.say("state_wish", "no nike", lasting=False, wish_exclude="nike")
    assert chat.slots["wishes"]["exclude"] == ["leather", "nike"]


def test_a_wish_with_a_size_or_budget_is_never_about_a_search(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe")
    assert chat.say("state_wish", lasting=False, wish_exclude="black", price_max="50") == ["utter_wish_noted"]


def test_where_nothing_would_be_left_no_exclusion_is_claimed(chat: Chat) -> None:
    chat.say("search_products", product_query="laptop", brand="Apple")
    said = chat.say("state_wish", lasting=False, wish_exclude="computers")
    assert said == ["utter_found_none_offer"]
    assert excluded(chat) == []


def test_recommendations_keep_to_it(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("recommend", category="Footwear", exclude="black")
    assert shown(chat) == ["Ultraboost Running Shoe"]
    assert "without black" in chat.messages[0]["criteria"]
    chat.say("recommend", category="Furniture", exclude="mint")
    assert chat.slots["candidate_skus"] == ["CH-MUSTARD"]


def test_a_recommended_list_is_narrowed_down_and_widened_again(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("recommend", category="Footwear")
    chat.say("refine_search", exclude="Adidas")
    assert shown(chat) == ["Freerun Running Shoe"]
    chat.say("undo_adjustment")
    assert set(shown(chat)) == RUNNING
    assert chat.say("refine_search", exclude="shoe")[0] == "utter_no_recommendation"


def test_what_is_similar_may_be_left_out_too(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("ask_similar", product="ultraboost", exclude="nike")
    assert "Freerun Running Shoe" not in shown(chat)
    assert "RunX Running Shoe" in shown(chat)


def test_words_said_back_are_cleaned_and_few(chat: Chat) -> None:
    chat.say(
        "search_products", product_query="running shoe", exclude=["<script>alert(1)</script>", "'; DROP TABLE products"]
    )
    assert "<" not in chat.last["criteria"]
    with reading(chat.services.sessions) as session:
        assert len(session.scalars(select(Product.id)).all()) == 9
    chat.say("search_products", product_query="running shoe", exclude=[f"word{number}" for number in range(200)])
    assert len(excluded(chat)) == 20
    assert set(chat.titles) == RUNNING


def test_two_exclusions_that_say_the_same_are_one(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe", exclude=["Leather", "皮革", "leather"])
    assert excluded(chat) == ["leather"]


def test_a_search_survives_its_slot(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe", exclude="black", price_max="90")
    query = from_state(chat.slots["search_state"])
    assert query.filters.exclude == ("black",)
    assert to_state(query) == chat.slots["search_state"]


def test_a_search_of_before_there_were_exclusions_is_read() -> None:
    state = to_state(EVERYTHING)
    del state["filters"]["exclude"]
    assert from_state(state) == EVERYTHING


def test_an_exclusion_counts_as_of_the_moment(chat: Chat) -> None:
    chat.say("search_products", product_query="running shoe", exclude="leather")
    with writing(chat.services.sessions) as session:
        session.scalars(select(Product).where(Product.slug == "runx")).one().description = "Made of leather."
    chat.services.search.refresh()
    chat.say("sort_results", sort="price_asc")
    assert chat.titles == ["Ultraboost Running Shoe", "Freerun Running Shoe"]
