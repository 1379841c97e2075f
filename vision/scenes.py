"""Puts products where shoppers find them: in a hand, in a heap, on a shelf, made of a catalogue's own pictures.

    stage = Stage([photo.picture for photo in catalogue])
    seen = stage.photo(0, numpy.random.default_rng(17))

A product must stand on a plain background, as on packshots, to be cut out; other pictures are only augmented.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw
from PIL.Image import Resampling

from vision import edits
from vision.augment import USUAL, Augmentation, augment
from vision.backgrounds import background, boxes, collage
from vision.cut_out import cut_out

Rng = np.random.Generator

SIDE = 256
"""Of a scene, in pixels."""

SKINS = ((236, 188, 160), (224, 172, 105), (198, 134, 66), (141, 85, 36), (90, 56, 37))


class Stage:
    """A catalogue's products, cut out once.

    Args:
        pictures: RGB, one per row.
        of: which product each row shows; rows of one product never stand beside it as another. Each row is a product
            of its own if not given.
    """

    def __init__(self, pictures: Sequence[Image.Image], of: Sequence[str] | None = None) -> None:
        self._pictures = [edits.shrink(picture, SIDE) for picture in pictures]
        self._cuts = [cut_out(picture) for picture in self._pictures]
        self._of = tuple(of) if of is not None else tuple(map(str, range(len(pictures))))

    def __len__(self) -> int:
        return len(self._pictures)

    def has_plain_background(self, row: int) -> bool:
        """Tell whether this row's product could be cut out."""
        return self._cuts[row] is not None

    def photo(self, row: int, rng: Rng, how: Augmentation = USUAL, scenes: float = 0.7) -> Image.Image:
        """Take a photo of a product that nobody took.

        Args:
            row: of the picture.
            rng: decides; the same state gives the same photo.
            how: what camera, light and hands do to it.
            scenes: how often it stands in a scene; else its own picture is augmented.
        """
        if rng.random() >= scenes or self._cuts[row] is None:
            return augment(self._pictures[row], rng, how, self._pictures)
        return augment(self.scene(row, rng), rng, replace(how, behind=0.0))

    def scene(self, row: int, rng: Rng) -> Image.Image:
        """Put one product into a scene, square and sharp; its own picture where it could not be cut out."""
        product = self._cuts[row]
        if product is None:
            return self._pictures[row]
        draw = (_held, _heap, _row, _standing)[int(rng.choice(4, p=(0.35, 0.4, 0.1, 0.15)))]
        return draw(product, rng, self._others(row))

    def _others(self, row: int) -> list[Image.Image]:
        """Give the other products' cut-outs; where there are none, one that nobody sees."""
        others = [cut for cut, of in zip(self._cuts, self._of, strict=True) if cut is not None and of != self._of[row]]
        return others or [Image.new("RGBA", (1, 1))]


