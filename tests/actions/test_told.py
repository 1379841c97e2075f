from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from shop.db import reading, writing
from shop.models import Customer, Product, Variant
from tests.actions.advisors import AlphabeticalAdvisor
from tests.actions.conftest import Chat, Shelf, signed_in
from tests.actions.test_recommendations import shown


@pytest.fixture
def advisor(shelf: Shelf) -> AlphabeticalAdvisor:
    shelf.advisor = AlphabeticalAdvisor()
    return shelf.advisor


@pytest.fixture
def ada(services: Any, advisor: AlphabeticalAdvisor) -> Chat:
    return signed_in(services, "ada")


def saved(chat: Chat) -> dict[str, Any] | None:
    with reading(chat.services.sessions) as session:
        found: dict[str, Any] | None = session.scalars(select(Customer.profile)).first().get("wishes")
        return found


def make_leather(chat: Chat, slug: str) -> None:
    with writing(chat.services.sessions) as session:
        session.scalars(select(Product).where(Product.slug == slug)).one().description = "Made of leather."
    chat.services.search.refresh()


def test_a_guest_s_wish_holds_in_the_conversation(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    make_leather(chat, "cafe-chair")
    assert chat.say("state_wish", wish_exclude="leather") == ["utter_wish_noted"]
    assert chat.last["wish"] == "no leather"
    chat.say("recommend")
    assert "Modern Cafe Chair" not in shown(chat)
    assert "no leather" in chat.messages[0]["criteria"]
    assert saved(chat) is None


def test_a_wish_shows_the_list_again_without_what_breaks_it(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("recommend", category="Computers")
    assert chat.say("state_wish", price_max="400") == ["utter_wish_noted", "utter_popular"]
    assert shown(chat) == ["Wireless Optical Mouse", "Tablet"]


def test_a_customer_s_wishes_are_saved_and_loaded_in_the_next_conversation(ada: Chat) -> None:
    assert ada.say("state_wish", price_max="100") == ["utter_wish_saved"]
    assert saved(ada)["price_max"] == "100"
    again = signed_in(ada.services, "ada", "web-2")
    again.say("recommend", category="Computers")
    assert shown(again) == ["Wireless Optical Mouse"]
    assert again.slots["wishes"]["price_max"] == "100"


def test_a_size_shows_the_variant_that_fits(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("state_wish", "i wear size 42", size="42")
    chat.say("recommend", category="Footwear")
    assert shown(chat) == ["Freerun Running Shoe", "RunX Running Shoe"]
    assert chat.slots["candidate_skus"] == ["FR-42", "RX-42"]
    with writing(chat.services.sessions) as session:
        session.scalars(select(Variant).where(Variant.sku == "FR-42")).one().stock = 0
    chat.say("recommend", category="Footwear", price_min="1")
    assert shown(chat) == ["RunX Running Shoe"]


def test_several_wishes_in_one_message(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("state_wish", wish_exclude=["leather", "fur"], price_max="50")
    assert chat.last["wish"] == "no leather, no fur, and nothing over 50"


def test_a_brand_can_be_unwished(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("state_wish", "no nike", brand="Nike")
    chat.say("recommend", category="Footwear")
    assert shown(chat) == ["RunX Running Shoe", "Ultraboost Running Shoe"]


def test_a_wish_that_says_nothing_is_asked_about(chat: Chat) -> None:
    assert chat.say("state_wish") == ["utter_ask_wish"]


def test_the_last_wish_is_undone_and_the_budget_before_it_holds_again(ada: Chat) -> None:
    ada.say("state_wish", price_max="100")
    ada.say("state_wish", price_max="50")
    assert ada.say("undo_adjustment") == ["utter_undone"]
    assert saved(ada)["price_max"] == "100"
    ada.say("undo_adjustment")
    assert saved(ada) is None


def test_a_budget_that_is_forgotten_by_name_brings_none_before_it_back(ada: Chat) -> None:
    ada.say("state_wish", price_max="100")
    ada.say("state_wish", price_max="50")
    ada.say("state_wish", price_max="50")
    assert ada.say("undo_adjustment", "forget my budget", aspect="price") == ["utter_undone"]
    assert saved(ada) is None


def test_wishes_and_arguments_are_listed_and_each_can_be_taken_back(ada: Chat) -> None:
    ada.say("state_wish", wish_exclude="leather")
    ada.say("state_wish", size="42")
    ada.say("adjust_recommendations", aspect="brand", adjustment="ignore")
    assert ada.say("show_wishes") == ["utter_told"]
    assert ada.last["lines"].splitlines() == ["- no leather", "- your size: 42", "- the brand doesn't count"]
    assert ada.last["buttons"][0]["title"] == "Undo: no leather"
    for payload in ada.payloads:
        assert ada.press(payload)[0] == "utter_undone"
    assert ada.say("show_wishes") == ["utter_nothing_told"]
    assert saved(ada) is None


def test_what_was_done_is_told_to_count_too_until_it_does_not(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("show_details", product="tablet")
    assert chat.say("show_wishes") == ["utter_nothing_told", "utter_told_history"]
    chat.say("adjust_recommendations", aspect="history")
    assert chat.say("show_wishes") == ["utter_told"]


def test_of_cheaper_and_cheaper_again_the_last_one_is_told(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("recommend")
    for _ in range(2):
        chat.say("refine_search", price_direction="lower")
    assert chat.say("show_wishes") == ["utter_told"]
    assert chat.last["lines"].count("cheaper") == 1


def test_a_wish_of_another_day_is_taken_back_by_its_name_only(ada: Chat) -> None:
    ada.say("state_wish", wish_exclude="leather")
    again = signed_in(ada.services, "ada", "web-2")
    assert again.say("undo_adjustment", "undo that") == ["utter_nothing_to_undo"]
    assert again.last["lines"] == "- no leather"
    assert again.say("undo_adjustment", "leather is fine", wish_exclude="leather") == ["utter_undone"]
    assert saved(ada) is None


@pytest.mark.parametrize(
    ("wish", "forgotten"),
    [
        pytest.param({"price_max": "100"}, {"aspect": "price"}, id="my budget"),
        pytest.param({"size": "42"}, {"aspect": "size"}, id="my size"),
        pytest.param({"wish_exclude": "leather"}, {"adjustment": "all"}, id="everything"),
    ],
)
def test_a_wish_is_forgotten_by_its_kind(ada: Chat, wish: dict[str, str], forgotten: dict[str, str]) -> None:
    ada.say("state_wish", **wish)
    assert ada.say("undo_adjustment", **forgotten) == ["utter_undone"]
    assert saved(ada) is None


def test_undoing_nothing_says_so(chat: Chat) -> None:
    assert chat.say("undo_adjustment") == ["utter_nothing_told"]


def test_what_was_never_told_is_not_undone(ada: Chat) -> None:
    ada.say("state_wish", price_max="100")
    assert ada.say("undo_adjustment", "wool is fine", wish_exclude="wool") == ["utter_nothing_to_undo"]
    assert saved(ada)["price_max"] == "100"


def test_what_a_guest_wished_is_saved_once_they_sign_in(chat: Chat, ada: Chat) -> None:
    ada.say("state_wish", size="42")
    chat.say("state_wish", wish_exclude="leather")
    chat.metadata = ada.metadata
    chat.say("recommend")
    assert (saved(chat)["exclude"], saved(chat)["sizes"]) == (["leather"], ["42"])


def test_a_customer_s_wishes_are_not_the_next_person_s(ada: Chat) -> None:
    ada.say("state_wish", price_max="20")
    ada.metadata = {}
    ada.say("recommend", category="Computers")
    assert len(shown(ada)) == 3


def test_wishes_that_leave_nothing_are_told_as_the_reason(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("state_wish", price_max="1")
    assert chat.say("recommend") == ["utter_no_recommendation"]
    assert "up to 1" in chat.last["criteria"]
    assert chat.press(chat.payloads[0]) == ["utter_told"]


@pytest.mark.parametrize("price", ["-5", "NaN", "abc", "1e999999"])
def test_a_budget_that_is_none_is_no_wish(chat: Chat, price: str) -> None:
    assert chat.say("state_wish", price_max=price) == ["utter_ask_wish"]


def test_words_of_a_wish_are_cleaned_before_they_are_said_back(chat: Chat) -> None:
    chat.say("state_wish", wish_exclude="<b>{leather}" + "x" * 300)
    assert "<" not in chat.last["wish"]
    assert len(chat.last["wish"]) < 70
