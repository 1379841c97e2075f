"""Chooses how far words and the photo's class move a composed search, on wishes made of the catalogue's facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
from PIL.Image import Image

from vision.catalogue import Item
from vision.encoder import Encoder, EncoderIdentity, Vectors
from vision.gallery import Gallery
from vision.matcher import ImageMatcher
from vision.matcher_settings import MatcherSettings
from vision.matching import Vector
from vision.wishes import Wish, wishes

MOST_QUERIES = 300
_CLASS_WEIGHTS = (0.0, 0.1, 0.2, 0.4, 0.8)
_WORDS_WEIGHTS = (0.0, 0.5, 1.0, 2.0, 4.0)
_GAIN = 0.005
"""A larger weight has to win by as much: it is simpler without."""

Query = tuple[Vector, Wish]


class RememberedTexts:
    """An encoder that reads each text once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Vector] = {}

    @property
    def identity(self) -> EncoderIdentity:
        """Tell which model this is."""
        return self._encoder.identity

    def encode_images(self, images: Sequence[Image]) -> Vectors:
        """Give one row per picture, as the encoder does."""
        return self._encoder.encode_images(images)

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Give one row per text; those that are new go to the encoder together."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encoder.encode_texts(new), strict=True))
        return np.stack([self._known[text] for text in texts])


def fit_composed(
    encoder: Encoder,
    gallery: Gallery,
    items: Sequence[Item],
    views: tuple[Vectors, Sequence[str]],
    settings: MatcherSettings,
    rng: np.random.Generator,
) -> MatcherSettings:
    """Choose `class_weight` and `words_weight`; without any wish that can be tested they stay.

    Args:
        encoder: made the gallery.
        gallery: of these products, or some of them.
        items: products, with their facts.
        views: vectors of photos, and which product each shows.
        settings: with all else already chosen.
        rng: picks the wishes that are tested, where there are many.
    """
    queries = _queries(items, views, rng)
    if not queries:
        return settings
    reader = RememberedTexts(encoder)
    best, most = replace(settings, class_weight=0.0, words_weight=0.0), -1.0
    for class_weight, words_weight in product(_CLASS_WEIGHTS, _WORDS_WEIGHTS):
        tried = replace(settings, class_weight=class_weight, words_weight=words_weight)
        share = _share(ImageMatcher(reader, gallery, tried), queries)
        if share > most + _GAIN:
            best, most = tried, share
    return best


def _queries(items: Sequence[Item], views: tuple[Vectors, Sequence[str]], rng: np.random.Generator) -> list[Query]:
    by_item: dict[str, list[Vector]] = {}
    for vector, item_id in zip(*views, strict=True):
        by_item.setdefault(item_id, []).append(vector)
    made = [wish for wish in wishes(items, spoken=False) if wish.item_id in by_item]
    if len(made) > MOST_QUERIES:
        made = [made[int(at)] for at in sorted(rng.choice(len(made), MOST_QUERIES, replace=False))]
    return [(vector, wish) for wish in made for vector in by_item[wish.item_id][:2]]


def _share(matcher: ImageMatcher, queries: Sequence[Query]) -> float:
    """Give the share of queries whose first product is of the photo's class and satisfies the wish."""
    hits = 0
    for vector, wish in queries:
        found = matcher.match_vector(vector, 1, text=wish.text, filters=wish.passing).items
        hits += bool(found) and found[0].item_id in wish.good
    return hits / len(queries)
