"""A photo finds products, alone and with words; what is said next goes on from there."""

from __future__ import annotations

import dataclasses
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select

from actions.bootstrap import Services
from actions.photos import OWN_PHOTOS
from shop.carts import view_cart
from shop.db import reading, writing
from shop.models import Interaction, PhotoQuery, Slate, Variant
from shop.photo_queries import photo_clicks
from shop.shoppers import Shopper
from tests.actions.conftest import Chat, signed_in
from tests.actions.photo_shelf import PICTURES, PhotoShelf, matcher_of
from tests.vision.tiny import plain
from vision.matcher import ImageMatcher
from vision.matching import Matches


@pytest.fixture
def shelf_of_photos(services: Services) -> PhotoShelf:
    return PhotoShelf(matcher_of(services))


@pytest.fixture
def chat(services: Services, shelf_of_photos: PhotoShelf) -> Chat:
    return Chat(dataclasses.replace(services, matchers=shelf_of_photos))  # type: ignore[arg-type]


def jpeg(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "JPEG", quality=95)
    return file.getvalue()


def upload(chat: Chat, image: Image.Image) -> str:
    taken = chat.services.photos.take(Shopper(chat.sender_id), jpeg(image))
    return f"{OWN_PHOTOS}{taken.photo_id}"


def send(chat: Chat, image: Image.Image, text: str = "/search_by_photo", **entities: Any) -> list[str]:
    """Upload a picture and send it, with words or without."""
    return send_url(chat, upload(chat, image), text, **entities)


def send_url(chat: Chat, url: str, text: str = "/search_by_photo", **entities: Any) -> list[str]:
    identity = dict(chat.metadata)
    chat.metadata = {**identity, "photo_url": url}
    try:
        return chat.say("search_by_photo", text, **entities)
    finally:
        chat.metadata = identity


def order(chat: Chat, image: Image.Image, goal: str, text: str, **entities: Any) -> list[str]:
    """Send a picture with words that ask for more than the search, as the language model reads them."""
    found = [{"entity": name, "value": value} for name, value in entities.items()]
    ranking = [{"name": "search_by_photo", "confidence": 1.0}, {"name": goal, "confidence": 0.9}]
    message = {
        "text": text,
        "intent": ranking[0],
        "intent_ranking": ranking,
        "entities": found,
        "metadata": {**chat.metadata, "photo_url": upload(chat, image)},
    }
    return chat.run("action_search_by_photo", message)


def cart_of(chat: Chat) -> dict[str, int]:
    with reading(chat.services.sessions) as session:
        return {line.sku: line.quantity for line in view_cart(session, Shopper(chat.sender_id)).lines}


def tiles(one: str, other: str) -> Image.Image:
    """A fine pattern of two colours: every part of it looks like the whole."""
    image = plain(one)
    for x in range(0, 64, 8):
        for y in range(x % 16, 64, 16):
            image.paste(plain(other, (8, 8)), (x, y))
    return image


def shown(chat: Chat) -> list[str]:
    return [card["title"] for message in chat.messages for card in message.get("elements", [])]


def subtitles(chat: Chat) -> list[str]:
    return [card["subtitle"] for message in chat.messages for card in message.get("elements", [])]


SHOES = ["Freerun Running Shoe", "RunX Running Shoe", "Ultraboost Running Shoe"]


def test_a_photo_alone_finds_its_product_with_class_price_stock_and_how_it_matches(chat: Chat) -> None:
    assert send(chat, plain("black")) == ["utter_photo_found"]
    assert chat.last["looks"] == "That looks like something from “Footwear”."
    assert shown(chat)[0] == "Freerun Running Shoe"
    assert subtitles(chat)[0] == "$160.00 · in stock · Exact match"
    assert chat.slots["candidate_skus"][0] in {"FR-40", "FR-42"}
    assert chat.slots["photo"]["region"] is None
    assert chat.slots["slate"]["task"] == "photo"


def test_what_is_of_another_sort_is_no_match_however_near_it_comes(chat: Chat) -> None:
    send(chat, plain("black"))
    assert set(shown(chat)) <= set(SHOES)


