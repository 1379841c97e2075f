"""How often the first product satisfies both a photo and the words that came with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from vision.calibration import Views
from vision.catalogue import Item
from vision.matcher import ImageMatcher
from vision.matcher_settings import MatcherSettings
from vision.matching import Vector
from vision.wishes import Wish, wishes


def measure_composed(
    matcher: ImageMatcher, items: Sequence[Item], views: Views, prices: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Give shares of generated queries whose first product is of the photo's class and satisfies the wish.

    Args:
        matcher: of the shop.
        items: its products, whose facts make the wishes.
        views: photos that calibration has not seen.
        prices: by product, if wishes for cheaper ones are to be made.

    Returns:
        `composed` and `composed <kind of wish>`: photo, filters and words, as they are served. `no words`: photo and
        filters. `photo only`: neither. `plain sum`: photo and filters by similarity alone, to which the words'
        similarity to captions is added.  `queries`: how many there are.
    """
    plain = ImageMatcher(matcher.encoder, matcher.gallery, _plain(matcher.settings))
    hits: defaultdict[str, list[bool]] = defaultdict(list)
    by_item = _by_item(views)
    for wish in wishes(items, prices):
        for vector in by_item.get(wish.item_id, ()):
            served = _hit(matcher, vector, wish, True, True)
            hits["composed"].append(served)
            hits[f"composed {wish.kind}"].append(served)
            hits["no words"].append(_hit(matcher, vector, wish, False, True))
            hits["photo only"].append(_hit(matcher, vector, wish, False, False))
            hits["plain sum"].append(_hit(plain, vector, wish, True, True))
    figures = {name: float(np.mean(found)) for name, found in sorted(hits.items())}
    return {**figures, "queries": float(len(hits["composed"]))}


def _hit(matcher: ImageMatcher, vector: Vector, wish: Wish, words: bool, filters: bool) -> bool:
    text = wish.text if words else None
    found = matcher.match_vector(vector, 1, text=text, filters=wish.passing if filters else None).items
    return bool(found) and found[0].item_id in wish.good


def _plain(settings: MatcherSettings) -> MatcherSettings:
    return MatcherSettings(model=settings.model, words_weight=1.0, class_weight=0.0)


def _by_item(views: Views) -> dict[str, list[Vector]]:
    found: dict[str, list[Vector]] = {}
    for item_id, vector in zip(views.item_ids, views.vectors, strict=True):
        found.setdefault(item_id, []).append(vector)
    return found
