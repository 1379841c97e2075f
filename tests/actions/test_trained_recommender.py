"""The actions with a trained recommender, made small: shoppers of two clear tastes, and the rows of the shop itself."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from actions.bootstrap import Services
from recsys.blend_model import evidence_of, learn_blend
from recsys.dataset import InteractionDataset
from recsys.hybrid import HybridSettings, LightFMHybrid
from recsys.parts import Parts
from recsys.recommender import Recommender
from recsys.split import Truth, time_split
from shop.db import make_sessions, open_engine, reading
from shop.recsys_export import item_feature_frame
from tests.actions.conftest import Chat, Shelf
from tests.actions.test_recommendations import look_at, shown

NOW = dt.datetime.now(dt.timezone.utc)
RUNNERS, WORKERS = ["freerun", "runx", "ultraboost"], ["laptop", "tablet", "cordless-mouse"]
REST = ["cactus", "cafe-chair", "orchid"]


def behaviour() -> pd.DataFrame:
    """60 shoppers, half of them runners, half of them workers; who buys a laptop buys the mouse with it."""
    random = np.random.default_rng(7)
    rows = []
    for shopper in range(60):
        own = RUNNERS if shopper % 2 else WORKERS
        for day in range(6):
            at = NOW - dt.timedelta(days=80 - 13 * day, minutes=int(random.integers(900)))
            seen = [*random.choice(own, 2, replace=False), *random.choice(REST, 1)]
            rows += [
                (f"user-{shopper}", slug, "view", at + dt.timedelta(seconds=n), None) for n, slug in enumerate(seen)
            ]
            bought = ["laptop", "cordless-mouse"] if "laptop" in seen else list(random.choice(own, 1))
            basket = f"order-{shopper}-{day}"
            rows += [(f"user-{shopper}", slug, "purchase", at + dt.timedelta(minutes=5), basket) for slug in bought]
    return pd.DataFrame(rows, columns=["user_id", "item_id", "kind", "timestamp", "basket_id"])


@pytest.fixture(scope="session")
def trained(template: object) -> Recommender:
    engine = open_engine(f"sqlite:///{template}")
    with reading(make_sessions(engine)) as session:
        items = item_feature_frame(session)
    engine.dispose()
    rows = behaviour()
    split = time_split(rows, NOW - dt.timedelta(days=20), NOW)
    before = InteractionDataset.from_frames(split.train, None, items)
    hybrid = LightFMHybrid(HybridSettings(components=8, epochs=20)).fit(before)
    truth = Truth.from_frame(split.valid, before, new_only=False)
    users = hybrid.folded_in(np.arange(len(before.users)))
    evidence = evidence_of(before, hybrid.representations)
    return Recommender(
        Parts.of(before, hybrid.representations, evidence, learn_blend(evidence, before, users, truth, 7), items)
    )


@pytest.fixture
def chat(services: Services, shelf: Shelf, trained: Recommender) -> Chat:
    shelf.advisor = trained
    return Chat(services)


def test_what_was_looked_at_a_moment_ago_moves_the_list(chat: Chat) -> None:
    look_at(chat, "freerun")
    chat.say("recommend")
    assert {"RunX Running Shoe", "Ultraboost Running Shoe"} <= set(shown(chat)[:3])
    worker = Chat(chat.services, "web-2")
    look_at(worker, "tablet")
    worker.say("recommend")
    assert "Laptop" in shown(worker)[:2]


def test_reasons_are_told_in_words(chat: Chat) -> None:
    look_at(chat, "runx")
    chat.say("recommend", category="Footwear")
    assert chat.say("ask_why", product="ultraboost") == ["utter_why"]
    assert "Adidas" in chat.last["reasons"] or "Footwear" in chat.last["reasons"] or "RunX" in chat.last["reasons"]


def test_an_ignored_brand_is_no_reason_any_more(chat: Chat) -> None:
    look_at(chat, "runx")
    chat.say("recommend", category="Footwear")
    chat.say("adjust_recommendations", aspect="brand", adjustment="ignore")
    assert "it is by" not in chat.last["listing"]


def test_a_dismissal_moves_the_list_away_within_the_turn(chat: Chat) -> None:
    look_at(chat, "freerun")
    chat.say("recommend")
    first = chat.slots["slate"]["slugs"][0]
    chat.say("dismiss_product", ordinal="1")
    assert first not in chat.slots["slate"]["slugs"]
    chat.say("undo_adjustment")
    assert first in chat.slots["slate"]["slugs"]


def test_baskets_tell_what_goes_with_a_laptop_and_nothing_of_a_cactus(chat: Chat) -> None:
    assert chat.say("ask_goes_with", product="laptop") == ["utter_goes_with"]
    assert chat.titles[0] == "Wireless Optical Mouse"
    assert chat.say("ask_goes_with", product="cactus") == ["utter_goes_with_unknown"]


def test_a_stranger_gets_best_sellers_and_a_gift_makes_a_stranger_of_anybody(chat: Chat) -> None:
    assert chat.say("recommend")[0] == "utter_popular"
    look_at(chat, "freerun")
    assert chat.say("recommend", category="Computers")[0] == "utter_recommended"
    assert chat.say("adjust_recommendations", adjustment="gift")[:2] == ["utter_adjusted", "utter_popular"]


def test_more_pages_end_without_repeats_and_everything_in_stock_has_been_shown(chat: Chat) -> None:
    look_at(chat, "freerun")
    chat.say("recommend")
    seen = list(shown(chat))
    while chat.say("show_more") == ["utter_recommended_more"]:
        seen += shown(chat)
    assert len(seen) == len(set(seen)) == 8
