from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import jwt
import pytest
from sqlalchemy import update

from actions.bootstrap import Services
from actions.for_you import REMEMBERED_S, ForYou
from actions.identity import AUDIENCE, IdentityRefusedError
from recsys.errors import UnknownItem
from recsys.slate import Slate
from shop.db import writing
from shop.errors import ShopUnavailable
from shop.interactions import record_interaction
from shop.models import Variant
from shop.shoppers import Shopper
from shop.wishes import Wishes, save_wishes
from tests.actions.advisors import AlphabeticalAdvisor
from tests.actions.conftest import SECRET, Chat, Shelf, signed_in
from tests.actions.test_recommendations import cut_price, interactions, look_at, slates


@pytest.fixture
def advisor(shelf: Shelf) -> AlphabeticalAdvisor:
    """In stock and in its order: cactus, cafe-chair, cordless-mouse, freerun, laptop | runx, tablet, ultraboost."""
    shelf.advisor = AlphabeticalAdvisor()
    return shelf.advisor


FIRST_PAGE = ["cactus", "cafe-chair", "cordless-mouse", "freerun", "laptop"]


class Page:
    """The storefront as one shopper loads it, with a clock that the test turns."""

    def __init__(self, services: Services) -> None:
        self.now = 0.0
        self._for_you = ForYou(lambda: services, clock=lambda: self.now)

    def load(self, customer: str | None = None, sender_id: str = "web-1", **slots: Any) -> dict[str, Any]:
        return self._for_you.row(identity(customer, sender_id), slots)

    def slugs(self, customer: str | None = None, **slots: Any) -> list[str]:
        return [card["slug"] for card in self.load(customer, **slots)["cards"]]


def identity(customer: str | None = None, sender_id: str = "web-1") -> str:
    expires = dt.datetime.now(dt.timezone.utc) + dt.timedelta(minutes=5)
    claims = {"aud": AUDIENCE, "sub": sender_id, "exp": expires, **({"customer": customer} if customer else {})}
    return jwt.encode(claims, SECRET, "HS256")


@pytest.fixture
def page(services: Services) -> Page:
    return Page(services)


def test_who_has_looked_around_sees_a_row_of_their_own_with_reasons(
    page: Page, chat: Chat, advisor: AlphabeticalAdvisor
) -> None:
    look_at(chat, "tablet")
    row = page.load()
    assert row["personal"]
    assert [card["slug"] for card in row["cards"]] == FIRST_PAGE
    assert row["cards"][0] == {
        "slug": "cactus",
        "name": "Spiky Cactus",
        "price": "$15.50",
        "image_url": None,
        "reason": "Because it is by Apple and you looked at Tablet",
    }


def test_reasons_are_given_in_the_language_of_the_page(
    services: Services, chat: Chat, advisor: AlphabeticalAdvisor
) -> None:
    look_at(chat, "tablet")
    rows = ForYou(lambda: services)
    cards = {language: rows.row(identity(), {}, language)["cards"][0] for language in ("zh", "en", "xx")}
    assert cards["zh"]["reason"] == "因为它的品牌是Apple，您看过Tablet"
    assert cards["zh"]["price"] == "US$15.50"
    assert cards["en"]["reason"] == cards["xx"]["reason"] == "Because it is by Apple and you looked at Tablet"


def test_a_stranger_sees_what_is_popular(page: Page, advisor: AlphabeticalAdvisor) -> None:
    row = page.load()
    assert not row["personal"]
    assert row["cards"][0]["reason"] == "Because many shoppers choose it"


def test_a_shop_without_a_recommender_shows_what_is_popular(page: Page, chat: Chat) -> None:
    look_at(chat, "tablet")
    row = page.load()
    assert not row["personal"]
    assert len(row["cards"]) == 5
    assert [one[:3] for one in slates(chat)] == [("storefront", "popular-in-database", "popular-in-database")]


def test_a_recommender_that_cannot_answer_gives_way_to_what_is_popular(page: Page, shelf: Shelf, chat: Chat) -> None:
    class Lost(AlphabeticalAdvisor):
        def recommend(self, *_: Any, **__: Any) -> Slate:
            raise UnknownItem("tablet")

    shelf.advisor = Lost()
    assert not page.load()["personal"]
    page.load()
    assert len(slates(chat)) == 1


def test_the_row_is_logged_with_place_policy_score_and_propensity(
    page: Page, chat: Chat, advisor: AlphabeticalAdvisor
) -> None:
    page.load()
    places = [(slug, place, 0.5) for place, slug in enumerate(FIRST_PAGE, start=1)]
    assert slates(chat) == [("storefront", "alphabet", "alphabet-1", places)]