def test_only_the_first_is_called_an_exact_match(chat: Chat) -> None:
    send(chat, plain("black"))
    assert not any("Exact match" in text for text in subtitles(chat)[1:])


def test_the_words_of_a_caption_are_hard_filters(chat: Chat) -> None:
    assert send(chat, plain("black"), "this, but under 80", price_max="80") == ["utter_photo_found_within"]
    assert shown(chat) == ["RunX Running Shoe"]
    assert "up to 80" in chat.last["criteria"]
    assert chat.slots["search_state"]["filters"]["price_max"] == "80"


def test_a_size_in_a_caption_shows_the_variant_of_that_size(chat: Chat) -> None:
    send(chat, plain("black"), "do you have these in size 42?", option_value="Size 42")
    assert chat.slots["candidate_skus"] == ["FR-42", "RX-42"]


def test_a_category_in_a_caption_looks_beyond_what_the_photo_shows(chat: Chat) -> None:
    send(chat, plain("green"), "a chair in this colour", category="Furniture")
    assert shown(chat) == ["Modern Cafe Chair"]


@pytest.mark.parametrize(("word", "first"), [("red", "RunX Running Shoe"), ("blue", "Ultraboost Running Shoe")])
def test_words_in_a_caption_move_the_ranking(chat: Chat, word: str, first: str) -> None:
    send(chat, tiles("black", "pink"), f"this but more {word}", product_query=word)
    assert chat.slots["search_state"]["text"] == word
    assert shown(chat)[0] == first


@pytest.mark.parametrize("words", ["asdf qwer", "lol", "omg pretty", "12 main street", "50", "grandma wall"])
def test_words_that_the_catalogue_does_not_know_move_nothing(chat: Chat, words: str) -> None:
    photo = tiles("black", "pink")
    send(chat, photo)
    alone = shown(chat)
    assert send(chat, photo, words, product_query=words) == ["utter_photo_found"]
    assert shown(chat) == alone
    assert chat.slots["search_state"]["text"] == ""


def test_of_a_caption_the_known_words_are_kept_and_a_mistyped_one_is_spelled_right(chat: Chat) -> None:
    send(chat, plain("black"), "wow a runing shoe 42 lol", product_query="wow runing shoe 42 lol")
    assert chat.slots["search_state"]["text"] == "running shoe"


def test_prices_are_filters_and_never_words(chat: Chat) -> None:
    send(chat, plain("black"), "bucks under 80", price_max="80", product_query="bucks 80")
    assert chat.slots["search_state"]["text"] == ""
    assert chat.slots["search_state"]["filters"]["price_max"] == "80"


class CountingMatcher(ImageMatcher):
    """Counts how often it is asked."""

    asked = 0

    def match_vector(self, *query: Any, **limits: Any) -> Matches:
        self.asked += 1
        return super().match_vector(*query, **limits)


def test_a_photo_without_words_is_matched_once(chat: Chat, shelf_of_photos: PhotoShelf) -> None:
    matcher = shelf_of_photos.matcher
    assert matcher is not None
    counting = shelf_of_photos.matcher = CountingMatcher(matcher.encoder, matcher.gallery)
    send(chat, plain("green"))
    assert counting.asked == 1
    assert shown(chat)[0] == "Spiky Cactus"
    send(chat, plain("green"), "under 80", price_max="80")
    assert counting.asked == 3


def test_a_product_in_another_colour_is_never_called_exact(chat: Chat) -> None:
    send(chat, plain("black"), "this in black", colour="black")
    assert shown(chat)[0] == "Freerun Running Shoe"
    assert subtitles(chat)[0].endswith("Very similar")


def test_cheaper_than_this_is_cheaper_than_what_comes_nearest_which_is_told(chat: Chat) -> None:
    assert send(chat, plain("black"), "cheaper than this?", price_direction="lower") == [
        "utter_photo_nearest",
        "utter_photo_found_within",
    ]
    assert chat.messages[0]["price"] == "$160.00"
    assert set(shown(chat)) == {"RunX Running Shoe", "Ultraboost Running Shoe"}


