"""A small real shop, and a chat with the actions that needs no Rasa: rules say which action takes an intent."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import hashlib
import inspect
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import jwt
import numpy as np
import pytest
import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import (
    answers,
    arguing,
    cart,
    catalogue,
    checkout,
    codes,
    comparison,
    desk_actions,
    orders,
    photo_search,
    receipts,
    recommendations,
    refunds,
    search,
    service,
    ticket_actions,
    told,
    whys,
)
from actions.advice_words import AdviceWords
from actions.advisors import Advisors, TrainedAdvisor
from actions.base import ShopAction
from actions.bootstrap import Services
from actions.identity import AUDIENCE
from actions.item_updates import ItemUpdates
from actions.labels import Labels
from actions.photo_fetch import PhotoFetch
from actions.photo_matching import PhotoMatcherStore, VisionFiles
from actions.photo_store import PhotoStore
from actions.photos import Photos
from actions.popularity import PopularAdvisor
from actions.reason_words import ReasonWords
from actions.receipt_keeper import ReceiptKeeper
from actions.reply_keeper import ReplyKeeper
from actions.rulebook import Rulebook
from actions.settings import Settings
from actions.vocabulary import Vocabulary
from recsys.errors import ArtifactDamaged
from replies.guard import Verdict
from replies.service import ReplyWriter
from replies.topics import Topics, read_topics
from shop.db import Sessions, make_sessions, open_engine, writing
from shop.glossary import Glossary
from shop.guest_access import GuestAccess
from shop.migrate import upgrade
from shop.models import Address, Attribute, Category, Customer, DeliveryMethod, Product, Variant, VariantOption
from shop.policies import PolicyIndex, load_passages
from shop.search import ProductSearch
from shop.senders import BackgroundSender, Message

ROOT = Path(__file__).parents[2]
SECRET = "0123456789abcdef0123456789abcdef"
MODULES = (
    answers, arguing, cart, catalogue, checkout, codes, comparison, desk_actions, orders, photo_search, receipts,
    recommendations, refunds, search, service, ticket_actions, told, whys,
)  # fmt: skip

# name, slug, brand, category, attributes, variants: (sku, price, stock, options)
GOODS: Sequence[tuple[str, str, str | None, str, dict[str, list[str]], list[tuple[str, str, int, dict[str, str]]]]] = [
    ("Laptop", "laptop", "Apple", "Computers", {}, [
        ("L13-8", "1299.00", 10, {"screen size": "13 inch", "RAM": "8GB"}),
        ("L15-8", "1399.00", 0, {"screen size": "15 inch", "RAM": "8GB"}),
        ("L13-16", "2199.00", 3, {"screen size": "13 inch", "RAM": "16GB"}),
        ("L15-16", "2299.00", 10, {"screen size": "15 inch", "RAM": "16GB"}),
    ]),
    ("Tablet", "tablet", "Apple", "Computers", {}, [
        ("T-32", "329.00", 10, {"storage": "32GB"}),
        ("T-128", "445.00", 10, {"storage": "128GB"}),
    ]),
    ("Wireless Optical Mouse", "cordless-mouse", "Logitech", "Computers", {}, [("MOUSE", "18.99", 100, {})]),
    ("Freerun Running Shoe", "freerun", "Nike", "Footwear", {"color": ["black"]}, [
        ("FR-40", "160.00", 10, {"size": "Size 40"}),
        ("FR-42", "160.00", 2, {"size": "Size 42"}),
    ]),
    ("RunX Running Shoe", "runx", "Adidas", "Footwear", {"color": ["black"]}, [
        ("RX-40", "44.95", 10, {"size": "Size 40"}),
        ("RX-42", "44.95", 10, {"size": "Size 42"}),
    ]),
    ("Ultraboost Running Shoe", "ultraboost", "Adidas", "Footwear", {"color": ["blue", "pink"]}, [
        ("UB-40", "99.99", 10, {"size": "Size 40"}),
    ]),
    ("Spiky Cactus", "cactus", None, "Plants", {"plant type": ["Indoor"]}, [("CACTUS", "15.50", 5, {})]),
    ("Orchid", "orchid", None, "Plants", {}, [("ORCHID", "65.00", 0, {})]),
    ("Modern Cafe Chair", "cafe-chair", None, "Furniture", {}, [
        ("CH-MUSTARD", "100.00", 5, {"color": "mustard"}),
        ("CH-MINT", "100.00", 5, {"color": "mint"}),
    ]),
]  # fmt: skip


class HashEmbedder:
    """Texts as bags of hashed words: deterministic, and close where words are shared."""

    model_name = "hashed-words"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.zeros((len(texts), 256), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[int(hashlib.sha256(word.encode()).hexdigest(), 16) % 256] += 1
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.maximum(norms, 1e-9)


def fill(sessions: Sessions) -> None:
    with writing(sessions) as session:
        categories: dict[str, Category] = {}
        for name, slug, brand, category, attributes, variants in GOODS:
            shelf = categories.setdefault(category, Category(slug=category.lower(), name=category))
            session.add(
                Product(
                    slug=slug,
                    name=name,
                    description=f"A fine {name.lower()}.",
                    brand=brand,
                    categories=[shelf],
                    attributes=[
                        Attribute(name=key, value=value) for key, values in attributes.items() for value in values
                    ],
                    variants=[_variant(name, place, *row) for place, row in enumerate(variants)],
                )
            )
        session.add(
            DeliveryMethod(
                code="standard",
                name="Standard delivery",
                price=Decimal("4.90"),
                currency="USD",
                free_from=Decimal(500),
                days_min=2,
                days_max=4,
            )
        )
        session.add(
            Customer(
                public_id="ada",
                email="ada@example.com",
                name="Ada Lovelace",
                addresses=[
                    Address(name="Ada Lovelace", street="1 Main Street", city="London", postcode="N1 9GU", country="GB")
                ],
            )
        )
        session.add(Customer(public_id="bo", email="bo@example.com", name="Bo Ek"))


def _variant(name: str, place: int, sku: str, price: str, stock: int, options: dict[str, str]) -> Variant:
    return Variant(
        sku=sku,
        name=" ".join([name, *options.values()]),
        price=Decimal(price),
        currency="USD",
        stock=stock,
        position=place,
        options=[VariantOption(name=key, value=value, position=at) for at, (key, value) in enumerate(options.items())],
    )


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "shop.db"
    upgrade(f"sqlite:///{path}")
    engine = open_engine(f"sqlite:///{path}")
    fill(make_sessions(engine))
    engine.dispose()
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{tmp_path / 'shop.db'}",
        secret=SECRET,
        search_cache=tmp_path / "search",
        policies=ROOT / "data/policies",
        labels=ROOT / "data/labels",
        exploration=0.0,
        images=tmp_path / "images",
        vision=tmp_path / "vision",
        photos=tmp_path / "photos",
        # A busy machine is not what these tests are about.
        deadline_s=60.0,
    )


@dataclass(frozen=True)
class Texts:
    """What a server reads once from files and never changes; to read it takes longer than most tests."""

    glossary: Glossary
    languages: Mapping[str, Labels]
    reasons: ReasonWords
    advice: AdviceWords
    rulebook: Rulebook
    topics: Topics


@pytest.fixture(scope="session")
def texts() -> Texts:
    glossary = Glossary.read(ROOT / "data/lexicon/glossary_zh.csv")
    return Texts(
        glossary=glossary,
        languages=Labels.load_all(ROOT / "data/labels", "en_US", glossary),
        reasons=ReasonWords.read(ROOT / "data/lexicon", ["en", "zh"]),
        advice=AdviceWords.read(ROOT / "data/advice.yml"),
        rulebook=Rulebook.load(ROOT / "data/policies", ["en", "zh"], "en"),
        topics=read_topics(ROOT / "data/replies"),
    )


class Shelf:
    """A store of recommenders that holds one, or none."""

    def __init__(self) -> None:
        self.advisor: TrainedAdvisor | None = None

    def current(self) -> TrainedAdvisor:
        if self.advisor is None:
            raise ArtifactDamaged("artifacts/recsys", "no recommender is published")
        return self.advisor


class Outbox:
    """A sender that keeps what it sends."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def send(self, message: Message) -> None:
        self.messages.append(message)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture
