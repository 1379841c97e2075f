from __future__ import annotations

import datetime as dt
import json
import logging

import pytest
from sqlalchemy import select

from shop.db import reading, writing
from shop.models import Interaction, Product, Promotion, Slate, Variant, utc_now
from shop.shoppers import guest_user_id
from tests.actions.advisors import AlphabeticalAdvisor
from tests.actions.conftest import Chat, Shelf, signed_in


@pytest.fixture
def advisor(shelf: Shelf) -> AlphabeticalAdvisor:
    """In stock and in its order: cactus, cafe-chair, cordless-mouse, freerun, laptop | runx, tablet, ultraboost."""
    shelf.advisor = AlphabeticalAdvisor(baskets={"laptop": ["cordless-mouse", "orchid"]})
    return shelf.advisor


FIRST_PAGE = ["Spiky Cactus", "Modern Cafe Chair", "Wireless Optical Mouse", "Freerun Running Shoe", "Laptop"]
SECOND_PAGE = ["RunX Running Shoe", "Tablet", "Ultraboost Running Shoe"]


def shown(chat: Chat) -> list[str]:
    """The names on the cards of the list that was shown in the last turn."""
    return [card["title"] for message in chat.messages for card in message.get("elements", [])]


def slates(chat: Chat) -> list[tuple[str, str, str, list[tuple[str, int, float]]]]:
    with reading(chat.services.sessions) as session:
        slugs = {key: slug for key, slug in session.execute(select(Product.id, Product.slug))}
        return [
            (
                row.task,
                row.policy,
                row.model_version,
                [(slugs[item.product_id], item.position, item.propensity) for item in row.items],
            )
            for row in session.scalars(select(Slate).order_by(Slate.id))
        ]


def interactions(chat: Chat) -> list[tuple[str, str, str | None]]:
    """Kind, source and the slate that led there, oldest first."""
    with reading(chat.services.sessions) as session:
        rows = select(Interaction.kind, Interaction.source, Slate.public_id).outerjoin(
            Slate, Slate.id == Interaction.slate_id
        )
        return [(kind, source, slate) for kind, source, slate in session.execute(rows.order_by(Interaction.id))]


def card_button(chat: Chat, card: int, intent: str) -> str:
    """The payload of a button on a card of the last list."""
    cards = [card for message in chat.messages for card in message.get("elements", [])]
    return next(one["payload"] for one in cards[card - 1]["buttons"] if one["payload"].startswith(f"/{intent}"))


def look_at(chat: Chat, slug: str) -> None:
    chat.say("show_details", product=slug)


def cut_price(chat: Chat, percent: int = 10, slug: str | None = None, days: int = 1) -> None:
    with writing(chat.services.sessions) as session:
        product = session.scalars(select(Product).where(Product.slug == slug)).one() if slug else None
        session.add(
            Promotion(
                code="CUT",
                name="a cut",
                percent=percent,
                product_id=product.id if product else None,
                starts_at=utc_now() - dt.timedelta(days=2),
                ends_at=utc_now() + dt.timedelta(days=days),
            )
        )


def test_a_recommendation_shows_cards_with_reasons_and_the_same_as_lines(
    chat: Chat, advisor: AlphabeticalAdvisor
) -> None:
    look_at(chat, "tablet")
    assert chat.say("recommend") == ["utter_recommended"]
    assert chat.titles == FIRST_PAGE
    card = chat.last["elements"][0]
    assert card["subtitle"] == "$15.50 · only 5 left · Because it is by Apple"
    assert "1. Spiky Cactus: $15.50 · only 5 left · Because" in chat.last["listing"]
    assert "secret" not in json.dumps(chat.messages)


def test_every_shown_list_is_logged_with_place_policy_score_and_propensity(
    chat: Chat, advisor: AlphabeticalAdvisor
) -> None:
    chat.say("recommend", category="Computers")
    assert slates(chat) == [
        ("recommend", "alphabet", "alphabet-1", [("cordless-mouse", 1, 0.5), ("laptop", 2, 0.5), ("tablet", 3, 0.5)])
    ]
    assert chat.slots["slate"]["slugs"] == ["cordless-mouse", "laptop", "tablet"]
    assert interactions(chat) == []


