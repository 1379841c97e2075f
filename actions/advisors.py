"""Who ranks: the trained recommender, or what is popular in the shop where there is none."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from recsys.errors import RecsysError
from recsys.profile import Profile
from recsys.slate import Slate

logger = logging.getLogger(__name__)


class Advisor(Protocol):
    """Orders products for a shopper: what `recsys.recommender.Recommender` does, as far as actions ask for it."""

    @property
    def version(self) -> str:
        """Name the model, for the log of what was shown."""

    def recommend(
        self,
        profile: Profile,
        k: int = 5,
        *,
        candidates: Collection[str] | None = None,
        exclude_seen: bool = True,
        diversity: float = 0.0,
        exploration: float = 0.0,
        rng: np.random.Generator | None = None,
    ) -> Slate:
        """Give what suits the shopper."""

    def similar_items(
        self, item_id: str, k: int = 5, *, candidates: Collection[str] | None = None, profile: Profile | None = None
    ) -> Slate:
        """Give what is like an item."""

    def bought_together(
        self, item_ids: Collection[str], k: int = 5, *, candidates: Collection[str] | None = None
    ) -> Slate:
        """Give what baskets show beside some items; empty where they show nothing."""

    def new_items(
        self, profile: Profile, k: int = 5, *, candidates: Collection[str] | None = None, now: dt.datetime
    ) -> Slate:
        """Give what is new, in the shopper's order."""

    def deals(
        self, profile: Profile, promoted: Collection[str], k: int = 5, *, candidates: Collection[str] | None = None
    ) -> Slate:
        """Give what is on offer, in the shopper's order."""


class TrainedAdvisor(Advisor, Protocol):
    """An advisor that is told of products which came, or changed, after its training."""

    def knows(self, item_id: str) -> bool:
        """Tell whether a product can be recommended."""

    def update_items(self, item_features: pd.DataFrame) -> object:
        """Take in products from their features: `item_id`, `feature`, `value`."""


class Store(Protocol):
    """Keeps the recommender that is in service."""

    def current(self) -> TrainedAdvisor:
        """Give it; raise RecsysError where there is none that can be used."""


@dataclass(frozen=True)
class Advice:
    """Who ranks this time; `simple` where it is not the recommender, which the shopper is told."""

    advisor: Advisor
    simple: bool = False


class Advisors:
    """Gives the recommender, and a stated second best where that cannot be used.

    Args:
        store: where trained recommenders are published.
        fallback: ranks without any training.
    """

    def __init__(self, store: Store, fallback: Advisor) -> None:
        self._store = store
        self._fallback = fallback
        self._lock = threading.Lock()
        self._told = ""

    @property
    def fallback(self) -> Advice:
        """Give the second best."""
        return Advice(self._fallback, simple=True)

    def current(self) -> Advice:
        """Give who ranks now; each reason why it is the second best is logged once."""
        try:
            advisor = self._store.current()
        except (RecsysError, OSError) as error:
            self._tell(str(error))
            return self.fallback
        self._tell("")
        return Advice(advisor)

    def _tell(self, trouble: str) -> None:
        with self._lock:
            known, self._told = self._told, trouble
        if trouble and trouble != known:
            logger.error("No recommender is in service, shoppers get what is popular instead: %s", trouble)
        elif known and not trouble:
            logger.info("A recommender is in service again")
