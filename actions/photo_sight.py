"""A photo as the image matcher sees it: loaded once, kept as a vector, so that a later turn needs no file."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from dataclasses import dataclass

from PIL.Image import Image

from actions.turn import Turn
from shop.shoppers import Shopper
from vision.errors import InvalidCatalogue
from vision.matcher import ImageMatcher, crop
from vision.matching import Box, Vector, check_box

_REGION = re.compile(r"[01](?:\.\d{1,4})?(?:,[01](?:\.\d{1,4})?){3}")
_MOST_KEPT = 2_000


@dataclass(frozen=True)
class SentPhoto:
    """The photo that a conversation is about.

    Attributes:
        url: where it is, as the message that brought it said.
        region: the part of it that is meant, as `region_text` writes it; None for the whole.
    """

    url: str
    region: str | None = None


class PhotoVectors:
    """Vectors of photos that were looked at, the latest 2,000; safe to use from several threads.

    A vector is kept for the shopper whose photo it is of: an address alone opens nothing.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Shopper, SentPhoto, str], Vector] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, shopper: Shopper, photo: SentPhoto, model: str) -> Vector | None:
        """Give what a model has made of a photo; None where it is not kept any more."""
        with self._lock:
            found = self._kept.get((shopper, photo, model))
            if found is not None:
                self._kept.move_to_end((shopper, photo, model))
            return found

    def put(self, shopper: Shopper, photo: SentPhoto, model: str, vector: Vector) -> None:
        """Keep a vector; the one that was not asked for longest leaves."""
        with self._lock:
            self._kept[(shopper, photo, model)] = vector
            self._kept.move_to_end((shopper, photo, model))
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)


def running_photo(turn: Turn) -> SentPhoto | None:
    """Give the photo that is searched by; None where something else was asked for since."""
    state = turn.slot("photo")
    return SentPhoto(state["url"], state["region"]) if state else None


def last_photo(turn: Turn) -> SentPhoto | None:
    """Give the photo that was last searched by, whatever was asked for since."""
    state = turn.slot("last_photo")
    return SentPhoto(state["url"], state["region"]) if state else None


def remember_photo(turn: Turn, photo: SentPhoto) -> None:
    """Search by this photo from now on; it can be come back to after something else."""
    state = {"url": photo.url, "region": photo.region}
    turn.remember(photo=state, last_photo=state)


def seen(turn: Turn, matcher: ImageMatcher, photo: SentPhoto) -> Vector:
    """Give the vector of a photo, or of the part of it that is meant; it is loaded only where no vector is kept.

    Raises:
        PhotoError: it cannot be loaded, or not by this shopper.
    """
    kept = turn.services.photo_vectors.get(turn.shopper, photo, model_of(matcher))
    return look_at(turn, matcher, photo, load(turn, photo)) if kept is None else kept


def load(turn: Turn, photo: SentPhoto) -> Image:
    """Give the whole picture; raise PhotoError."""
    return turn.services.photos.load(turn.shopper, photo.url)


def look_at(turn: Turn, matcher: ImageMatcher, photo: SentPhoto, image: Image) -> Vector:
    """Make the vector of a picture, or of a part of it, and keep it."""
    box = box_of(photo.region)
    vector = matcher.embed(crop(image, box) if box else image)
    keep_vector(turn, matcher, photo, vector)
    return vector


def keep_vector(turn: Turn, matcher: ImageMatcher, photo: SentPhoto, vector: Vector) -> None:
    """Keep the vector of a photo or of a part of it, so that the next turn needs no file."""
    turn.services.photo_vectors.put(turn.shopper, photo, model_of(matcher), vector)


def model_of(matcher: ImageMatcher) -> str:
    """Give the checksum of the model behind a matcher: vectors of two models are never mixed."""
    return matcher.encoder.identity.checksum


def region_text(box: Box) -> str:
    """Write a box as a button carries it: "0.10,0.20,0.45,0.80".

    >>> region_text((0.1, 0.2, 0.45, 0.8))
    '0.1000,0.2000,0.4500,0.8000'
    """
    return ",".join(f"{share:.4f}" for share in box)


def box_of(region: str | None) -> Box | None:
    """Read a box; None where there is none, or where it is none that a picture can be cut by.

    >>> box_of("0.1,0.2,0.45,0.8")
    (0.1, 0.2, 0.45, 0.8)
    >>> box_of("0.9,0,0.1,1") is None
    True
    """
    if region is None or not _REGION.fullmatch(region):
        return None
    left, top, right, bottom = (float(share) for share in region.split(","))
    try:
        check_box((left, top, right, bottom))
    except InvalidCatalogue:
        return None
    return left, top, right, bottom
