"""An advisor without a model: it keeps to the alphabet, and remembers what it was asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

import pandas as pd

from recsys.errors import UnknownItem
from recsys.profile import Profile
from recsys.slate import Reason, Recommendation, Slate


class AlphabeticalAdvisor:
    """Orders by slug; knows everything but what is named as unknown, and baskets only as they are given."""

    version = "alphabet-1"

    def __init__(self, baskets: dict[str, list[str]] | None = None, unknown: Collection[str] = ()) -> None:
        self.asked: list[dict[str, Any]] = []
        self._baskets = baskets or {}
        self._unknown = {*unknown}
        self.updated: list[list[str]] = []

    @property
    def profile(self) -> Profile:
        """The profile of the last question."""
        found: Profile = self.asked[-1]["profile"]
        return found

    def recommend(
        self, profile: Profile, k: int = 5, *, candidates: Collection[str] | None = None, **options: Any
    ) -> Slate:
        self.asked.append({"task": "recommend", "profile": profile, "candidates": candidates, **options})
        reasons = (Reason("feature", "brand", "Apple", 0.6), Reason("feature", "secret_field", "x"))
        looked = tuple(Reason("similar_to", value=event.item_id, share=0.4) for event in profile.wanted[-1:])
        return self._slate(candidates, k, profile, (*reasons, *looked) if profile.wanted else (Reason("popular"),))

    def knows(self, item_id: str) -> bool:
        return item_id not in self._unknown

    def update_items(self, item_features: pd.DataFrame) -> None:
        self._unknown -= {*item_features["item_id"]}
        self.updated.append(sorted({*item_features["item_id"]}))

    def similar_items(
        self, item_id: str, k: int = 5, *, candidates: Collection[str] | None = None, profile: Profile | None = None
    ) -> Slate:
        if item_id in self._unknown:
            raise UnknownItem(item_id)
        return self._slate(candidates, k, profile or Profile(), (Reason("similar_to", value=item_id),))

    def bought_together(
        self, item_ids: Collection[str], k: int = 5, *, candidates: Collection[str] | None = None
    ) -> Slate:
        found = [slug for item in item_ids for slug in self._baskets.get(item, ()) if slug in set(candidates or ())]
        items = self._items(found[:k], (Reason("bought_with", value=next(iter(item_ids)), share=0.25),))
        return Slate(items, "lift", "cold")

    def new_items(
        self, profile: Profile, k: int = 5, *, candidates: Collection[str] | None = None, now: dt.datetime
    ) -> Slate:
        return self._slate(candidates, k, profile, (Reason("new"),))

    def deals(
        self, profile: Profile, promoted: Collection[str], k: int = 5, *, candidates: Collection[str] | None = None
    ) -> Slate:
        return self._slate(set(candidates or ()) & set(promoted), k, profile, (Reason("promotion"),))

    def _slate(
        self, candidates: Collection[str] | None, k: int, profile: Profile, reasons: tuple[Reason, ...]
    ) -> Slate:
        shown = sorted(set(candidates or ()))[:k]
        return Slate(self._items(shown, reasons), "alphabet", "hot" if profile.wanted else "cold")

    def _items(self, slugs: Sequence[str], reasons: tuple[Reason, ...]) -> tuple[Recommendation, ...]:
        return tuple(
            Recommendation(slug, rank, 1.0 / rank, propensity=0.5, reasons=reasons)
            for rank, slug in enumerate(slugs, start=1)
        )
