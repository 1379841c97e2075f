"""Answers what a shopper may ask of a recommender; all else in this library exists for the answers given here.

Importing this needs numpy, scipy, pandas and scikit-learn, and nothing that only training uses.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timezone
from pathlib import Path
from threading import Lock

import numpy as np
import pandas as pd

from recsys import artifact
from recsys import columns as c
from recsys.arrays import BoolArray, FloatArray, IntArray
from recsys.arrivals import MAX_AGE_DAYS, new_items
from recsys.best_sellers import in_category
from recsys.deals import deals
from recsys.diversity import mmr
from recsys.errors import UnknownItem
from recsys.explain import Explanation
from recsys.exploration import POOL, explored
from recsys.filters import allowed_for, check_k, check_share, mask_of
from recsys.parts import Parts
from recsys.profile import Profile
from recsys.reasons import explanation_of, popular_reasons, reasons_for
from recsys.served import Scored, Served
from recsys.shopper import Shopper
from recsys.similar import similar_items
from recsys.slate import Reason, Slate
from recsys.together import bought_together
from recsys.topk import largest
from recsys.updating import ItemUpdate, updated

BLEND, POPULAR, POPULAR_IN_CATEGORY = "blend", "popular", "popular_in_category"
_RERANKED = 50
"""How many items re-ranking for diversity chooses from, at least."""


class Recommender:
    """A trained model in service. Many threads may ask at once, also while items are being updated."""

    def __init__(self, parts: Parts) -> None:
        self._served = Served(parts)
        self._trained_content_weights = self._served.content_weights
        self._updating = Lock()

    @classmethod
    def load(cls, folder: Path, *, mmap: bool = True, verify: bool = False) -> Recommender:
        """Read a model that `recsys.artifact.save` wrote.

        Args:
            folder: Where it is.
            mmap: Whether large arrays stay on disk until they are looked at.
            verify: Whether every checksum is compared.

        Raises:
            ArtifactDamaged: If a file is missing, cut short or changed.
            ArtifactVersionMismatch: If another version wrote it.
            FeatureMismatch: If the features are not those that it was trained with.
        """
        return cls(artifact.load(folder, mmap, verify))

    @property
    def parts(self) -> Parts:
        """The model as it is now; a value that never changes."""
        return self._served.parts

    @property
    def version(self) -> str:
        """The name of the training."""
        return self.parts.version

    def knows(self, item_id: str) -> bool:
        """Tell whether an item can be recommended."""
        return item_id in self.parts.items

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
        """Give what suits a shopper best: by behaviour (hot), by features (warm), else what is popular (cold).

        Args:
            profile: Who asks, what just happened, and what was argued.
            k: How many; fewer come back where fewer may be shown.
            candidates: Out of which, as external ids; None is all items. Applied before ranking.
            exclude_seen: Whether what the shopper had to do with is left out.
            diversity: 0 ranks by score alone; more makes the list less alike (`recsys.diversity`).
            exploration: The chance that the last place goes to one of the next items (`recsys.exploration`).
            rng: Where that chance comes from; None draws from the system.

        Raises:
            InvalidFrame: If k is below 1, or `diversity` or `exploration` is no share.
        """
        check_k(k)
        check_share("diversity", diversity)
        check_share("exploration", exploration)
        served = self._served
        shopper = served.shopper(profile)
        allowed = allowed_for(served.parts, shopper, profile.edits, candidates, exclude_seen)
        scored, policy = self._scored(served, shopper, profile, allowed)
        rows, scores = scored.best(max(_RERANKED, 5 * k) if diversity else k + POOL)
        order = np.arange(len(rows))
        if diversity:
            order = mmr(scores, served.parts.evidence.item_embeddings[rows], k + POOL, diversity)
        chosen, propensities = explored(order, k, exploration, rng)
        return _slate(
            served,
            rows[chosen],
            scores[chosen],
            self._why(served, shopper, profile, rows[chosen], policy),
            _policy(policy, diversity, exploration),
            shopper,
            propensities,
        )

    def similar_items(
        self, item_id: str, k: int = 5, *, candidates: Collection[str] | None = None, profile: Profile | None = None
    ) -> Slate:
        """Give what is like an item, by `recsys.similar`.

        Raises:
            UnknownItem: If the model does not know the item.
            InvalidFrame: If k is below 1.
        """
        check_k(k)
        return similar_items(self._served, item_id, k, candidates, profile)

    def bought_together(
        self, item_ids: Collection[str], k: int = 5, *, candidates: Collection[str] | None = None
    ) -> Slate:
        """Give what baskets hold with some items, by `recsys.together`; empty where they do not say.

        Raises:
            InvalidFrame: If k is below 1.
        """
        check_k(k)
        return bought_together(self._served, item_ids, k, candidates)

    def new_items(
        self,
        profile: Profile,
        k: int = 5,
        *,
        candidates: Collection[str] | None = None,
        now: datetime,
        max_age_days: float = MAX_AGE_DAYS,
    ) -> Slate:
        """Give what came lately, in personal order, by `recsys.arrivals`.

        Raises:
            InvalidFrame: If k is below 1.
        """
        check_k(k)
        return new_items(self._served, profile, k, candidates, now, max_age_days)

    def deals(
        self, profile: Profile, promoted: Collection[str], k: int = 5, *, candidates: Collection[str] | None = None
    ) -> Slate:
        """Give what is on offer, in personal order, by `recsys.deals`.

        Raises:
            InvalidFrame: If k is below 1.
        """
        check_k(k)
        return deals(self._served, profile, promoted, k, candidates)

    def popular(self, k: int = 5, *, category: str | None = None, candidates: Collection[str] | None = None) -> Slate:
        """Give what most shoppers took lately, of all items or of one category; of unsold items none.

        Raises:
            InvalidFrame: If k is below 1.
        """
        check_k(k)
        served = self._served
        allowed = mask_of(served.parts, candidates)
        if category is not None:
            allowed &= _among(served.parts.n_items, in_category(served.parts, category))
        counts = np.where(allowed & (served.parts.popularity > 0), served.parts.popularity, -np.inf)
        rows = largest(counts, k)
        reasons = popular_reasons(served, rows, category)
        policy = POPULAR if category is None else POPULAR_IN_CATEGORY
        return Slate.of(served.parts.items.ids(rows), counts[rows].tolist(), reasons, policy, "cold")

    def explain(self, profile: Profile, item_id: str) -> Explanation:
        """Split the hybrid's score of an item for a shopper into what each feature adds.

        Raises:
            UnknownItem: If the model does not know the item.
        """
        served = self._served
        if item_id not in served.parts.items:
            raise UnknownItem(item_id)
        row = served.parts.items.row(item_id)
        return explanation_of(served.parts, served.shopper(profile), profile.edits, row)

    def update_items(self, item_features: pd.DataFrame, *, now: datetime | None = None) -> ItemUpdate:
        """Serve new and changed items from their features at once; who asks meanwhile gets the state before.

        Args:
            item_features: All features of the items in it, long.
            now: Ages of items are counted from here; None is this moment.

        Returns:
            What was added and changed, and how many values the model cannot read.

        Raises:
            InvalidFrame: If it is no frame of item features.
            FeatureMismatch: If none of its fields is one that the model was trained with.
        """
        moment = now or datetime.now(timezone.utc)
        with self._updating:
            parts, report = updated(self.parts, item_features, self._trained_content_weights, moment)
            if parts is not self.parts:
                self._served = Served(parts)
        return report

    @staticmethod
    def _scored(served: Served, shopper: Shopper, profile: Profile, allowed: BoolArray) -> tuple[Scored, str]:
        if shopper.temperature != "cold":
            return served.score(shopper, profile.edits, allowed), BLEND
        counts = served.parts.popularity.copy()
        hinted = _hinted(served.parts, profile)
        counts[hinted] += counts.max(initial=0.0) + 1.0
        counts[~allowed] = -np.inf
        return Scored(None, counts), POPULAR_IN_CATEGORY if len(hinted) else POPULAR

    @staticmethod
    def _why(
        served: Served, shopper: Shopper, profile: Profile, rows: IntArray, policy: str
    ) -> list[tuple[Reason, ...]]:
        if policy == BLEND:
            return reasons_for(served, shopper, profile.edits, rows)
        overall = popular_reasons(served, rows)
        for category in profile.features.get(c.CATEGORY, ()):
            inside = popular_reasons(served, rows, category)
            overall = [there or everywhere for there, everywhere in zip(inside, overall, strict=True)]
        return overall


def _slate(
    served: Served,
    rows: IntArray,
    scores: FloatArray,
    reasons: list[tuple[Reason, ...]],
    policy: str,
    shopper: Shopper,
    propensities: FloatArray,
) -> Slate:
    blend, calibrated = served.parts.blend, policy.startswith(BLEND) and served.parts.blend.learnt
    probabilities = blend.probability(scores).tolist() if calibrated else None
    return Slate.of(
        served.parts.items.ids(rows),
        scores.tolist(),
        reasons,
        policy,
        shopper.temperature,
        probabilities=probabilities,
        propensities=propensities.tolist(),
    )


def _hinted(parts: Parts, profile: Profile) -> IntArray:
    """Give the items of the categories that a stranger's profile names."""
    named = [in_category(parts, category) for category in profile.features.get(c.CATEGORY, ())]
    return np.unique(np.concatenate(named)) if named else np.empty(0, dtype=np.int64)


def _among(n_items: int, rows: IntArray) -> BoolArray:
    mask = np.zeros(n_items, dtype=bool)
    mask[rows] = True
    return mask


def _policy(base: str, diversity: float, exploration: float) -> str:
    named = [("diversity", diversity), ("exploration", exploration)]
    return "+".join([base, *(f"{name}={value:g}" for name, value in named if value)])
