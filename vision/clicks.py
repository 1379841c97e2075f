"""Learns from what shoppers did with the answers to their photos: such photos join the gallery of what they led to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from vision.errors import InvalidCatalogue
from vision.gallery import Gallery, Picture
from vision.matching import Vector

KINDS = ("click", "cart", "purchase")
CLICK = "click"
"""The kind of a gallery's row that a shopper's photo made."""


@dataclass(frozen=True)
class PhotoClick:
    """A product that a shopper chose from the answer to a photo.

    Attributes:
        vector: of the photo, shape (d,).
        item_id: what was chosen.
        kind: "click", "cart" or "purchase".
        model: checksum of the encoder that made the vector.
    """

    vector: Vector
    item_id: str
    kind: str
    model: str

    def __post_init__(self) -> None:
        """Refuse a deed that is not known."""
        if self.kind not in KINDS:
            raise InvalidCatalogue("kind", self.kind, f"must be one of {', '.join(KINDS)}")


@dataclass(frozen=True)
class ClickPolicy:
    """How much a choice is trusted.

    Attributes:
        click, cart, purchase: weight of a photo whose shopper did that, above 0.
        agreement: a mere click counts where another photo of this likeness led to the same product, or where a
            picture of the product that is in the gallery already is this like it.
        most: photos that a product takes at most; the most trusted ones.
    """

    click: float = 0.4
    cart: float = 0.7
    purchase: float = 0.9
    agreement: float = 0.6
    most: int = 20

    def weight(self, kind: str) -> float:
        """Give the weight of a deed."""
        return {"click": self.click, "cart": self.cart, "purchase": self.purchase}[kind]


@dataclass(frozen=True)
class ClickReport:
    """What became of the choices.

    Attributes:
        added: photos that joined the gallery.
        other_model: vectors of another model, which nothing can be compared with.
        unknown: of products that the gallery does not have, or of no usable numbers.
        alone: mere clicks that nothing agreed with.
        over: beyond what a product takes.
    """

    added: int
    other_model: int
    unknown: int
    alone: int
    over: int


def learn_from_clicks(
    gallery: Gallery, clicks: Iterable[PhotoClick], policy: ClickPolicy | None = None
) -> tuple[Gallery, ClickReport]:
    """Give a gallery that also knows what shoppers chose; photos that it took from them before are left out first.

    Args:
        gallery: stays as it is.
        clicks: all that are still to count, in any order.
        policy: how much they are trusted.
    """
    how, own = policy or ClickPolicy(), without_clicks(gallery)
    dropped: Counter[str] = Counter()
    by_item: defaultdict[str, list[PhotoClick]] = defaultdict(list)
    for click in clicks:
        reason = _refused(gallery, click)
        dropped[reason] += 1
        if not reason:
            by_item[click.item_id].append(click)
    kept: list[PhotoClick] = []
    for item_id, chosen in by_item.items():
        trusted = _trusted(own, item_id, chosen, how)
        dropped["alone"] += len(chosen) - len(trusted)
        dropped["over"] += max(0, len(trusted) - how.most)
        kept += sorted(trusted, key=lambda click: -how.weight(click.kind))[: how.most]
    report = ClickReport(len(kept), dropped["other model"], dropped["unknown"], dropped["alone"], dropped["over"])
    if not kept:
        return own, report
    pictures = [Picture(click.item_id, kind=CLICK, weight=how.weight(click.kind)) for click in kept]
    return own.with_photos(np.stack([click.vector for click in kept]).astype(np.float32), pictures), report


def without_clicks(gallery: Gallery) -> Gallery:
    """Give the gallery with the shop's own pictures only."""
    rows = [row for row, kind in enumerate(gallery.kinds) if kind != CLICK]
    if len(rows) == len(gallery):
        return gallery
    pictures = [gallery.pictures[row] for row in rows]
    return Gallery(gallery.identity, gallery.vectors[rows], pictures, gallery.items, gallery.text_vectors)


def _refused(gallery: Gallery, click: PhotoClick) -> str:
    """Say why a choice cannot be used; nothing where it can."""
    if click.model != gallery.identity.checksum:
        return "other model"
    usable = click.vector.shape == (gallery.identity.dimensions,) and bool(np.isfinite(click.vector).all())
    return "" if usable and click.item_id in gallery.items else "unknown"


def _trusted(gallery: Gallery, item_id: str, chosen: Sequence[PhotoClick], how: ClickPolicy) -> list[PhotoClick]:
    """Leave out mere clicks with which neither another choice nor a picture of the product agrees."""
    photos = np.stack([click.vector for click in chosen])
    likeness = photos @ photos.T
    np.fill_diagonal(likeness, -1.0)
    agreed = likeness.max(axis=1) >= how.agreement
    own = gallery.vectors[gallery.rows_of([item_id])]
    if len(own):
        agreed |= (photos @ own.T).max(axis=1) >= how.agreement
    return [click for click, sure in zip(chosen, agreed, strict=True) if sure or click.kind != "click"]
