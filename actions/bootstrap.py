"""The one place that builds services from settings."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Protocol

from actions.advice_words import AdviceWords
from actions.advisors import Advisors
from actions.item_updates import ItemUpdates
from actions.labels import Labels
from actions.photo_fetch import PhotoFetch
from actions.photo_matching import PhotoMatcherStore, VisionFiles, load_parts
from actions.photo_sight import PhotoVectors
from actions.photo_store import PhotoStore
from actions.photos import Photos
from actions.popularity import PopularAdvisor
from actions.reason_words import ReasonWords
from actions.receipt_keeper import ReceiptKeeper
from actions.reply_keeper import ReplyKeeper
from actions.rulebook import Rulebook
from actions.settings import Settings
from actions.vocabulary import Vocabulary
from recsys.store import RecommenderStore
from replies.loading import Places, load_writer
from replies.service import ReplyWriter
from replies.topics import Topics, read_topics
from shop.db import Sessions, make_sessions, open_engine
from shop.embedding import SentenceTransformerEmbedder, TextEmbedder
from shop.glossary import Glossary
from shop.guest_access import GuestAccess
from shop.nearest_terms import NearestTerms
from shop.onnx_embedding import OnnxEmbedder
from shop.policies import MULTILINGUAL_THRESHOLD, Passage, PolicyIndex, load_passages
from shop.search import Filters, ProductSearch, SearchQuery, SearchResults
from shop.senders import BackgroundSender, ConsoleSender, Sender, SmtpSender

logger = logging.getLogger(__name__)

# How long an answer may wait for its receipts, and for what it says in words of its own.
_RECEIPTS_S = 0.5


class Search(Protocol):
    """Finds products."""

    def search(self, query: SearchQuery) -> SearchResults:
        """Give one page of what fits the query."""

    def sells(self, text: str) -> bool:
        """Tell whether products are named after the kind of thing that a text says."""

    def passing(self, filters: Filters) -> frozenset[str]:
        """Name every product that satisfies filters."""

    def variants(self, filters: Filters, slugs: Sequence[str]) -> dict[str, str]:
        """Give the SKU that stands for each of some products under filters."""

    def refresh(self) -> None:
        """Take in what has changed in the catalogue."""


class Policies(Protocol):
    """Knows the shop's own texts."""

    def answer(self, question: str) -> Passage | None:
        """Give the passage that answers, or None where no text does."""


@dataclass(frozen=True)
class Services:
    """All that actions work with."""

    settings: Settings
    sessions: Sessions
    search: Search
    policies: Mapping[str, Policies]
    languages: Mapping[str, Labels]
    glossary: Glossary
    reasons: ReasonWords
    advice: AdviceWords
    vocabulary: Vocabulary
    advisors: Advisors
    item_updates: ItemUpdates
    photos: Photos
    matchers: PhotoMatcherStore
    receipts: ReceiptKeeper
    guests: GuestAccess
    rulebook: Rulebook
    replies: ReplyWriter
    given_replies: ReplyKeeper
    topics: Topics
    photo_vectors: PhotoVectors = field(default_factory=PhotoVectors)

    @property
    def labels(self) -> Labels:
        """Give the labels in the shop's own language."""
        return self.languages[self.settings.language]

    def policies_in(self, language: str | None) -> Policies:
        """Give what answers questions in a language; in the shop's own where there is nothing for it."""
        return self.policies.get(language or "", self.policies[self.settings.language])

    def labels_in(self, language: str | None) -> Labels:
        """Give the labels in a language; in the shop's own where there are none."""
        return self.languages.get(language or "", self.labels)


