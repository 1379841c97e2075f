from __future__ import annotations

import pytest

from recsys.edits import Edits
from shop.db import writing
from tests.actions.advisors import AlphabeticalAdvisor
from tests.actions.conftest import Chat, Shelf
from tests.actions.test_recommendations import card_button, interactions, look_at, shown


@pytest.fixture
def advisor(shelf: Shelf) -> AlphabeticalAdvisor:
    shelf.advisor = AlphabeticalAdvisor()
    return shelf.advisor


@pytest.fixture
def argued(chat: Chat, advisor: AlphabeticalAdvisor) -> Chat:
    """Who has looked at a tablet, and is shown cactus, cafe-chair, cordless-mouse, freerun and laptop."""
    look_at(chat, "tablet")
    chat.say("recommend")
    return chat


def steps(chat: Chat) -> list[tuple[str, str]]:
    return [(step["kind"], step["value"]) for step in (chat.slots["edits"] or {"steps": []})["steps"]]


def test_the_brand_is_ignored_and_the_list_shown_again(argued: Chat, advisor: AlphabeticalAdvisor) -> None:
    assert argued.say("adjust_recommendations", aspect="brand", adjustment="ignore") == [
        "utter_adjusted",
        "utter_recommended",
    ]
    assert argued.messages[0]["change"] == "the brand doesn't count"
    assert advisor.profile.edits == Edits(ignore=frozenset({"brand"}))
    assert "Undo that" in [one["title"] for one in argued.last["buttons"]]


def test_the_brand_comes_back(argued: Chat, advisor: AlphabeticalAdvisor) -> None:
    argued.say("adjust_recommendations", aspect=["brand", "colour"], adjustment="ignore")
    assert argued.say("undo_adjustment", "bring the brand back", aspect="brand", adjustment="restore") == [
        "utter_undone",
        "utter_recommended",
    ]
    assert advisor.profile.edits == Edits(ignore=frozenset({"colour"}))


def test_cheaper_of_a_recommended_list_is_an_argument_that_can_be_undone(
    argued: Chat, advisor: AlphabeticalAdvisor
) -> None:
    argued.say("refine_search", price_direction="lower")
    assert argued.messages[0]["change"] == "cheaper than 100"
    assert shown(argued) == ["Spiky Cactus", "Wireless Optical Mouse", "RunX Running Shoe", "Ultraboost Running Shoe"]
    assert advisor.profile.edits == Edits(price="lower", reference_price=100.0)
    argued.say("refine_search", price_direction="lower")
    assert shown(argued) == ["Spiky Cactus", "Wireless Optical Mouse"]
    argued.say("undo_adjustment")
    assert len(shown(argued)) == 4
    argued.say("undo_adjustment")
    assert len(shown(argued)) == 5
    assert steps(argued) == []


@pytest.mark.parametrize("intent", ["recommend", "ask_new", "ask_deals", "search_products"])
def test_cheaper_is_said_of_what_is_shown_and_of_nothing_that_is_asked_for_later(argued: Chat, intent: str) -> None:
    argued.say("refine_search", "cheaper", price_direction="lower")
    assert argued.slots["edits"]
    argued.say(intent, "and laptops?", category="Computers")
    assert argued.slots["edits"] is None


def test_a_limit_that_is_not_understood_otherwise_narrows_the_recommended_list(argued: Chat) -> None:
    task = argued.slots["slate"]["task"]
    argued.say("nlu_fallback", "budget 100", price_max="100")
    assert argued.slots["slate"]["task"] == task
    assert argued.slots["search_state"]["filters"]["price_max"] == "100"


def test_where_the_price_does_not_count_no_limit_holds(argued: Chat) -> None:
    argued.say("recommend", category="Computers", price_max="400")
    argued.say("refine_search", price_direction="lower")
    assert shown(argued) == ["Wireless Optical Mouse"]
    argued.say("adjust_recommendations", aspect="price", adjustment="ignore")
    assert shown(argued) == ["Wireless Optical Mouse", "Laptop", "Tablet"]
    assert steps(argued) == [("ignore", "price")]


def test_cheaper_than_the_cheapest_is_refused_and_changes_nothing(argued: Chat) -> None:
    look_at(argued, "cactus")
    assert argued.say("refine_search", price_direction="lower") == ["utter_nothing_left"]
    assert steps(argued) == []
    assert argued.slots["slate"]["slugs"][0] == "cactus"


def test_less_like_this_moves_away_and_leaves_the_thing_out(argued: Chat, advisor: AlphabeticalAdvisor) -> None:
    argued.say("adjust_recommendations", adjustment="less", ordinal="2")
    assert advisor.profile.edits.less_like == ("cafe-chair",)
    assert "Modern Cafe Chair" not in shown(argued)


def test_more_like_it_takes_the_place_of_less_like_it(argued: Chat, advisor: AlphabeticalAdvisor) -> None:
    argued.say("adjust_recommendations", adjustment="less", ordinal="2")
    argued.say("adjust_recommendations", adjustment="more", product="cafe-chair")
    assert steps(argued) == [("more", "cafe-chair")]
    assert advisor.profile.edits == Edits(more_like=("cafe-chair",))


