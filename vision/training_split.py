"""Which views a training learns from, and which it is judged by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vision.feature_cache import FeatureCache
from vision.training_data import Ints, TrainingData, held_out_photos, held_out_products

JUDGED_VIEWS = 6
"""Of a main picture, where products have too few photos to hold some out."""


@dataclass(frozen=True)
class TrainingSplit:
    """Places of views in a cache.

    Attributes:
        queries: of each product, the views that stand for shoppers' photos; none for products that are held out.
        judged: by name ("photos", "changed"), the views that the model is judged by.
        unseen: products whose photos a probe leaves out, to see what becomes of them.
        unseen_queries: their photos as they are.
        kind: what was held out, in words for people.
    """

    queries: tuple[Ints, ...]
    judged: dict[str, Ints]
    unseen: Ints
    unseen_queries: Ints
    kind: str

    @property
    def has_photos(self) -> bool:
        """Tell whether there are photos beside the products' own pictures, enough to hold some out."""
        return "photos" in self.judged


def split_views(data: TrainingData, cache: FeatureCache, seed: int) -> TrainingSplit:
    """Hold out photos where products have several, else views of their only picture.

    Args:
        data: the photos.
        cache: their views.
        seed: of the draw.
    """
    features = cache.features[cache.places(np.arange(len(data.photos)))].astype(np.float32)
    features -= features.mean(0)
    features /= np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-9)
    held = held_out_photos(data, features, seed)
    kept = np.setdiff1d(data.others, held)
    unseen = held_out_products(data, kept, seed)
    judged, kind = _judged(data, cache, held)
    queries = tuple(_queries(data, cache, kept, number, len(held) == 0) for number in range(len(data.item_ids)))
    photos = kept[np.isin(data.products[kept], unseen)]
    return TrainingSplit(queries, judged, unseen, cache.places(photos), kind)


def _judged(data: TrainingData, cache: FeatureCache, held: Ints) -> tuple[dict[str, Ints], str]:
    if len(held):
        changed = np.concatenate([cache.places_of(int(row), 1) for row in held])
        kind = f"{len(held)} photos, each product's with those that look most like them"
        return {"photos": cache.places(held), "changed": changed}, kind
    last = [cache.places_of(int(row))[1:][-JUDGED_VIEWS:] for row in data.main]
    return {"changed": np.concatenate(last)}, f"{JUDGED_VIEWS} made views of each product's only picture"


def _queries(data: TrainingData, cache: FeatureCache, kept: Ints, number: int, judged_by_main: bool) -> Ints:
    own = [cache.places_of(int(row)) for row in kept[data.products[kept] == number]]
    main = cache.places_of(int(data.main[number]), 1)
    if judged_by_main:
        main = main[: max(1, len(main) - JUDGED_VIEWS)]
    return np.concatenate(own) if len(own) >= 3 else np.concatenate([*own, main])
