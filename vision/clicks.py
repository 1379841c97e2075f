"""Learns from what shoppers did with the answers to their photos: such photos join the gallery of what they led to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from vision.errors import InvalidCatalogue
from vision.gallery import Gallery, Picture
from vision.matching import CLICK, Vector

KINDS = ("click", "cart", "purchase")
_THE_SAME = 1 - 1e-5


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
        neighbours: a mere click counts where one of so many photos and catalogue pictures that are nearest to its photo
            is of the same product. This knows no scale, so it fits every model.
        most: photos that a product takes at most; the most trusted ones.
    """

    click: float = 0.4
    cart: float = 0.7
    purchase: float = 0.9
    neighbours: int = 3
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
    usable: list[PhotoClick] = []
    for click in clicks:
        reason = _refused(gallery, click)
        dropped[reason] += 1
        usable += [] if reason else [click]
    by_item: defaultdict[str, list[PhotoClick]] = defaultdict(list)
    for click, agreed in zip(usable, _agreed(own, usable, how.neighbours), strict=True):
        if agreed or click.kind != "click":
            by_item[click.item_id].append(click)
        else:
            dropped["alone"] += 1
    kept: list[PhotoClick] = []
    for trusted in by_item.values():
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


def _agreed(gallery: Gallery, clicks: Sequence[PhotoClick], neighbours: int) -> list[bool]:
    """Tell of each choice whether one of the nearest other photos and pictures is of the same product.

    A photo is no witness for itself: one that is there twice, because its shopper chose twice, counts once.
    """
    if not clicks:
        return []
    photos = np.stack([click.vector for click in clicks])
    near, rows = gallery.index.search(photos, neighbours)
    agreed = []
    for at, click in enumerate(clicks):
        likeness = photos @ photos[at]
        likeness[likeness > _THE_SAME] = -np.inf
        others = np.argsort(-likeness, kind="stable")[:neighbours]
        seen = [
            (float(likeness[other]), clicks[int(other)].item_id) for other in others if np.isfinite(likeness[other])
        ]
        seen += [(float(one), gallery.item_ids[row]) for one, row in zip(near[at], rows[at], strict=True) if row >= 0]
        agreed.append(click.item_id in {item_id for _, item_id in sorted(seen, reverse=True)[:neighbours]})
    return agreed