def test_cheaper_in_a_colour_by_brand_and_sorted_go_on_from_the_photo(chat: Chat) -> None:
    send(chat, plain("black"))
    chat.say("refine_search", "under 120", price_max="120")
    assert set(shown(chat)) == {"RunX Running Shoe", "Ultraboost Running Shoe"}
    chat.say("sort_results", "sort by price", sort="price_asc")
    assert shown(chat) == ["RunX Running Shoe", "Ultraboost Running Shoe"]
    chat.say("refine_search", "in blue", colour="blue")
    assert shown(chat) == ["Ultraboost Running Shoe"]
    assert chat.slots["photo"] is not None


def test_only_a_brand_goes_on_from_the_photo(chat: Chat) -> None:
    send(chat, plain("black"))
    chat.say("inform", "only adidas", brand="Adidas")
    assert set(shown(chat)) == {"RunX Running Shoe", "Ultraboost Running Shoe"}


def test_cheaper_ones_are_cheaper_than_the_exact_match(chat: Chat) -> None:
    send(chat, plain("black"))
    chat.say("refine_search", "cheaper ones", price_direction="lower")
    assert shown(chat) == ["RunX Running Shoe", "Ultraboost Running Shoe"]


def test_places_of_the_list_can_be_pointed_at(chat: Chat) -> None:
    send(chat, plain("black"))
    second = shown(chat)[1]
    chat.say("show_details", "the second one", ordinal="2")
    assert chat.last["name"] == second
    chat.say("compare_products", "compare the first two", ordinal=["1", "2"])
    assert chat.last["response"] == "utter_comparison"


def test_what_is_put_into_the_cart_is_known_as_the_doing_of_the_photo(chat: Chat) -> None:
    send(chat, plain("green"))
    chat.say("add_to_cart", "add the first one", ordinal="1")
    with reading(chat.services.sessions) as session:
        row = session.execute(
            select(Interaction.kind, Interaction.source, Slate.task).join(Slate, Slate.id == Interaction.slate_id)
        ).one()
        assert tuple(row) == ("cart", "recommendation", "photo")
        clicks = photo_clicks(session)
    assert (clicks.item_ids, clicks.kinds) == (("cactus",), ("cart",))


def test_a_card_carries_its_list(chat: Chat) -> None:
    send(chat, plain("green"))
    press = next(one["payload"] for one in chat.last["elements"][0]["buttons"] if "show_details" in one["payload"])
    chat.press(press)
    with reading(chat.services.sessions) as session:
        kinds = session.execute(select(Interaction.kind, Slate.task).join(Slate, Slate.id == Interaction.slate_id))
        assert [tuple(row) for row in kinds] == [("click", "photo"), ("view", "photo")]


def test_an_answer_is_logged_with_its_model_scores_and_the_photos_vector(chat: Chat) -> None:
    send(chat, plain("black"))
    send(chat, plain("black"), "under 80", price_max="80")
    matcher = chat.services.matchers.current()
    assert matcher is not None
    with reading(chat.services.sessions) as session:
        slates = session.scalars(select(Slate).order_by(Slate.id)).all()
        assert {row.model_version for row in slates} == {matcher.encoder.identity.checksum}
        assert all(item.propensity == 1.0 for row in slates for item in row.items)
        kept = session.scalars(select(PhotoQuery).order_by(PhotoQuery.slate_id)).all()
        assert [row.narrowed for row in kept] == [False, True]
    np.testing.assert_allclose(np.frombuffer(kept[0].vector, dtype="<f2"), matcher.embed(plain("black")), atol=0.02)


def test_why_this_is_answered_with_the_picture(chat: Chat) -> None:
    send(chat, plain("black"))
    chat.say("ask_why", "why the first one?", ordinal="1")
    assert chat.last["response"] == "utter_why"
    assert "your photo" in chat.last["reasons"]
    assert chat.last["buttons"] == []


