from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from actions.bootstrap import Services
from shop.db import writing
from shop.models import Product, utc_now
from tests.actions.advisors import AlphabeticalAdvisor
from tests.actions.conftest import Chat, Shelf


def age(services: Services) -> None:
    """Let all products be of last week."""
    with writing(services.sessions) as session:
        for product in session.scalars(select(Product)):
            product.updated_at = utc_now() - dt.timedelta(days=7)


def test_products_that_the_model_does_not_know_are_told_once(services: Services, shelf: Shelf) -> None:
    age(services)
    shelf.advisor = advisor = AlphabeticalAdvisor(unknown=["runx", "tablet"])
    assert services.item_updates.refresh() == 2
    assert services.item_updates.refresh() == 0
    assert advisor.updated == [["runx", "tablet"]]


def test_a_product_that_was_changed_is_told_again(services: Services, shelf: Shelf) -> None:
    age(services)
    shelf.advisor = advisor = AlphabeticalAdvisor()
    services.item_updates.refresh()
    with writing(services.sessions) as session:
        session.scalars(select(Product).where(Product.slug == "cactus")).one().updated_at = utc_now()
    assert services.item_updates.refresh() == 1
    assert advisor.updated == [["cactus"]]


def test_without_a_recommender_nothing_is_told(services: Services) -> None:
    assert services.item_updates.refresh() == 0


def test_a_new_product_is_like_others_as_soon_as_it_was_told(chat: Chat, shelf: Shelf) -> None:
    shelf.advisor = AlphabeticalAdvisor(unknown=["runx"])
    assert chat.say("ask_similar", product="runx") == ["utter_popular_like"]
    chat.services.item_updates.refresh()
    assert chat.say("ask_similar", product="runx") == ["utter_similar"]
