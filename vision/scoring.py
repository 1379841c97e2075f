"""Scores products for a photo: the pictures of each are pooled, and its captions are fused with them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.encoder import Vectors
from vision.gallery import Gallery
from vision.matcher_settings import MatcherSettings
from vision.matching import CLICK, Vector

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

CANDIDATES = 400
"""Pictures that are looked at closely where the gallery is too large to look at all."""


@dataclass(frozen=True)
class Scored:
    """Products with what was found of each, in no order; all arrays have the shape (c,).

    Attributes:
        items: numbers of products, as in `ItemSpace.item_ids`.
        similarity: of the photo to the nearest picture of each.
        score: pooled over its pictures and fused with its captions.
    """

    items: Ints
    similarity: Floats
    score: Floats

    def best(self, k: int) -> Scored:
        """Give the k best, in order; equal scores in the order of the products' numbers."""
        order = np.lexsort((self.items, -self.score))[:k]
        return Scored(self.items[order], self.similarity[order], self.score[order])


def centred(vectors: Vectors, mean: Floats) -> Vectors:
    """Take a mean from vectors and bring them back to length 1; a vector that equals the mean stays as it is.

    Photos lie off the packshots' centre: what all of one kind share tells nothing apart, and outweighs what does.

    Args:
        vectors: shape (n, d).
        mean: shape (d,).
    """
    moved = vectors - mean
    norms = np.linalg.norm(moved, axis=1, keepdims=True)
    return np.asarray(np.where(norms > 1e-6, moved / np.maximum(norms, 1e-6), vectors), dtype=np.float32)


class ItemSpace:
    """The gallery as products that photos are compared with; it never changes, so many threads may ask.

    Attributes:
        item_ids: products by number.
        large: whether only pictures near a photo are looked at.
        photo_centre: where photos lie, shape (d,).
        captions: one text vector for each product; zeros for one without a text, shape (products, d).
    """

    def __init__(self, gallery: Gallery, settings: MatcherSettings) -> None:
        self._gallery = gallery
        self._settings = settings
        self.item_ids: tuple[str, ...] = tuple(dict.fromkeys(gallery.item_ids))
        self._number = {item_id: number for number, item_id in enumerate(self.item_ids)}
        self._item_of_row = np.array([self._number[item_id] for item_id in gallery.item_ids], dtype=np.int64)
        self._all = np.arange(len(self.item_ids), dtype=np.int64)
        self._offset = settings.pooling_temperature * np.log(np.asarray(gallery.weights, dtype=np.float32))
        self._taken = np.array([kind == CLICK for kind in gallery.kinds])
        own = gallery.vectors[~self._taken] if self._taken.any() else gallery.vectors
        centre = _mean(own)
        self.photo_centre = np.asarray(settings.photo_centre, dtype=np.float32) if settings.photo_centre else centre
        self._mean = centre * np.float32(settings.centring)
        self._photo_mean = self.photo_centre * np.float32(settings.centring)
        self.large = gallery.index.approximate
        self._vectors = gallery.vectors if self.large else self._centre(gallery.vectors)
        self.captions = self._item_captions()

    def query(self, vectors: Vectors) -> Vectors:
        """Bring photos' vectors, shape (m, d), to the place where pictures of the gallery lie."""
        return centred(vectors, self._photo_mean) if self._settings.centring else vectors

    def numbers(self, item_ids: Collection[str]) -> Ints:
        """Give the numbers of products; those that the gallery does not have are left out."""
        known = (self._number[item_id] for item_id in item_ids if item_id in self._number)
        return np.unique(np.fromiter(known, dtype=np.int64))

    def scores(self, query: Vector, among: Ints | None = None) -> Scored:
        """Score products for a query.

        Args:
            query: as `query` gives it, shape (d,).
            among: numbers of the only products that count; None for all.

        Returns:
            All products of a gallery that is searched exactly, otherwise those near the query.
        """
        rows = self._rows(query, among)
        vectors = self._vectors[rows] if rows is not None else self._vectors
        if self.large:
            vectors = self._centre(vectors, slice(None) if rows is None else rows)
        item_of_row = self._item_of_row[rows] if rows is not None else self._item_of_row
        offset = self._offset[rows] if rows is not None else self._offset
        return self._pooled(item_of_row, np.asarray(vectors @ query), offset, query)

    def prototypes(self) -> tuple[Ints, Vectors]:
        """Give the numbers of products and the mean vector of each one's pictures, not normalised."""
        sums = np.zeros((len(self.item_ids), self._gallery.vectors.shape[1]), np.float32)
        np.add.at(sums, self._item_of_row, self._centre(self._gallery.vectors))
        counts = np.bincount(self._item_of_row, minlength=len(self.item_ids))
        return self._all, sums / counts[:, np.newaxis]

    def _rows(self, query: Vector, among: Ints | None) -> Ints | None:
        """Give the rows to look at; None for all."""
        allowed = None if among is None else np.flatnonzero(np.isin(self._item_of_row, among))
        if not self.large:
            return allowed
        _, rows = self._gallery.index.search(query[np.newaxis], CANDIDATES, allowed)
        return np.asarray(rows[0][rows[0] >= 0])

    def _pooled(self, item_of_row: Ints, similarity: Floats, offset: Floats, query: Vector) -> Scored:
        items, inverse = self._all, item_of_row
        if len(item_of_row) < len(self._item_of_row):
            items, inverse = np.unique(item_of_row, return_inverse=True)
        nearest = np.full(len(items), -np.inf, np.float32)
        np.maximum.at(nearest, inverse, similarity)
        score = np.full(len(items), -np.inf, np.float32)
        np.maximum.at(score, inverse, similarity + offset)
        if self._settings.pooling == "soft":
            score = self._softened(score, inverse, similarity + offset)
        weight = np.float32(self._settings.caption_weight)
        if weight:
            score = (1 - weight) * score + weight * self.caption_scores(items, query)
        return Scored(items, nearest, score)

    def _softened(self, top: Floats, inverse: Ints, weighted: Floats) -> Floats:
        """Give the log of the mean of exponentials over each product's pictures: the max, lowered by far ones."""
        temperature = np.float32(self._settings.pooling_temperature)
        parts = np.exp((weighted - top[inverse]) / temperature)
        mean = np.bincount(inverse, parts) / np.bincount(inverse)
        return np.asarray(top + temperature * np.log(mean), dtype=np.float32)

    def _centre(self, vectors: Vectors, rows: Ints | slice = slice(None)) -> Vectors:
        """Take the mean of its kind from each row: shoppers' photos lie where queries do, not where packshots do."""
        if not self._settings.centring:
            return vectors
        taken = self._taken[rows]
        moved = centred(vectors, self._mean)
        moved[taken] = centred(vectors[taken], self._photo_mean)
        return moved

    def _item_captions(self) -> Vectors:
        """Give one text vector for each product; zeros for one without a text."""
        row = {item_id: row for row, item_id in enumerate(self._gallery.text_item_ids)}
        return self._gallery.text_vectors[[row[item_id] for item_id in self.item_ids]]

    def caption_scores(self, items: Ints, query: Vector) -> Floats:
        """Compare captions with a query, shape (c,); a product without one takes the mean of the others."""
        captions = self.captions[items]
        scores = np.asarray(captions @ query)
        there = captions.any(axis=1)
        return np.where(there, scores, scores[there].mean() if there.any() else np.float32(0))


def _mean(vectors: Vectors) -> Floats:
    return np.asarray(vectors.mean(axis=0, dtype=np.float32)) if len(vectors) else vectors.sum(axis=0)