def test_less_like_this_asks_which_where_that_is_open_and_the_answer_completes(argued: Chat) -> None:
    assert argued.say("adjust_recommendations", adjustment="less") == ["utter_ask_which"]
    assert argued.say("inform", "the second", ordinal="2") == ["utter_adjusted", "utter_recommended"]
    assert steps(argued) == [("less", "cafe-chair")]


def test_a_gift_leaves_out_what_was_done_before_and_counts_what_is_done_since(
    argued: Chat, advisor: AlphabeticalAdvisor
) -> None:
    argued.say("adjust_recommendations", adjustment="gift")
    assert advisor.profile.edits.gift
    assert advisor.profile.events == ()
    look_at(argued, "cactus")
    argued.say("recommend", category="Plants")
    assert [event.item_id for event in advisor.profile.events] == ["cactus"]
    argued.say("adjust_recommendations", adjustment="self")
    assert not advisor.profile.edits.gift
    assert [event.item_id for event in advisor.profile.events] == ["tablet", "cactus"]


def test_history_can_be_left_out_without_a_gift(argued: Chat, advisor: AlphabeticalAdvisor) -> None:
    argued.say("adjust_recommendations", aspect="history", adjustment="ignore")
    assert argued.messages[0]["change"] == "what you did before doesn't count"
    assert advisor.profile.events == ()
    argued.say("undo_adjustment", aspect="history", adjustment="restore")
    assert [event.item_id for event in advisor.profile.events] == ["tablet"]


def test_not_for_me_on_a_card_shows_the_list_without_it_in_the_same_turn(
    argued: Chat, advisor: AlphabeticalAdvisor
) -> None:
    slate = argued.slots["slate"]["id"]
    assert argued.press(card_button(argued, 2, "dismiss_product")) == ["utter_adjusted", "utter_recommended"]
    assert "Modern Cafe Chair" not in shown(argued)
    assert interactions(argued)[-1] == ("dismiss", "recommendation", slate)
    assert advisor.profile.dismissed == {"cafe-chair"}


def test_what_was_dismissed_stays_away_in_the_next_list_too(argued: Chat) -> None:
    argued.say("dismiss_product", ordinal="2")
    argued.say("recommend", category="Furniture")
    assert argued.last["response"] == "utter_no_recommendation"


def test_a_dismissal_can_be_taken_back(argued: Chat) -> None:
    argued.say("dismiss_product", ordinal="2")
    assert argued.say("undo_adjustment") == ["utter_undone", "utter_recommended"]
    assert "Modern Cafe Chair" in shown(argued)
    assert [kind for kind, _, _ in interactions(argued)] == ["view"]


def test_what_a_search_found_can_be_dismissed_too(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("search_products", product_query="laptop")
    assert chat.say("dismiss_product", ordinal="1") == ["utter_adjusted"]
    chat.press(chat.payloads[0])
    assert interactions(chat) == []


def test_an_argument_before_any_list_begins_one(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    assert chat.say("adjust_recommendations", aspect="brand", adjustment="ignore")[:2] == [
        "utter_adjusted",
        "utter_popular",
    ]


def test_an_argument_that_says_nothing_is_asked_about(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    assert chat.say("adjust_recommendations", "more variety please") == ["utter_ask_adjustment"]
    assert chat.press(chat.payloads[0])[0] == "utter_adjusted"


def test_an_argument_keeps_the_task_and_the_search(argued: Chat) -> None:
    argued.say("ask_similar", product="runx", price_max="120")
    argued.say("adjust_recommendations", aspect="brand", adjustment="ignore")
    assert argued.last["response"] == "utter_similar"
    assert "RunX Running Shoe" not in shown(argued)
    assert "up to 120" in argued.last["criteria"]


def test_what_was_argued_as_a_guest_goes_along_and_never_to_the_next_person(argued: Chat) -> None:
    from tests.actions.conftest import signed_in

    argued.say("adjust_recommendations", aspect="brand", adjustment="ignore")
    argued.metadata = signed_in(argued.services, "ada").metadata
    argued.say("show_wishes")
    assert argued.messages[0]["lines"] == "- the brand doesn't count"
    argued.metadata = signed_in(argued.services, "bo").metadata
    assert argued.say("show_wishes") == ["utter_nothing_told", "utter_told_history"]


def test_an_argument_that_names_a_product_gone_from_the_shop_is_still_told(argued: Chat) -> None:
    from sqlalchemy import select

    from shop.models import Product

    argued.say("adjust_recommendations", adjustment="less", product="cafe-chair")
    with writing(argued.services.sessions) as session:
        session.scalars(select(Product).where(Product.slug == "cafe-chair")).one().active = False
    argued.say("show_wishes")
    assert argued.messages[0]["lines"] == "- less like cafe chair"