def test_reloads_show_the_same_list_and_log_no_other(page: Page, chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    first = page.load()
    page.now = REMEMBERED_S - 1
    assert page.load() == first
    assert len(slates(chat)) == 1
    page.now = REMEMBERED_S
    assert page.load()["slate"] != first["slate"]
    assert len(slates(chat)) == 2


def test_what_is_dismissed_in_the_chat_leaves_the_row(page: Page, chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    assert "cactus" in page.slugs()
    chat.say("dismiss_product", product="cactus")
    assert "cactus" not in page.slugs()


def test_what_is_put_into_the_cart_makes_the_row_anew(page: Page, chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    first = page.load()
    chat.say("add_to_cart", sku="CACTUS")
    second = page.load()
    assert (first["personal"], second["personal"]) == (False, True)
    assert first["slate"] != second["slate"]


def test_another_model_makes_the_row_anew(page: Page, shelf: Shelf, advisor: AlphabeticalAdvisor) -> None:
    first = page.load()
    newer = AlphabeticalAdvisor()
    newer.version = "alphabet-2"
    shelf.advisor = newer
    assert page.load()["slate"] != first["slate"]


def test_a_remembered_row_tells_the_price_of_now(page: Page, chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    first = page.load()
    cut_price(chat, slug="cactus")
    second = page.load()
    assert first["cards"][0]["price"] == "$15.50"
    assert second["cards"][0]["price"].startswith("$13.95 (10% off")
    assert first["slate"] == second["slate"]


def test_what_is_sold_out_meanwhile_leaves_the_row(page: Page, chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    first = page.load()
    with writing(chat.services.sessions) as session:
        session.execute(update(Variant).where(Variant.sku == "CACTUS").values(stock=0))
    second = page.load()
    assert "cactus" not in [card["slug"] for card in second["cards"]]
    assert len(second["cards"]) == 5
    assert first["slate"] != second["slate"]


def test_an_empty_shop_has_no_row_and_logs_none(page: Page, chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    with writing(chat.services.sessions) as session:
        session.execute(update(Variant).values(stock=0))
    assert page.load()["cards"] == []
    assert slates(chat) == []


def test_each_shopper_has_a_row_of_their_own(page: Page, services: Services, advisor: AlphabeticalAdvisor) -> None:
    with writing(services.sessions) as session:
        record_interaction(session, Shopper("web-elsewhere", "ada"), "tablet", "view", "chat")
    rows = [page.load(), page.load("ada"), page.load("bo"), page.load(sender_id="web-2")]
    assert [row["personal"] for row in rows] == [False, True, False, False]
    assert len({row["slate"] for row in rows}) == 4


def test_the_wishes_of_an_account_hold_on_the_page(page: Page, services: Services) -> None:
    with writing(services.sessions) as session:
        save_wishes(session, Shopper("web-1", "ada"), Wishes(exclude=("running",)))
    assert not {"freerun", "runx", "ultraboost"} & {*page.slugs("ada")}
    assert {"freerun", "runx", "ultraboost"} & {*page.slugs("bo")}


def test_what_a_guest_said_in_the_chat_holds_on_the_page(page: Page, chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    chat.say("state_wish", price_max="50")
    assert page.slugs(**chat.slots) == ["cactus", "cordless-mouse", "runx"]
    chat.say("state_wish", wish_exclude="running")
    assert page.slugs(**chat.slots) == ["cactus", "cordless-mouse"]


def test_what_another_customer_said_in_this_conversation_does_not_count(
    page: Page, services: Services, advisor: AlphabeticalAdvisor
) -> None:
    ada = signed_in(services, "ada")
    ada.say("state_wish", price_max="20")
    assert page.slugs("ada", **ada.slots) == ["cactus", "cordless-mouse"]
    assert page.slugs("bo", **ada.slots) == FIRST_PAGE


def test_a_card_that_is_pressed_is_a_click_of_its_row(page: Page, chat: Chat, advisor: AlphabeticalAdvisor) -> None:
    row = page.load()
    chat.say("show_details", text="/show_details", product="cactus", slate=row["slate"])
    assert interactions(chat) == [(kind, "recommendation", row["slate"]) for kind in ("click", "view")]


def test_of_very_many_shoppers_the_latest_are_remembered(
    services: Services, chat: Chat, monkeypatch: pytest.MonkeyPatch, advisor: AlphabeticalAdvisor
) -> None:
    monkeypatch.setattr("actions.for_you._MOST_REMEMBERED", 2)
    page = Page(services)
    for sender in ("web-1", "web-2", "web-3", "web-2", "web-3", "web-1"):
        page.load(sender_id=sender)
    assert len(slates(chat)) == 4


@pytest.mark.parametrize("token", [None, "", "a.forged.token", identity().rsplit(".", 1)[0] + ".AAAA"])
def test_who_cannot_prove_who_they_are_gets_nothing(page: Page, chat: Chat, token: str | None) -> None:
    for_you = ForYou(lambda: chat.services)
    with pytest.raises(IdentityRefusedError):
        for_you.row(token, {})
    assert slates(chat) == []


def test_nothing_is_logged_once_the_page_has_gone_without(services: Services, chat: Chat) -> None:
    hasty = replace(services, settings=services.settings.model_copy(update={"deadline_s": 1e-9}))
    with pytest.raises(ShopUnavailable):
        Page(hasty).load()
    assert slates(chat) == []