def build_services(settings: Settings) -> Services:
    """Open the database, load the encoder and index what is new; takes seconds."""
    # First: a mail server that cannot be meant is said before anything is loaded.
    sender = _sender(settings)
    sessions = make_sessions(open_engine(settings.database_url))
    embedder = SentenceTransformerEmbedder(settings.text_model, settings.threads)
    glossary = Glossary.read(settings.glossary)
    multilingual = OnnxEmbedder(settings.encoder, settings.threads)
    terms = NearestTerms(glossary, multilingual, settings.search_cache / "terms")
    search = ProductSearch(sessions, embedder, settings.search_cache, glossary=glossary, nearest_terms=terms)
    search.refresh()
    policies = _policies(settings, embedder, multilingual)
    # Where every vector is cached, the encoder would load with the first search, and the passages be read with the
    # first question: either would miss that shopper's deadline.
    for index in policies.values():
        index.answer("ready")
    store = RecommenderStore(settings.recsys)
    advisors = Advisors(store, PopularAdvisor(search, sessions))
    # Both are loaded now, and where one cannot be, that is said now.
    advisors.current()
    files = VisionFiles(settings.vision, settings.image_model)
    matchers = PhotoMatcherStore(files, settings.images, sessions, partial(load_parts, threads=settings.threads))
    matchers.current()
    languages = Labels.load_all(settings.labels, settings.locale, glossary)
    hasty = make_sessions(open_engine(settings.database_url, timeout_s=_RECEIPTS_S))
    return Services(
        settings=settings,
        sessions=sessions,
        search=search,
        policies=policies,
        languages=languages,
        glossary=glossary,
        reasons=ReasonWords.read(settings.glossary.parent, languages),
        advice=AdviceWords.read(settings.labels.parent / "advice.yml"),
        vocabulary=Vocabulary(sessions, clock=time.monotonic),
        advisors=advisors,
        item_updates=ItemUpdates(store, sessions),
        photos=Photos(PhotoStore(settings.photos, settings.photo_hours), PhotoFetch(settings.photo_host_names)),
        matchers=matchers,
        receipts=ReceiptKeeper(hasty),
        guests=GuestAccess(sessions, BackgroundSender(sender), settings.secret.get_secret_value()),
        rulebook=Rulebook.load(settings.policies, list(policies), settings.language),
        replies=_replies(settings, multilingual),
        given_replies=ReplyKeeper(hasty, dt.timedelta(days=settings.feedback_days)),
        topics=read_topics(settings.reply_texts),
    )


def _sender(settings: Settings) -> Sender:
    """Choose how codes go out: by the shop's mail server, or to the console of the demo."""
    address = settings.mail_url.get_secret_value()
    if address:
        return SmtpSender.from_address(address, settings.mail_from)
    logger.warning("DAOGOU_MAIL_URL is not set: one-time codes are written to this console, which is for the demo only")
    return ConsoleSender()


def _replies(settings: Settings, embedder: TextEmbedder) -> ReplyWriter:
    """Load what writes replies: the shop's own model, else the packaged one, and the approved replies."""
    places = Places(
        packaged=settings.reply_texts / "model",
        claims=settings.reply_texts,
        root=settings.replies,
        kept=settings.search_cache / "replies",
    )
    return load_writer(places, embedder.encode, embedder.model_name, threads=settings.threads)


def _policies(settings: Settings, embedder: TextEmbedder, multilingual: TextEmbedder) -> dict[str, Policies]:
    """Index the shop's texts in its own language, and in each other one that the assistant speaks.

    A folder named after a language has its texts. Without one, questions in it are answered by the shop's own texts:
    the encoder for several languages finds across them.
    """
    own = load_passages(settings.policies)
    found: dict[str, Policies] = {settings.language: PolicyIndex(own, embedder)}
    for file in sorted(settings.labels.glob("*.yml")):
        if file.stem != settings.language:
            passages = load_passages(settings.policies / file.stem) or own
            found[file.stem] = PolicyIndex(passages, multilingual, MULTILINGUAL_THRESHOLD, centred=True)
    return found


class _Once:
    """Builds a value when it is first asked for; a failed attempt is made again by the next caller."""

    def __init__(self, build: Callable[[], Services]) -> None:
        self._build = build
        self._lock = threading.Lock()
        self._value: Services | None = None

    @property
    def ready(self) -> bool:
        return self._value is not None

    def get(self) -> Services:
        with self._lock:
            if self._value is None:
                self._value = self._build()
            return self._value


@cache
def settings() -> Settings:
    """Read the environment, once a process."""
    return Settings()  # type: ignore[call-arg]  # the secret comes from the environment


_SHARED = _Once(lambda: build_services(settings()))


def services() -> Services:
    """Give the process's services; the first caller builds them while others wait."""
    return _SHARED.get()


def is_ready() -> bool:
    """Tell whether the services have been built."""
    return _SHARED.ready