def test_words_category_and_budget_choose_what_may_be_recommended(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("recommend", product_query="running shoe", price_max="100")
    assert shown(chat) == ["RunX Running Shoe", "Ultraboost Running Shoe"]
    chat.say("refine_search", colour="black")
    assert shown(chat) == ["RunX Running Shoe"]
    assert [one[0] for one in slates(chat)] == ["recommend", "recommend"]


def test_what_is_sold_out_is_never_recommended(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("recommend")
    chat.say("show_more")
    assert "orchid" not in set(advisor.asked[0]["candidates"])
    with writing(chat.services.sessions) as session:
        session.scalars(select(Variant).where(Variant.sku == "CACTUS")).one().stock = 0
    chat.say("recommend", category="Plants")
    assert chat.last["response"] == "utter_no_recommendation"


def test_the_next_page_repeats_nothing_and_ends(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    look_at(chat, "tablet")
    chat.say("recommend")
    assert chat.say("show_more") == ["utter_recommended_more"]
    assert chat.titles == SECOND_PAGE
    assert chat.say("show_more") == ["utter_no_more"]
    assert chat.last["total"] == "8"


def test_who_asks_for_the_same_again_sees_others(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    look_at(chat, "tablet")
    chat.say("recommend")
    chat.say("recommend", "recommend me something else")
    assert chat.titles == SECOND_PAGE


def test_places_of_a_recommended_list_can_be_pointed_at(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("recommend")
    chat.say("ask_price", ordinal="2")
    assert chat.last["name"] == "Modern Cafe Chair"
    chat.say("add_to_cart", ordinal="1")
    assert interactions(chat)[-1] == ("cart", "recommendation", chat.slots["slate"]["id"])
    chat.say("compare_products", ordinal=["1", "2"])
    assert chat.last["response"] == "utter_comparison"


def test_what_a_card_leads_to_names_its_list_even_when_another_is_shown_since(
    chat: Chat, advisor: AlphabeticalAdvisor
) -> None:
    chat.say("recommend", category="Plants")
    first = chat.slots["slate"]["id"]
    details, add = card_button(chat, 1, "show_details"), card_button(chat, 1, "add_to_cart")
    chat.say("recommend", category="Computers")
    chat.press(details)
    chat.press(add)
    assert interactions(chat) == [(kind, "recommendation", first) for kind in ("click", "view", "click", "cart")]


def test_a_slate_that_a_shopper_never_saw_is_not_credited(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    other = Chat(chat.services, "web-2")
    other.say("recommend")
    chat.press(card_button(other, 1, "show_details"))
    assert [slate for _, _, slate in interactions(chat)] == [None, None]


def test_after_a_search_the_list_is_a_search_again(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    look_at(chat, "tablet")
    chat.say("recommend")
    chat.say("search_products", product_query="running shoe")
    assert chat.slots["slate"] is None
    chat.say("refine_search", price_direction="lower")
    assert chat.titles == ["RunX Running Shoe"]
    assert "edits" not in chat.slots


def test_a_recommended_list_can_be_sorted_by_price(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("recommend", category="Computers")
    chat.say("sort_results", sort="price_desc")
    assert shown(chat) == ["Laptop", "Tablet", "Wireless Optical Mouse"]
    assert [item[0] for item in slates(chat)[-1][3]] == ["laptop", "tablet", "cordless-mouse"]
    assert slates(chat)[-1][1] == "alphabet+price_desc"


def test_a_stranger_gets_what_is_popular_and_one_question(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    assert chat.say("recommend") == ["utter_popular", "utter_ask_taste_category"]
    chat.press(next(one for one in chat.payloads if "Footwear" in one))
    assert [one["response"] for one in chat.messages] == ["utter_popular", "utter_ask_taste_budget"]
    assert chat.say("inform", "100", quantity="100") == ["utter_popular"]
    assert chat.titles == ["RunX Running Shoe", "Ultraboost Running Shoe"]


@pytest.mark.parametrize("intent", ["inform", "search_products", "refine_search"])
def test_the_answer_to_the_question_refines_however_it_was_read(
    chat: Chat, advisor: AlphabeticalAdvisor, intent: str
) -> None:
    chat.say("recommend")
    chat.say(intent, "shoes", category="Footwear")
    assert set(shown(chat)) == {"Freerun Running Shoe", "RunX Running Shoe", "Ultraboost Running Shoe"}
    assert chat.slots["slate"]["task"] == "recommend"


def test_who_does_not_answer_is_not_asked_the_same_again(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("recommend")
    assert chat.say("deny", "no") == ["utter_all_right"]
    assert chat.say("adjust_recommendations", aspect="brand", adjustment="ignore") == [
        "utter_adjusted",
        "utter_popular",
        "utter_ask_taste_budget",
    ]


def test_another_search_is_no_answer_to_the_question_of_a_budget(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    assert chat.say("recommend", category="Footwear")[-1] == "utter_ask_taste_budget"
    chat.say("search_products", "best laptop for students", product_query="laptop")
    assert chat.slots["slate"] is None
    assert chat.titles == ["Laptop"]


def test_what_is_for_somebody_else_is_a_gift(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    look_at(chat, "tablet")
    assert chat.say("recommend", "something for my sister", adjustment="gift")[0] == "utter_gift_noted"
    assert advisor.profile.events == ()
    assert [step["kind"] for step in chat.slots["edits"]["steps"]] == ["gift"]
    assert "utter_adjusted" not in chat.say("recommend", "a gift under 100", adjustment="gift", price_max="100")


@pytest.mark.parametrize("intent", ["search_products", "nlu_fallback"])
def test_a_gift_is_recommended_however_it_was_read(chat: Chat, advisor: AlphabeticalAdvisor, intent: str) -> None:
    assert chat.say(intent, "a present under 100", adjustment="gift", price_max="100")[0] == "utter_popular"
    assert chat.slots["slate"]["task"] == "recommend"
    assert "Laptop" not in shown(chat)


def test_who_has_looked_around_is_not_asked(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    look_at(chat, "tablet")
    assert chat.say("recommend") == ["utter_recommended"]
    assert [(event.item_id, event.kind) for event in advisor.profile.events] == [("tablet", "view")]


def test_something_like_this_leaves_the_thing_itself_out(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    look_at(chat, "runx")
    assert chat.say("ask_similar", reference="it") == ["utter_similar"]
    assert "RunX Running Shoe" not in chat.titles
    assert chat.last["names"] == "RunX Running Shoe"
    assert "it is like RunX" in chat.last["elements"][0]["subtitle"]


def test_something_like_it_but_cheaper_or_in_another_colour(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("ask_similar", product="freerun", colour="black")
    assert chat.titles == ["RunX Running Shoe"]
    chat.say("ask_similar", product="cafe-chair", price_direction="lower")
    assert chat.titles == ["Spiky Cactus", "Wireless Optical Mouse", "RunX Running Shoe", "Ultraboost Running Shoe"]


def test_more_like_this_on_a_card(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("recommend")
    slate = chat.slots["slate"]["id"]
    assert chat.press(card_button(chat, 2, "ask_similar")) == ["utter_similar"]
    assert interactions(chat) == [("click", "recommendation", slate)]
    assert chat.slots["slate"]["seeds"] == ["cafe-chair"]


def test_a_product_newer_than_the_model_gets_the_second_best(chat: Chat, shelf: Shelf) -> None:
    shelf.advisor = AlphabeticalAdvisor(unknown=["runx"])
    assert chat.say("ask_similar", product="runx") == ["utter_popular_like"]
    assert set(chat.titles) == {"Freerun Running Shoe", "Ultraboost Running Shoe"}


def test_what_goes_with_it_comes_from_baskets_and_is_in_stock(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    assert chat.say("ask_goes_with", product="laptop") == ["utter_goes_with"]
    assert chat.titles == ["Wireless Optical Mouse"]
    assert "often bought together with Laptop" in chat.last["elements"][0]["subtitle"]


def test_where_baskets_show_nothing_that_is_said_and_similar_ones_are_offered(
    chat: Chat, advisor: AlphabeticalAdvisor
) -> None:
    assert chat.say("ask_goes_with", product="tablet") == ["utter_goes_with_unknown"]
    assert slates(chat) == []
    assert chat.say("affirm", "yes") == ["utter_similar"]
    assert chat.slots["slate"]["seeds"] == ["tablet"]


def test_what_goes_with_the_cart(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("add_to_cart", product="laptop", option_value=["13 inch", "8GB"])
    chat.slots["focus_sku"] = None
    assert chat.say("ask_goes_with") == ["utter_goes_with"]
    assert chat.last["names"] == "Laptop"
    chat.say("add_to_cart", product="cordless-mouse")
    chat.slots["focus_sku"] = None
    assert chat.say("ask_goes_with") == ["utter_goes_with_unknown"]


def test_what_goes_with_two_things_that_are_named_names_the_one_that_baskets_speak_of(
    chat: Chat, advisor: AlphabeticalAdvisor
) -> None:
    assert chat.say("ask_goes_with", product=["laptop", "tablet"]) == ["utter_goes_with"]
    assert chat.slots["slate"]["seeds"] == ["laptop", "tablet"]
    assert chat.last["names"] == "Laptop"


def test_what_else_goes_with_it_goes_on_with_the_same_thing(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("ask_goes_with", product="laptop")
    chat.slots["focus_sku"] = None
    assert chat.say("ask_goes_with", "what else do I need?") == ["utter_no_more"]


def test_what_goes_with_nothing_asks_which_product_and_the_answer_completes(
    chat: Chat, advisor: AlphabeticalAdvisor
) -> None:
    assert chat.say("ask_goes_with") == ["utter_ask_which_product"]
    assert chat.say("inform", "the laptop", product="laptop") == ["utter_goes_with"]


def test_what_is_new(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    assert chat.say("ask_new", category="Computers") == ["utter_new_products"]
    assert "it is new in the shop" in chat.last["elements"][0]["subtitle"]
    assert chat.say("ask_new", price_max="1") == ["utter_no_new_products"]


def test_deals_are_rows_of_promotions_and_nothing_else(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    assert chat.say("ask_deals") == ["utter_no_deals"]
    cut_price(chat, slug="tablet")
    assert chat.say("ask_deals") == ["utter_deals"]
    assert chat.titles == ["Tablet"]
    assert chat.say("ask_deals", category="Footwear") == ["utter_no_such_deals", "utter_deals"]
    assert chat.titles == ["Tablet"]


def test_a_promotion_that_is_over_is_no_deal(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    cut_price(chat, days=-1)
    assert chat.say("ask_deals") == ["utter_no_deals"]


def test_why_tells_the_reasons_in_words(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    look_at(chat, "tablet")
    chat.say("recommend")
    assert chat.say("ask_why", ordinal="1") == ["utter_why"]
    assert (chat.last["name"], chat.last["reasons"]) == ("Spiky Cactus", "it is by Apple")


def test_why_without_pointing_tells_of_all_that_are_shown(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("recommend", category="Computers")
    assert chat.say("ask_why") == ["utter_why_all"]
    assert chat.last["lines"].splitlines()[1] == "2. Laptop: many shoppers choose it"
    assert chat.say("ask_why", "why these?", reference="it") == ["utter_why_all"]
    look_at(chat, "laptop")
    assert chat.say("ask_why", "why this?", reference="it") == ["utter_why"]


def test_why_all_of_these_is_about_all_even_after_one_was_spoken_of(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("recommend", category="Computers")
    assert chat.say("ask_why", ordinal="1") == ["utter_why"]
    assert chat.say("ask_why", "why all of these?", reference="all") == ["utter_why_all"]


def test_why_of_what_was_not_recommended_is_no_invented_reason(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("search_products", product_query="laptop")
    assert chat.say("ask_why", ordinal="1") == ["utter_why_not_recommended"]


def test_without_a_recommender_the_shopper_gets_what_is_popular_and_is_told(
    chat: Chat, shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        assert chat.say("recommend")[0] == "utter_popular_instead"
        assert len(chat.messages[0]["elements"]) == 5
        assert chat.say("ask_new") == ["utter_new_products"]
        assert chat.say("ask_similar", product="runx") == ["utter_popular_like"]
        assert set(chat.titles) == {"Freerun Running Shoe", "Ultraboost Running Shoe"}
        assert chat.say("ask_goes_with", product="laptop") == ["utter_goes_with_unknown"]
        cut_price(chat, slug="tablet")
        assert chat.say("ask_deals") == ["utter_deals"]
        assert chat.titles == ["Tablet"]
    told = [record.message for record in caplog.records]
    assert len(told) == 1
    assert "python -m recsys.train" in told[0]
    shelf.advisor = AlphabeticalAdvisor()
    assert chat.say("recommend", category="Plants")[0] == "utter_popular"


def test_exploration_is_asked_for_as_the_settings_say(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("recommend")
    assert advisor.asked[-1]["exploration"] == chat.services.settings.exploration


def test_who_is_signed_in_is_asked_for_by_their_account(chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    signed_in(chat.services, "ada").say("recommend")
    assert advisor.profile.user_id == "ada"
    chat.say("recommend")
    assert advisor.profile.user_id == guest_user_id("web-1")
