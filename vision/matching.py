"""What a photo was found to show, as plain values: products, classes, regions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from vision.errors import InvalidCatalogue

Vector = NDArray[np.float32]
"""One L2-normalised vector, shape (d,)."""

CLICK = "click"
"""The kind of a gallery's row that a shopper's photo made, as in `vision.catalogue.KINDS`."""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom as shares of the picture's width and height, each from 0 to 1."""


class Grade(StrEnum):
    """How near a product is to what the photo shows, by limits that were calibrated."""

    EXACT = "exact"
    VERY_SIMILAR = "very_similar"
    SIMILAR = "similar"


@dataclass(frozen=True)
class Match:
    """A product that was found.

    Attributes:
        item_id: which.
        score: what the list is ordered by: likeness to the photo, fused with captions and moved by words.
        similarity: of the photo to the nearest picture of this product alone, cosine, from -1 to 1.
        grade: what may be said of it.
        probability: that the photo shows this very product, given that it shows one of the catalogue; words and
            filters do not change it.
    """

    item_id: str
    score: float
    similarity: float
    grade: Grade
    probability: float


@dataclass(frozen=True)
class ClassGuess:
    """A category that the photo may show.

    Attributes:
        name: the narrowest category of `path`.
        path: from the widest to this category.
        probability: that the photo shows something of it, given that it shows something of the catalogue.
    """

    name: str
    path: tuple[str, ...]
    probability: float


@dataclass(frozen=True)
class Matches:
    """The answer to one photo.

    Attributes:
        items: products, the best first; those that passed the filters.
        classes: narrowest categories, the likeliest first; filters do not change them.
        wider: the wider categories in the same way; a category has the sum of those inside it.
        shows_catalogue: False where nothing of the catalogue is in the photo, as far as one can tell: then say so,
            and offer `classes[0]`.
        certainty: of `shows_catalogue`, from 0 to 1; the calibrated limit lies at 0.5.
    """

    items: tuple[Match, ...]
    classes: tuple[ClassGuess, ...]
    shows_catalogue: bool
    certainty: float
    wider: tuple[ClassGuess, ...] = ()


@dataclass(frozen=True)
class Region:
    """A part of a photo that shows something of the catalogue.

    Attributes:
        box: where it is.
        certainty: as of `Matches`.
        class_guess: what it shows, if the catalogue has categories.
        match: the product that is nearest.
        vector: of the part, to match by without encoding it again, shape (d,).
    """

    box: Box
    certainty: float
    class_guess: ClassGuess | None
    match: Match
    vector: Vector

    def __post_init__(self) -> None:
        """Refuse a box that no picture can be cut by."""
        check_box(self.box)


def check_box(box: Box) -> None:
    """Refuse a box that is empty or outside the picture.

    Raises:
        InvalidCatalogue: it is.
    """
    left, top, right, bottom = box
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise InvalidCatalogue("box", box, "must be left < right and top < bottom, each from 0 to 1")
