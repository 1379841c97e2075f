"""The one place that builds services from settings."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Protocol

from actions.advisors import Advisors
from actions.item_updates import ItemUpdates
from actions.labels import Labels
from actions.photo_fetch import PhotoFetch
from actions.photo_matching import PhotoMatcherStore, VisionFiles, load_parts
from actions.photo_sight import PhotoVectors
from actions.photo_store import PhotoStore
from actions.photos import Photos
from actions.popularity import PopularAdvisor
from actions.settings import Settings
from actions.vocabulary import Vocabulary
from recsys.store import RecommenderStore
from shop.db import Sessions, make_sessions, open_engine
from shop.embedding import SentenceTransformerEmbedder
from shop.policies import Passage, PolicyIndex, load_passages
from shop.search import Filters, ProductSearch, SearchQuery, SearchResults


class Search(Protocol):
    """Finds products."""

    def search(self, query: SearchQuery) -> SearchResults:
        """Give one page of what fits the query."""

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
    policies: Policies
    labels: Labels
    vocabulary: Vocabulary
    advisors: Advisors
    item_updates: ItemUpdates
    photos: Photos
    matchers: PhotoMatcherStore
    photo_vectors: PhotoVectors = field(default_factory=PhotoVectors)


def build_services(settings: Settings) -> Services:
    """Open the database, load the encoder and index what is new; takes seconds."""
    sessions = make_sessions(open_engine(settings.database_url))
    embedder = SentenceTransformerEmbedder(settings.text_model, settings.threads)
    search = ProductSearch(sessions, embedder, settings.search_cache)
    search.refresh()
    policies = PolicyIndex(load_passages(settings.policies), embedder)
    # Where every vector is cached, the encoder would load with the first search, and the passages be read with the
    # first question: either would miss that shopper's deadline.
    policies.answer("ready")
    store = RecommenderStore(settings.recsys)
    advisors = Advisors(store, PopularAdvisor(search, sessions))
    # Both are loaded now, and where one cannot be, that is said now.
    advisors.current()
    files = VisionFiles(settings.vision, settings.image_model)
    matchers = PhotoMatcherStore(files, settings.images, sessions, partial(load_parts, threads=settings.threads))
    matchers.current()
    return Services(
        settings=settings,
        sessions=sessions,
        search=search,
        policies=policies,
        labels=Labels.load(settings.labels, settings.language, settings.locale),
        vocabulary=Vocabulary(sessions, clock=time.monotonic),
        advisors=advisors,
        item_updates=ItemUpdates(store, sessions),
        photos=Photos(PhotoStore(settings.photos, settings.photo_hours), PhotoFetch(settings.photo_host_names)),
        matchers=matchers,
    )


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
