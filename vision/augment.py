"""Photos that nobody took: random mixes of what cameras, hands, light and apps do to a picture of a product.

    seen = augment(picture, numpy.random.default_rng(17))

Only Pillow and numpy; the same generator gives the same picture again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageOps

from vision import edits
from vision.backgrounds import background
from vision.cut_out import cut_out
from vision.errors import InvalidCatalogue

Rng = np.random.Generator


@dataclass(frozen=True)
class Augmentation:
    """How often (0 to 1) and how strongly a picture is changed.

    Attributes:
        strength: 0 changes nothing, 1 is a bad photo; scales every change, and how often each comes.
        size: longest side that is worked at, in pixels: what a tower reads, and a little more.
        smallest_part: the least share of the picture's area that a crop leaves, at strength 1.
        crop, half, turn, lie, mirror, tilt: a random part; one half; up to 25 degrees; any angle; left for right; seen
            from an angle.
        light, colour, hue, grey: brightness, gamma and the lamp's colour; saturation; other hues, for shops that sell a
            thing in many colours; no colour at all.
        blur, shake, small, noise, jpeg: out of focus (radius up to 4 of 224 pixels), moved, 40 to 160 pixels, noisy,
            JPEG of quality 10 to 70.
        behind: a product on plain white stands before something else.
        cover: a finger or a price tag hides a part.
        screen: a screenshot, with bars above and below.
    """

    strength: float = 1.0
    size: int = 256
    smallest_part: float = 0.25
    crop: float = 0.6
    half: float = 0.2
    turn: float = 0.4
    lie: float = 0.1
    mirror: float = 0.5
    tilt: float = 0.2
    light: float = 0.7
    colour: float = 0.4
    hue: float = 0.0
    grey: float = 0.03
    blur: float = 0.3
    shake: float = 0.1
    small: float = 0.2
    noise: float = 0.2
    jpeg: float = 0.3
    behind: float = 0.5
    cover: float = 0.1
    screen: float = 0.05

    def __post_init__(self) -> None:
        """Refuse what is no chance, no strength or no size."""
        for name, value in vars(self).items():
            if name != "size" and not 0 <= value <= 1:
                raise InvalidCatalogue(name, value, "must be from 0 to 1")
        if self.size < 16:
            raise InvalidCatalogue("size", self.size, "must be at least 16 pixels")


USUAL: Final = Augmentation()
"""A bad photo now and then, of a product of any kind."""


def augment(image: Image.Image, rng: Rng, how: Augmentation = USUAL, others: Sequence[Image.Image] = ()) -> Image.Image:
    """Change a picture of a product as a shopper's phone would.

    Args:
        image: RGB.
        rng: decides; the same state gives the same photo.
        how: how often and how strongly.
        others: other pictures of the catalogue, for what stands behind.

    Returns:
        A new RGB picture, no longer than `how.size`.
    """
    if how.strength == 0:
        return edits.shrink(image, how.size)
    dice = _Dice(rng, how.strength)
    seen = edits.shrink(_placed(image, dice, how, others), how.size)
    for step in (_shape, _light, _hidden, _camera):
        seen = step(seen, dice, how)
    return edits.shrink(seen, how.size)


@dataclass(frozen=True)
class _Dice:
    """Random numbers that follow a strength."""

    rng: Rng
    strength: float

    def falls(self, chance: float) -> bool:
        return bool(self.rng.random() < chance * self.strength)

    def around(self, middle: float, far: float) -> float:
        return float(self.rng.uniform(middle - far * self.strength, middle + far * self.strength))

    def upto(self, low: float, high: float) -> float:
        return low + (high - low) * self.strength * float(self.rng.random())


def _placed(image: Image.Image, dice: _Dice, how: Augmentation, others: Sequence[Image.Image]) -> Image.Image:
    if not dice.falls(how.behind):
        return image
    product = cut_out(edits.shrink(image, how.size))
    if product is None:
        return image
    roomy = 1 + dice.upto(0.0, 0.8)
    size = (round(product.width * roomy), round(product.height * roomy))
    scene = background(size, dice.rng, others)
    left, top = (int(dice.rng.uniform(0, room)) for room in (size[0] - product.width, size[1] - product.height))
    scene.paste(product, (left, top), product)
    return scene


def _shape(image: Image.Image, dice: _Dice, how: Augmentation) -> Image.Image:
    seen = image
    if dice.falls(how.mirror):
        seen = ImageOps.mirror(seen)
    if dice.falls(how.lie):
        seen = edits.rotate(seen, float(dice.rng.uniform(0, 360)))
    elif dice.falls(how.turn):
        seen = edits.rotate(seen, dice.around(0, 25))
    if dice.falls(how.tilt):
        square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float64)
        seen = edits.perspective(seen, square + dice.rng.uniform(-0.15, 0.15, (4, 2)) * dice.strength)
    if dice.falls(how.half):
        return half(seen, dice.rng)
    return random_part(seen, dice.rng, dice.upto(1.0, how.smallest_part)) if dice.falls(how.crop) else seen


def half(image: Image.Image, rng: Rng) -> Image.Image:
    """Leave the left, right, upper or lower half."""
    boxes = ((0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0), (0.0, 0.0, 1.0, 0.5), (0.0, 0.5, 1.0, 1.0))
    return edits.crop(image, *boxes[int(rng.integers(4))])


def random_part(image: Image.Image, rng: Rng, area: float) -> Image.Image:
    """Leave a part of this share of the area, at a random place and up to 4:3 as wide as high, or the other way."""
    aspect = float(np.exp(rng.uniform(-0.29, 0.29)))
    wide, high = min(1.0, (area * aspect) ** 0.5), min(1.0, (area / aspect) ** 0.5)
    left, top = float(rng.uniform(0, 1 - wide)), float(rng.uniform(0, 1 - high))
    return edits.crop(image, left, top, left + wide, top + high)


def _light(image: Image.Image, dice: _Dice, how: Augmentation) -> Image.Image:
    seen = image
    if dice.falls(how.hue):
        seen = edits.recolour(seen, float(dice.rng.uniform(0, 1)), dice.around(1, 0.7))
    elif dice.falls(how.colour):
        seen = edits.recolour(seen, dice.around(0, 0.02), dice.around(1, 0.4))
    if dice.falls(how.grey):
        seen = ImageOps.grayscale(seen).convert("RGB")
    if dice.falls(how.light):
        warm = dice.around(0, 0.18)
        gains = (1 + warm, 1 + dice.around(0, 0.05), 1 - warm)
        seen = edits.relight(seen, 2 ** dice.around(0, 0.7), 2 ** dice.around(0, 0.5), gains)
        seen = edits.shade(seen, dice.around(0, 0.25), dice.around(0, 0.25))
    return seen


def _hidden(image: Image.Image, dice: _Dice, how: Augmentation) -> Image.Image:
    if not dice.falls(how.cover):
        return image
    seen, rng = image.copy(), dice.rng
    wide, high = (max(1, int(side * rng.uniform(0.15, 0.4))) for side in image.size)
    patch = background((wide, high), rng)
    seen.paste(patch, (int(rng.uniform(-0.1, 0.9) * image.width), int(rng.uniform(-0.1, 0.9) * image.height)))
    return seen


def _camera(image: Image.Image, dice: _Dice, how: Augmentation) -> Image.Image:
    seen, unit = image, max(image.size) / 224
    if dice.falls(how.blur):
        seen = edits.blur(seen, dice.upto(0.3, 4.0) * unit)
    if dice.falls(how.shake):
        seen = edits.shake(seen, round(dice.upto(2, 12) * unit), float(dice.rng.uniform(0, 180)))
    if dice.falls(how.small):
        seen = edits.pixelate(seen, round(dice.upto(160, 40)))
    if dice.falls(how.noise):
        seen = edits.noise(seen, dice.upto(2, 25), dice.rng)
    if dice.falls(how.jpeg):
        seen = edits.jpeg(seen, round(dice.upto(70, 10)))
    return screenshot(seen, dice.rng) if dice.falls(how.screen) else seen


def screenshot(image: Image.Image, rng: Rng) -> Image.Image:
    """Show it in an app on an upright phone: a status bar, a title bar, the picture, a line of text and a button."""
    width = max(image.width, 32)
    bar, below = width // 8, int(width * rng.uniform(0.15, 0.4))
    dark = bool(rng.random() < 0.3)
    page, ink = ((24, 24, 28), (225, 225, 230)) if dark else ((250, 250, 250), (60, 60, 65))
    screen = Image.new("RGB", (width, image.height + 2 * bar + below), page)
    screen.paste(ink, (width // 20, bar // 3, width // 5, bar // 2 + 1))
    screen.paste(ink, (width // 20, bar + bar // 3, width // 2, bar + bar // 2 + 1))
    screen.paste(image, ((width - image.width) // 2, 2 * bar))
    foot = 2 * bar + image.height
    screen.paste(ink, (width // 20, foot + below // 6, width * 2 // 3, foot + below // 4 + 1))
    button = tuple(int(tone) for tone in rng.integers(30, 230, 3))
    screen.paste(button, (width // 20, foot + below // 2, width - width // 20, foot + below - below // 8))
    return screen
