"""Finds what a photo shows: products, their class, and whether it shows anything of the catalogue at all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from PIL.Image import Image

from vision.abstain import certainty, features
from vision.classes import ClassBook, Values, wider
from vision.compose import words_scores, words_vector
from vision.encoder import Encoder
from vision.errors import InvalidCatalogue, ModelMismatch, NothingToMatch
from vision.gallery import Gallery
from vision.grading import grade
from vision.matcher_settings import MatcherSettings
from vision.matching import Box, ClassGuess, Match, Matches, Region, Vector, check_box
from vision.photo_vectors import photo_vectors
from vision.scoring import ItemSpace, Scored
from vision.seen_photos import SeenPhotos

_WITNESSED_BY = 50
"""Products that tell how certain an answer is."""


class ImageMatcher:
    """Matches photos with a gallery. Nothing of it changes after it was made, so many threads may ask at once.

    Args:
        encoder: made the gallery.
        gallery: at least one picture.
        settings: as `vision.calibration.calibrate` finds them; the defaults do for a start.
        seen: photos that shoppers sent. Where calibration had no real photos, they correct the order of products; what
            is said of a match stays as it was calibrated.

    Raises:
        ModelMismatch: gallery or settings are of another encoder.
        NothingToMatch: the gallery holds no picture.
    """

    def __init__(
        self,
        encoder: Encoder,
        gallery: Gallery,
        settings: MatcherSettings | None = None,
        seen: SeenPhotos | None = None,
    ) -> None:
        self.settings = settings or MatcherSettings()
        if gallery.identity != encoder.identity:
            raise ModelMismatch(gallery.identity.name, encoder.identity.name)
        self.settings.check(encoder.identity)
        if not len(gallery):
            raise NothingToMatch("the gallery holds no picture")
        self.encoder = encoder
        self.gallery = gallery
        self._space = ItemSpace(gallery, self.settings)
        self._taught = self._taught_by(seen) if seen is not None else None
        self._classes = ClassBook(self._space, gallery.items, encoder)

    def embed(self, image: Image) -> Vector:
        """Encode a photo, shape (d,), so that a conversation does it once."""
        vector: Vector = photo_vectors(self.encoder.encode_images, [image])[0]
        return vector

    def match(
        self, image: Image, k: int = 5, *, text: str | None = None, filters: Collection[str] | None = None
    ) -> Matches:
        """Find products for a photo, as `match_vector` does for its vector."""
        return self.match_vector(self.embed(image), k, text=text, filters=filters)

    def match_vector(
        self, vector: Vector, k: int = 5, *, text: str | None = None, filters: Collection[str] | None = None
    ) -> Matches:
        """Find products for the vector of a photo.

        Args:
            vector: as `embed` gives it.
            k: how many at most.
            text: what was said with it, "in black"; moves the ranking, nothing else.
            filters: products that pass the hard filters; all others are left out before the ranking. None: all pass.

        Returns:
            The best products that pass. Classes, certainty and probabilities tell of the photo alone: no filter and
            no word makes another thing of what it shows.

        Raises:
            InvalidCatalogue: the vector is of another length, or holds what is no number.
        """
        if vector.shape != (self.encoder.identity.dimensions,) or not np.isfinite(vector).all():
            raise InvalidCatalogue("vector", vector.shape, f"must be {self.encoder.identity.dimensions} finite numbers")
        query = self._space.query(vector[np.newaxis])[0]
        everything = self._space.scores(query)
        allowed = everything if filters is None else self._passing(query, everything, filters)
        witnesses = self._classes.witnesses(query, everything, self.settings.temperature)
        guesses = self._classes.guess(witnesses, self.settings.classes)
        moved = self._moved(self._reordered(vector, allowed), witnesses, text, filters is not None)
        ranked, sure = moved.best(max(0, k)), self._certainty(guesses, everything)
        items = self._graded(ranked, allowed, everything)
        return Matches(items, guesses, sure >= 0.5, sure, wider(guesses))

    def regions(self, image: Image, most: int = 4) -> tuple[Region, ...]:
        """Find parts of a photo that show different things of the catalogue, the most certain first.

        Args:
            image: the photo.
            most: how many at most.

        Returns:
            Nothing where less than two parts are certain: then the photo shows one thing, or none.
        """
        from vision.regions import find_regions

        return find_regions(self, image, most)

    def _taught_by(self, seen: SeenPhotos) -> ItemSpace | None:
        """Compare photos as those before them ask for; None where they change nothing."""
        guessed = self.settings.centring and not self.settings.centre_is_measured
        if not (guessed and seen.suffice) or self._space.large:
            return None
        centre = tuple(seen.centre(self._space.photo_centre).tolist())
        return ItemSpace(self.gallery, replace(self.settings, photo_centre=centre))

    def _reordered(self, vector: Vector, found: Scored) -> Scored:
        if self._taught is None:
            return found
        scores = self._taught.scores(self._taught.query(vector[np.newaxis])[0]).score
        return replace(found, score=scores[found.items])

    def _passing(self, query: Vector, everything: Scored, filters: Collection[str]) -> Scored:
        numbers = self._space.numbers(filters)
        if self._space.large:
            return self._space.scores(query, numbers)
        kept = np.isin(everything.items, numbers)
        return Scored(everything.items[kept], everything.similarity[kept], everything.score[kept])

    def _moved(self, found: Scored, witnesses: Values, text: str | None, filtered: bool) -> Scored:
        """Move the scores by what was said, and towards the class where something else than the photo is wanted."""
        words = words_vector(self.encoder, text) if text else None
        if not len(found.items):
            return found
        score = found.score
        if words is not None:
            score = score + np.float32(self.settings.words_weight) * words_scores(self._space, words, found.items)
        if self.settings.class_weight and (words is not None or filtered):
            chances = self._classes.chances(witnesses, self.settings.classes, found.items)
            score = score + np.float32(self.settings.class_weight) * chances
        return replace(found, score=np.asarray(score, dtype=np.float32))

    def _certainty(self, guesses: tuple[ClassGuess, ...], everything: Scored) -> float:
        """Tell how certain it is that the photo shows something of the catalogue."""
        lead = guesses[0].probability if guesses else 1.0
        found = features(everything.best(_WITNESSED_BY), lead, self.settings.temperature)
        return certainty(found, self.settings.certainty)

    def _graded(self, ranked: Scored, allowed: Scored, everything: Scored) -> tuple[Match, ...]:
        """Say of each product how like it is; `allowed` has its score without words."""
        temperature = self.settings.temperature
        total = np.logaddexp.reduce(everything.score.astype(np.float64) / temperature)
        unworded = dict(zip(allowed.items.tolist(), allowed.score.tolist(), strict=True)) if len(ranked.items) else {}
        matches = []
        for item, similarity, score in zip(ranked.items, ranked.similarity, ranked.score, strict=True):
            # Among a million products a filtered one may lie outside of the candidates that `total` sums.
            probability = min(1.0, float(np.exp(unworded[int(item)] / temperature - total)))
            found = grade(float(similarity), probability, self.settings.grades)
            matches.append(Match(self._space.item_ids[item], float(score), float(similarity), found, probability))
        return tuple(matches)


def crop(image: Image, box: Box) -> Image:
    """Cut a region out of a photo, at least one pixel of it.

    Raises:
        InvalidCatalogue: the box is empty or outside the picture.
    """
    check_box(box)
    left, top = int(box[0] * image.width), int(box[1] * image.height)
    right, bottom = max(left + 1, round(box[2] * image.width)), max(top + 1, round(box[3] * image.height))
    return image.crop((left, top, right, bottom))