def services(settings: Settings, template: Path, tmp_path: Path, shelf: Shelf, outbox: Outbox, texts: Texts) -> Any:
    shutil.copy(template, tmp_path / "shop.db")
    engine = open_engine(settings.database_url, timeout_s=0.2)
    sessions = make_sessions(engine)
    embedder = HashEmbedder()
    search = ProductSearch(sessions, embedder, settings.search_cache, glossary=texts.glossary)
    yield Services(
        settings=settings,
        sessions=sessions,
        search=search,
        policies={"en": PolicyIndex(load_passages(settings.policies), embedder)},
        languages=texts.languages,
        glossary=texts.glossary,
        reasons=texts.reasons,
        advice=texts.advice,
        vocabulary=Vocabulary(sessions, clock=lambda: 0.0),
        advisors=Advisors(shelf, PopularAdvisor(search, sessions)),
        item_updates=ItemUpdates(shelf, sessions),
        photos=Photos(PhotoStore(settings.photos, settings.photo_hours), PhotoFetch(settings.photo_host_names)),
        matchers=PhotoMatcherStore(VisionFiles(settings.vision), settings.images, sessions),
        receipts=ReceiptKeeper(sessions),
        guests=GuestAccess(sessions, BackgroundSender(outbox), SECRET),
        rulebook=texts.rulebook,
        # Without a model and approved replies the templates speak.
        replies=ReplyWriter([], lambda reply, situation: Verdict(("no model",))),
        given_replies=ReplyKeeper(sessions, dt.timedelta(days=90)),
        topics=texts.topics,
    )
    engine.dispose()


