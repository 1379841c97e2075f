"""Finds several things in one photo: windows on a grid, each matched alone, the certain and different ones kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL.Image import Image

from vision.matching import Box, Region, Vector

if TYPE_CHECKING:
    from vision.matcher import ImageMatcher

SHARES = (0.6, 0.45)
"""Sides of the windows, as shares of the photo's."""
STEPS = (2, 3)
"""Windows a side of each."""
MOST_OVERLAP = 0.3
"""Intersection over union from which on two windows show the same."""


def windows() -> tuple[Box, ...]:
    """Give the parts of a photo that are looked at, the widest first."""
    boxes = []
    for share, steps in zip(SHARES, STEPS, strict=True):
        starts = [at * (1 - share) / (steps - 1) for at in range(steps)]
        boxes += [(left, top, min(1.0, left + share), min(1.0, top + share)) for top in starts for left in starts]
    return tuple(boxes)


def overlap(one: Box, other: Box) -> float:
    """Give the intersection over union of two boxes."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / (_area(one) + _area(other) - width * height)


def find_regions(matcher: ImageMatcher, image: Image, most: int) -> tuple[Region, ...]:
    """Find parts of a photo that show different things of the catalogue, as `ImageMatcher.regions` says."""
    from vision.matcher import crop

    boxes = windows()
    # One batch: the encoder's threads have more to do than with a picture at a time.
    vectors = matcher.encoder.encode_images([crop(image, box) for box in boxes])
    found = [_region(matcher, box, vector) for box, vector in zip(boxes, vectors, strict=True)]
    certain = [region for region in found if region.certainty >= matcher.settings.region_certainty]
    kept: list[Region] = []
    for region in sorted(certain, key=lambda region: -region.certainty):
        if not any(_same(region, other) for other in kept):
            kept.append(region)
    return tuple(kept[:most]) if len(kept) > 1 else ()


def _region(matcher: ImageMatcher, box: Box, vector: Vector) -> Region:
    matches = matcher.match_vector(vector, 1)
    guess = matches.classes[0] if matches.classes else None
    return Region(box, matches.certainty, guess, matches.items[0], vector)


def _same(one: Region, other: Region) -> bool:
    """Tell whether two windows show one thing: they overlap much, or the same product is nearest to both."""
    return one.match.item_id == other.match.item_id or overlap(one.box, other.box) > MOST_OVERLAP


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
