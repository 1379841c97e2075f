"""Whether looking at parts of a photo finds more of several products in it than looking at all of it."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from PIL import Image

from vision.backgrounds import background
from vision.cut_out import cut_out
from vision.edits import shrink
from vision.matcher import ImageMatcher

Rng = np.random.Generator

SIDE = 480
"""Of a made scene, in pixels."""
_OFFERED = 4


def measure_regions(
    matcher: ImageMatcher, pictures: Sequence[tuple[str, Image.Image]], seed: int = 0, scenes: int = 60
) -> dict[str, float]:
    """Give how much of made scenes of two and three products is found.

    Args:
        matcher: of their catalogue.
        pictures: item ids and pictures, at least three products.
        seed: equal seeds make equal scenes.
        scenes: how many.

    Returns:
        `recall whole`: share of the shown products among the first four matches of the whole photo. `recall regions`:
        share that is the best match of one of at most four regions. `recall both`: of one of these lists of four, the
        regions' where regions are offered. `offered`: share of the scenes where regions are offered. `offered for
        one`: the same for photos of one product, where it is a nuisance. `class recall regions`: as `recall regions`,
        for the class. `milliseconds`: median time of finding regions, all in one thread of this process.
    """
    rng = np.random.default_rng(seed)
    rows = [_scene_figures(matcher, *_drawn(pictures, rng)) for _ in range(scenes)]
    alone = [bool(matcher.regions(scene([picture], rng))) for _, picture in _picked(pictures, rng, min(scenes, 40))]
    whole, regions, both, classes, offered, seconds = (np.array(column) for column in zip(*rows, strict=True))
    return {
        "recall whole": float(whole.mean()),
        "recall regions": float(regions.mean()),
        "recall both": float(both.mean()),
        "class recall regions": float(classes.mean()),
        "offered": float(offered.mean()),
        "offered for one": float(np.mean(alone)),
        "milliseconds": float(np.median(seconds) * 1000),
    }


def scene(pictures: Sequence[Image.Image], rng: Rng) -> Image.Image:
    """Put one to four pictures side by side before a background, cut out where they can be, in different quarters."""
    canvas = background((SIDE, SIDE), rng)
    if len(pictures) == 1:
        _paste(canvas, pictures[0], (0, 0), SIDE, rng)
        return canvas
    half = SIDE // 2
    corners = [(0, 0), (half, half), (half, 0), (0, half)]
    rng.shuffle(corners)
    for picture, corner in zip(pictures, corners, strict=False):
        _paste(canvas, picture, corner, half, rng)
    return canvas


def _paste(canvas: Image.Image, picture: Image.Image, corner: tuple[int, int], room: int, rng: Rng) -> None:
    """Put a picture somewhere into a square, at 75 to 100 % of its side."""
    small = shrink(picture, round(room * float(rng.uniform(0.75, 1.0))))
    cut = cut_out(small)
    shown = cut or small
    left = corner[0] + int(rng.integers(0, max(1, room - shown.width + 1)))
    top = corner[1] + int(rng.integers(0, max(1, room - shown.height + 1)))
    canvas.paste(shown.convert("RGB"), (left, top), cut)


def _picked(pictures: Sequence[tuple[str, Image.Image]], rng: Rng, count: int) -> list[tuple[str, Image.Image]]:
    """Give some pictures, each of another product."""
    by_item = dict(pictures[int(at)] for at in rng.permutation(len(pictures)))
    return list(by_item.items())[:count]


def _drawn(pictures: Sequence[tuple[str, Image.Image]], rng: Rng) -> tuple[set[str], Image.Image]:
    chosen = _picked(pictures, rng, int(rng.integers(2, 4)))
    return {item_id for item_id, _ in chosen}, scene([picture for _, picture in chosen], rng)


def _scene_figures(
    matcher: ImageMatcher, shown: set[str], photo: Image.Image
) -> tuple[float, float, float, float, float, float]:
    whole = {match.item_id for match in matcher.match(photo, _OFFERED).items}
    start = time.perf_counter()
    regions = matcher.regions(photo, _OFFERED)
    seconds = time.perf_counter() - start
    found = {region.match.item_id for region in regions}
    items = matcher.gallery.items
    classes = {region.class_guess.path for region in regions if region.class_guess is not None}
    seen = [items[item_id].category in classes for item_id in shown]
    by_whole, by_regions = len(shown & whole) / len(shown), len(shown & found) / len(shown)
    both = by_regions if regions else by_whole
    return by_whole, by_regions, both, float(np.mean(seen)), float(bool(regions)), seconds