@functools.cache
def rules() -> dict[str, str]:
    """Which action takes an intent, where no form is being filled."""
    found = {}
    for path in sorted((ROOT / "data/rules").glob("*.yml")):
        for rule in yaml.safe_load(path.read_text())["rules"]:
            if "condition" not in rule:
                found[rule["steps"][0]["intent"]] = rule["steps"][1]["action"]
    return found


def action_classes() -> list[type[ShopAction]]:
    return [
        value
        for module in MODULES
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, ShopAction) and not inspect.isabstract(value)
    ]


class Chat:
    """A conversation whose slots live on from message to message, as Rasa keeps them."""

    def __init__(self, services: Services, sender_id: str = "web-1", metadata: dict[str, Any] | None = None) -> None:
        self.services = services
        self.sender_id = sender_id
        self.metadata = metadata or {}
        self.slots: dict[str, Any] = {}
        self.form: str | None = None
        self.events: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []
        self._rules = rules()
        self._actions: dict[str, Action] = {one.name(): one for one in (kind(services) for kind in action_classes())}

    def say(
        self, intent: str, text: str = "some words", confidence: float = 1.0, *, lasting: bool = True, **entities: Any
    ) -> list[str]:
        """Send a message; give the names of the responses. `lasting` tells whether a wish is said to hold for good."""
        found = [
            {"entity": name, "value": value}
            for name, values in entities.items()
            for value in (values if isinstance(values, list) else [values])
        ]
        message = {
            "text": text,
            "intent": {"name": intent, "confidence": confidence},
            "entities": found,
            "metadata": self.metadata,
            "lasting": lasting,
        }
        return self.run(self._rules[intent], message)

    def press(self, payload: str) -> list[str]:
        """Press a button."""
        intent, brace, rest = payload[1:].partition("{")
        return self.say(intent, payload, **(json.loads(brace + rest) if brace else {}))

    def run(self, action: str, message: dict[str, Any]) -> list[str]:
        self.messages = []
        queue: list[str] = [action]
        while queue:
            name = queue.pop(0)
            if name.startswith("utter_"):
                self.messages.append({"response": name})
                continue
            if name == "checkout_form":
                self.form = name
                continue
            tracker = Tracker(
                self.sender_id, dict(self.slots), message, self.events, False, None, {"name": self.form}, None
            )
            dispatcher = CollectingDispatcher()
            for event in asyncio.run(self._actions[name].run(dispatcher, tracker, {})):
                if event["event"] == "slot":
                    self.slots[event["name"]] = event["value"]
                elif event["event"] == "followup":
                    queue.append(event["name"])
            self.messages += dispatcher.messages
        json.dumps([self.messages, self.slots])  # all of it has to travel to Rasa
        return [one["response"] for one in self.messages]

    @property
    def last(self) -> dict[str, Any]:
        return self.messages[-1]

    @property
    def titles(self) -> list[str]:
        """The names on the cards last shown."""
        return [card["title"] for card in self.last["elements"]]

    @property
    def payloads(self) -> list[str]:
        return [button["payload"] for button in self.last["buttons"]]

    def fill_address(self, **changes: str) -> None:
        self.slots.update(
            ship_name="Jo Doe",
            ship_email="jo@example.com",
            ship_street="1 High Street",
            ship_city="Leeds",
            ship_postcode="LS1 4AB",
            ship_country="GB",
        )
        self.slots.update(changes)


def signed_in(services: Services, public_id: str, sender_id: str = "web-1") -> Chat:
    """A chat of a customer."""
    expires = dt.datetime.now(dt.timezone.utc) + dt.timedelta(minutes=5)
    claims = {"aud": AUDIENCE, "sub": sender_id, "exp": expires, "customer": public_id}
    return Chat(services, sender_id, {"identity": jwt.encode(claims, SECRET, "HS256")})


@pytest.fixture
def chat(services: Services) -> Chat:
    return Chat(services)