def test_what_is_dismissed_leaves_the_list(chat: Chat) -> None:
    send(chat, plain("black"))
    chat.say("dismiss_product", "not the first one", ordinal="1")
    assert shown(chat)
    assert "Freerun Running Shoe" not in shown(chat)
    assert chat.slots["photo"] is not None


def test_something_like_one_of_them_is_a_recommendation_and_forgets_the_photo(chat: Chat) -> None:
    send(chat, plain("black"))
    chat.say("ask_similar", "something like the second one", ordinal="2")
    assert chat.slots["slate"]["task"] == "similar"
    assert chat.slots["photo"] is None


@pytest.mark.parametrize(
    ("intent", "said"),
    [("search_products", {"category": "Plants"}), ("recommend", {}), ("cancel", {})],
    ids=["a search", "a recommendation", "start over"],
)
def test_asking_for_something_else_forgets_the_photo(chat: Chat, intent: str, said: dict[str, str]) -> None:
    send(chat, plain("black"))
    chat.say(intent, "something else", **said)
    assert chat.slots["photo"] is None
    chat.say("refine_search", "under 50", price_max="50")
    assert "utter_photo_found_within" not in [one["response"] for one in chat.messages]


def test_more_shows_the_next_page_and_ends(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actions.photo_moves.PAGE", 2)
    send(chat, plain("black"))
    first = shown(chat)
    assert any("show_more" in payload for payload in chat.payloads)
    assert chat.say("show_more", "show more") == ["utter_photo_found_next"]
    assert set(first) | set(shown(chat)) == set(SHOES)
    assert chat.say("show_more", "show more") == ["utter_no_more"]


def test_where_nothing_passes_the_tightest_filter_is_offered_and_yes_drops_it(chat: Chat) -> None:
    send(chat, plain("black"))
    before = chat.slots["candidate_skus"]
    assert chat.say("refine_search", "under 10", price_max="10") == ["utter_photo_found_none_offer"]
    assert chat.last["filter"] == "price limit"
    assert chat.slots["candidate_skus"] == before
    assert chat.say("affirm", "yes") == ["utter_photo_found"]
    assert shown(chat)[0] == "Freerun Running Shoe"


def test_a_colour_that_no_fact_states_is_looked_for_in_the_pictures_when_its_filter_is_dropped(chat: Chat) -> None:
    send(chat, plain("black"), "this, but red", colour="red")
    assert chat.last["response"] == "utter_photo_found_none_offer"
    assert chat.last["filter"] == "colour"
    chat.say("affirm", "yes")
    assert chat.slots["search_state"]["text"] == "red"
    assert "RunX Running Shoe" in shown(chat)


def test_where_no_filter_can_be_dropped_it_is_told_that_nothing_fits(chat: Chat) -> None:
    said = {"price_max": "1", "brand": "Nobody"}
    assert send(chat, plain("black"), "by nobody under 1", **said) == ["utter_photo_found_none"]


def test_what_is_sold_out_is_shown_as_a_search_does_and_left_out_when_asked(chat: Chat) -> None:
    with writing(chat.services.sessions) as session:
        for row in session.scalars(select(Variant).where(Variant.sku.in_(["FR-40", "FR-42"]))):
            row.stock = 0
    send(chat, plain("black"))
    assert "out of stock" in subtitles(chat)[0]
    chat.say("refine_search", "only what is in stock", in_stock="true")
    assert "Freerun Running Shoe" not in shown(chat)


def test_a_photo_of_nothing_in_the_shop_gets_a_guess_and_a_question(chat: Chat) -> None:
    assert send(chat, plain("orange")) == ["utter_no_photo_match"]
    assert shown(chat) == []
    assert chat.slots.get("photo") is None
    category = chat.last["buttons"][0]["title"]
    assert chat.press(chat.payloads[0])[0].startswith("utter_found")
    assert chat.slots["search_state"]["filters"]["categories"] == [category]


def test_a_strange_photo_leaves_the_search_before_it_as_it_was(chat: Chat) -> None:
    send(chat, plain("black"))
    before = dict(chat.slots)
    send(chat, plain("orange"))
    assert {name: chat.slots[name] for name in ("photo", "slate", "candidate_skus")} == {
        name: before[name] for name in ("photo", "slate", "candidate_skus")
    }


def test_an_order_puts_the_only_exact_match_into_the_cart(chat: Chat) -> None:
    assert order(chat, plain("green"), "add_to_cart", "two of these please", quantity="2") == [
        "utter_photo_found",
        "utter_added_to_cart",
    ]
    assert cart_of(chat) == {"CACTUS": 2}
    assert chat.slots["photo"] is not None


def test_an_order_asks_for_the_size_and_takes_one_that_was_said(chat: Chat) -> None:
    assert order(chat, plain("black"), "add_to_cart", "buy this")[-1] == "utter_ask_option"
    assert cart_of(chat) == {}
    said = {"option_value": "Size 42"}
    assert order(chat, plain("black"), "add_to_cart", "buy this in size 42", **said)[-1] == "utter_added_to_cart"
    assert cart_of(chat) == {"FR-42": 1}


def test_an_order_of_what_is_no_exact_match_shows_cards_and_asks(chat: Chat) -> None:
    assert order(chat, tiles("black", "pink"), "add_to_cart", "buy this") == ["utter_photo_found", "utter_ask_which"]
    assert cart_of(chat) == {}
    assert chat.say("affirm", "yes") == ["utter_yes_is_not_enough"]
    chat.say("inform", "the ultraboost", product="ultraboost")
    assert cart_of(chat) == {"UB-40": 1}


def test_an_order_of_one_that_is_left_by_the_words_asks_for_a_yes(chat: Chat) -> None:
    order(chat, plain("black"), "add_to_cart", "buy this in blue", colour="blue")
    assert chat.last["response"] == "utter_ask_add"
    assert cart_of(chat) == {}
    chat.say("affirm", "yes")
    assert cart_of(chat) == {"UB-40": 1}


def test_an_order_of_something_strange_adds_nothing(chat: Chat) -> None:
    assert order(chat, plain("orange"), "add_to_cart", "buy this") == ["utter_no_photo_match"]
    assert cart_of(chat) == {}


def test_an_order_waits_until_the_part_is_chosen(chat: Chat) -> None:
    assert order(chat, scene(), "add_to_cart", "put two of it in my cart", quantity="2") == ["utter_photo_which_part"]
    assert cart_of(chat) == {}
    chat.press(chat.payloads[-1])
    assert shown(chat)[0] == "Spiky Cactus"
    assert cart_of(chat) == {"CACTUS": 2}


def test_add_the_left_one_answers_which_part_and_adds_what_it_shows(chat: Chat) -> None:
    send(chat, scene())
    assert chat.say("add_to_cart", "add the right one", ordinal="1") == ["utter_photo_found", "utter_added_to_cart"]
    assert cart_of(chat) == {"CACTUS": 1}
    send(chat, scene())
    chat.say("add_to_cart", "add the orchid", product="orchid")
    assert chat.last["response"] == "utter_out_of_stock"


def test_the_price_of_an_exact_match_is_told(chat: Chat) -> None:
    assert order(chat, plain("black"), "ask_price", "how much is this?") == ["utter_photo_found", "utter_price"]
    assert chat.last["price"] == "$160.00"


def test_where_nothing_is_exact_the_cards_tell_prices(chat: Chat) -> None:
    assert order(chat, tiles("black", "pink"), "ask_price", "how much is this?") == ["utter_photo_found"]
    assert all("$" in text for text in subtitles(chat))


def test_a_photo_lets_the_question_before_it_wait_and_a_yes_counts_once(chat: Chat) -> None:
    order(chat, plain("green"), "add_to_cart", "buy this")
    chat.say("clear_cart", "empty my cart")
    assert send(chat, plain("green"), "yes") == ["utter_photo_found", "utter_ask_still"]
    assert cart_of(chat) == {"CACTUS": 1}
    assert chat.say("affirm", "yes") == ["utter_cart_cleared"]
    assert cart_of(chat) == {}
    assert chat.say("affirm", "yes") == ["utter_nothing_to_confirm"]


def test_an_offer_to_add_is_asked_again_by_name_after_a_photo(chat: Chat) -> None:
    order(chat, plain("black"), "add_to_cart", "buy this in blue", colour="blue")
    assert send(chat, plain("green"))[-1] == "utter_ask_still"
    assert "1 × Ultraboost Running Shoe" in chat.last["what"]
    assert chat.say("affirm", "yes") == ["utter_added_to_cart"]
    assert cart_of(chat) == {"UB-40": 1}


def test_the_question_that_waited_comes_back_after_the_photos_own(chat: Chat) -> None:
    order(chat, plain("green"), "add_to_cart", "buy this")
    chat.say("clear_cart", "empty my cart")
    send(chat, plain("black"), "under 10", price_max="10")
    assert chat.slots["pending"]["kind"] == "photo_filter"
    assert chat.say("deny", "no") == ["utter_all_right", "utter_ask_still"]
    assert chat.slots["pending"]["kind"] == "clear_cart"
    assert cart_of(chat) == {"CACTUS": 1}


def test_an_option_that_was_asked_for_is_asked_for_again_after_a_photo(chat: Chat) -> None:
    order(chat, plain("black"), "add_to_cart", "buy this")
    assert send(chat, plain("green")) == ["utter_photo_found", "utter_ask_option"]
    chat.say("inform", "42", option_value="Size 42")
    assert cart_of(chat) == {"FR-42": 1}


def test_the_photo_from_before_is_come_back_to_until_its_time_is_over(chat: Chat) -> None:
    send(chat, plain("green"))
    chat.say("search_products", "footwear", category="Footwear")
    assert chat.say("search_by_photo", "back to my photo", adjustment="restore") == ["utter_photo_found"]
    assert shown(chat)[0] == "Spiky Cactus"
    assert chat.slots["search_state"]["filters"]["categories"] == []
    chat.say("search_products", "footwear", category="Footwear")
    throw_photos_away(chat)
    before = dict(chat.slots)
    assert chat.say("search_by_photo", "back to my photo", adjustment="restore") == ["utter_photo_gone"]
    assert chat.slots == before


def test_the_right_one_is_the_right_part_though_one_reads_as_a_place(chat: Chat) -> None:
    send(chat, scene())
    chat.say("inform", "the right one", ordinal="1")
    assert shown(chat)[0] == "Spiky Cactus"


def test_without_a_photo_it_says_how_to_send_one(chat: Chat) -> None:
    assert chat.say("search_by_photo", "can i search by picture?") == ["utter_photo_how"]
    assert chat.press('/search_by_photo{"region": "0.1,0.1,0.5,0.5"}') == ["utter_photo_how"]


def test_find_this_again_after_a_photo_goes_on_from_it(chat: Chat) -> None:
    send(chat, plain("black"))
    chat.say("search_by_photo", "find this under 80", price_max="80")
    assert shown(chat) == ["RunX Running Shoe"]


def test_a_later_turn_needs_no_photo_file(chat: Chat) -> None:
    send(chat, plain("black"))
    throw_photos_away(chat)
    chat.say("refine_search", "under 80", price_max="80")
    assert shown(chat) == ["RunX Running Shoe"]


def throw_photos_away(chat: Chat) -> None:
    for file in chat.services.settings.photos.rglob("*.jpg"):
        file.unlink()


def test_where_photo_and_vector_are_gone_it_asks_for_the_photo_and_loses_nothing_else(chat: Chat) -> None:
    send(chat, plain("black"))
    before = dict(chat.slots)
    throw_photos_away(chat)
    restarted = Chat(dataclasses.replace(chat.services, photo_vectors=type(chat.services.photo_vectors)()))
    restarted.slots = dict(before)
    assert restarted.say("refine_search", "under 80", price_max="80") == ["utter_photo_gone"]
    assert restarted.slots == before


def test_a_photo_of_another_session_is_not_looked_at(chat: Chat) -> None:
    url = upload(chat, plain("black"))
    send_url(chat, url)
    stranger = Chat(chat.services, "web-2")
    assert send_url(stranger, url) == ["utter_photo_gone"]
    stranger.slots = dict(chat.slots)
    assert stranger.say("refine_search", "under 80", price_max="80") == ["utter_photo_gone"]


def test_who_signs_in_keeps_the_photo_search(chat: Chat) -> None:
    send(chat, plain("black"))
    ada = signed_in(chat.services, "ada", chat.sender_id)
    ada.slots = dict(chat.slots)
    ada.say("refine_search", "under 80", price_max="80")
    assert shown(ada) == ["RunX Running Shoe"]


@pytest.mark.parametrize(
    ("url", "response"),
    [
        (f"{OWN_PHOTOS}{'x' * 32}", "utter_photo_gone"),
        (f"{OWN_PHOTOS}../../shop.db", "utter_photo_gone"),
        ("https://127.0.0.1/photo.jpg", "utter_photo_address_refused"),
        ("https://elsewhere.example/photo.jpg", "utter_photo_address_refused"),
        ("file:///etc/passwd", "utter_photo_address_refused"),
    ],
)
def test_each_address_that_cannot_be_had_is_told_in_its_own_words(chat: Chat, url: str, response: str) -> None:
    assert send_url(chat, url) == [response]
    assert chat.slots.get("photo") is None


def test_without_a_trained_matcher_it_says_that_words_still_work(chat: Chat, shelf_of_photos: PhotoShelf) -> None:
    url = upload(chat, plain("black"))
    shelf_of_photos.matcher = None
    assert send_url(chat, url) == ["utter_photo_search_unavailable"]


def scene(left: str = "black", right: str = "green") -> Image.Image:
    """Two products before a background that is none."""
    image = plain("orange", (160, 100))
    image.paste(PICTURES["freerun"].resize((64, 90)) if left == "black" else plain(left, (64, 90)), (4, 5))
    image.paste(plain(right, (64, 90)), (92, 5))
    return image


def test_several_things_in_a_photo_are_offered_as_parts(chat: Chat) -> None:
    assert send(chat, scene()) == ["utter_photo_which_part"]
    titles = [one["title"] for one in chat.last["buttons"]]
    assert titles[0] == "Footwear (left)"
    assert titles[-1] == "Plants (right)"
    assert all(payload.startswith('/search_by_photo{"region": "0.') for payload in chat.payloads)
    chat.press(chat.payloads[-1])
    assert shown(chat)[0] == "Spiky Cactus"
    assert chat.slots["photo"]["region"] is not None


@pytest.mark.parametrize(
    ("said", "entities", "found"),
    [
        ("the left one", {}, "Freerun Running Shoe"),
        ("the plant", {}, "Spiky Cactus"),
        ("the first one", {"ordinal": "1"}, "Freerun Running Shoe"),
        ("the last one", {"ordinal": "-1"}, "Spiky Cactus"),
        ("footwear please", {"category": "Footwear"}, "Freerun Running Shoe"),
    ],
)
def test_a_part_may_be_said_in_words(chat: Chat, said: str, entities: dict[str, str], found: str) -> None:
    send(chat, scene())
    chat.say("search_products", said, **entities)
    assert shown(chat)[0] == found


def test_a_caption_may_say_which_part_is_meant(chat: Chat) -> None:
    send(chat, scene(), "the plant")
    assert shown(chat)[0] == "Spiky Cactus"


def test_what_a_caption_asks_holds_for_the_part_that_is_chosen(chat: Chat) -> None:
    send(chat, scene(), "under 80", price_max="80")
    chat.press(chat.payloads[0])
    assert shown(chat) == ["RunX Running Shoe"]
    chat.press('/search_by_photo{"region": "nonsense"}')
    assert chat.slots["photo"]["region"] is None


def test_a_part_chosen_after_another_starts_afresh(chat: Chat) -> None:
    send(chat, scene())
    plants = chat.payloads[-1]
    chat.press(chat.payloads[0])
    chat.say("refine_search", "under 80", price_max="80")
    chat.press(plants)
    assert shown(chat)[0] == "Spiky Cactus"
    assert chat.slots["search_state"]["filters"]["price_max"] is None