def _held(product: Image.Image, rng: Rng, others: Sequence[Image.Image]) -> Image.Image:
    """Hold it before the shelf: it leans, and fingers cover a part."""
    scene = _shelf(rng, others)
    shown = _seen_askew(_scaled(product, rng.uniform(0.6, 1.1)), rng)
    leaning = shown.rotate(float(rng.normal(0, 20)), Resampling.BILINEAR, expand=True)
    left = int((SIDE - leaning.width) / 2 + rng.uniform(-0.12, 0.12) * SIDE)
    top = int((SIDE - leaning.height) / 2 + rng.uniform(-0.12, 0.12) * SIDE)
    scene.paste(leaning, (left, top), leaning)
    if rng.random() < 0.8:
        _hand(scene, rng, left + leaning.width // 2, top + int(leaning.height * rng.uniform(0.55, 0.9)), leaning.width)
    return scene


def _heap(product: Image.Image, rng: Rng, others: Sequence[Image.Image]) -> Image.Image:
    """Fill a box with it: many copies at all angles, the nearer the larger and the brighter, another heap beside."""
    scene = boxes((SIDE, SIDE), rng)
    if rng.random() < 0.35:
        _pour(scene, others[int(rng.integers(len(others)))], rng, rng.uniform(0.2, 0.5))
        scene = scene.rotate(90 * int(rng.integers(4)))
    lies = float(rng.choice((12.0, 40.0, 180.0)))
    _pour(scene, product, rng, rng.uniform(0.18, 0.55), lies, float(rng.uniform(0.0, 0.25)))
    return scene


def _pour(
    scene: Image.Image, product: Image.Image, rng: Rng, share: float, lies: float = 180.0, from_top: float = 0.0
) -> None:
    """Draw copies of one size and up to `lies` degrees askew from the top line on, the lower ones over the upper."""
    copies = [_scaled(product, share * rng.uniform(0.85, 1.15)) for _ in range(5)]
    step = max(8, round(min(copies[0].size) * rng.uniform(0.55, 0.8)))
    wide = max(8, round(copies[0].width * rng.uniform(0.55, 0.85)))
    dimmed = [_lit(copy, float(rng.uniform(0.7, 1.05))) for copy in copies]
    turned = [copy.rotate(float(rng.uniform(-lies, lies)), Resampling.BILINEAR, expand=True) for copy in dimmed * 3]
    for top in range(round(from_top * SIDE) - step, SIDE, step):
        for left in range(-wide, SIDE, wide):
            copy = turned[int(rng.integers(len(turned)))]
            x, y = left + int(rng.uniform(-0.3, 0.3) * wide), top + int(rng.uniform(-0.3, 0.3) * step)
            scene.paste(copy, (x, y), copy)


def _row(product: Image.Image, rng: Rng, others: Sequence[Image.Image]) -> Image.Image:
    """Stand it on a shelf several times, with another product at the side."""
    scene = background((SIDE, SIDE), rng, others)
    high = _scaled(product, rng.uniform(0.35, 0.8))
    step = max(6, round(high.width * rng.uniform(0.9, 1.1)))
    floor = int(SIDE * rng.uniform(0.75, 1.0))
    neighbour = _scaled(others[int(rng.integers(len(others)))], high.height / SIDE)
    border = int(SIDE * rng.choice((0.0, 0.2, 0.35)))
    for left in range(int(rng.uniform(-0.5, 0.0) * step), SIDE, step):
        shown = neighbour if left < border - step // 2 else high
        scene.paste(shown, (left, floor - shown.height), shown)
    return scene.rotate(float(rng.normal(0, 8)), Resampling.BILINEAR, fillcolor=edits.border_colour(scene))


def _standing(product: Image.Image, rng: Rng, others: Sequence[Image.Image]) -> Image.Image:
    """Put it on a table, alone or beside another product."""
    scene = background((SIDE, SIDE), rng, others)
    if rng.random() < 0.3:
        beside = _scaled(others[int(rng.integers(len(others)))], rng.uniform(0.25, 0.5))
        scene.paste(beside, (int(rng.uniform(-0.1, 0.8) * SIDE), int(rng.uniform(-0.1, 0.6) * SIDE)), beside)
    shown = _seen_askew(_scaled(product, rng.uniform(0.45, 0.95)), rng)
    shown = shown.rotate(float(rng.normal(0, 15)), Resampling.BILINEAR, expand=True)
    room = (max(0, SIDE - shown.width), max(0, SIDE - shown.height))
    scene.paste(shown, (int(rng.uniform(0, 1) * room[0]), int(rng.uniform(0, 1) * room[1])), shown)
    return scene


def _shelf(rng: Rng, others: Sequence[Image.Image]) -> Image.Image:
    if rng.random() < 0.6:
        return edits.relight(collage((SIDE, SIDE), rng, others), float(rng.uniform(0.35, 1.0)))
    return background((SIDE, SIDE), rng, others)


def _scaled(product: Image.Image, share: float) -> Image.Image:
    """Bring the longer side to this share of a scene."""
    wanted = max(6.0, share * SIDE) / max(product.size)
    return product.resize((max(1, round(product.width * wanted)), max(1, round(product.height * wanted))))


def _seen_askew(product: Image.Image, rng: Rng) -> Image.Image:
    """See a cut-out from an angle; what is around it stays transparent."""
    if rng.random() < 0.4:
        return product
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float64)
    return edits.perspective(
        product, square + rng.uniform(0, 0.18, (4, 2)) * np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)])
    )


def _lit(product: Image.Image, exposure: float) -> Image.Image:
    """Light a cut-out otherwise; its shape stays."""
    lit = edits.relight(product.convert("RGB"), exposure)
    lit.putalpha(product.getchannel("A"))
    return lit


def _hand(scene: Image.Image, rng: Rng, x: int, y: int, width: int) -> None:
    """Draw what is roughly a hand that comes from a lower corner: an arm, a palm and four fingers across."""
    brush, skin = ImageDraw.Draw(scene), np.array(SKINS[int(rng.integers(len(SKINS)))])
    side = 1 if rng.random() < 0.5 else -1
    wrist = x + side * int(width * rng.uniform(0.35, 0.6))
    thick = max(6, int(SIDE * rng.uniform(0.05, 0.09)))
    tone = tuple(int(part) for part in skin * rng.uniform(0.7, 1.1))
    brush.line((wrist + side * SIDE // 2, SIDE + thick, wrist, y), tone, thick * 3)
    brush.ellipse((wrist - thick * 2, y - thick * 2, wrist + thick * 2, y + thick * 2), tone)
    for finger in range(int(rng.integers(2, 5))):
        lit = tuple(int(part) for part in skin * rng.uniform(0.75, 1.1))
        row = y + int((finger - 1.5) * thick * 1.1)
        tip = wrist - side * int(width * rng.uniform(0.35, 0.7))
        brush.line((wrist, row, tip, row + int(rng.uniform(-0.5, 0.5) * thick)), lit, thick)
        brush.ellipse((tip - thick // 2, row - thick // 2, tip + thick // 2, row + thick // 2), lit)
