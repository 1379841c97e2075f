"""Pictures that show nothing of any catalogue: walls, gradients, noise, text, blots. Calibration abstains from them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from vision.augment import screenshot
from vision.backgrounds import background

Rng = np.random.Generator
SIDE = 256


def made_strangers(count: int, rng: Rng) -> list[Image.Image]:
    """Make RGB pictures of 256 pixels or somewhat more, as many of each kind as fit.

    Args:
        count: how many.
        rng: decides; the same state makes the same pictures.
    """
    kinds: tuple[Callable[[Rng], Image.Image], ...] = (_wall, _gradient, _noise, _page, _blots, _application)
    return [kinds[number % len(kinds)](rng) for number in range(count)]


def _wall(rng: Rng) -> Image.Image:
    return background((SIDE, SIDE), rng)


def _gradient(rng: Rng) -> Image.Image:
    corners = rng.integers(0, 256, (2, 2, 3)).astype(np.uint8)
    return Image.fromarray(corners).resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def _noise(rng: Rng) -> Image.Image:
    """Give noise as coarse as sand, gravel or camouflage."""
    side = int(rng.choice((4, 8, 16, 64, SIDE)))
    grains = rng.integers(0, 256, (side, side, 3)).astype(np.uint8)
    return Image.fromarray(grains).resize((SIDE, SIDE), Image.Resampling.BILINEAR)


def _page(rng: Rng) -> Image.Image:
    """Give a page of writing."""
    image = Image.new("RGB", (SIDE, SIDE), (int(rng.integers(225, 256)),) * 3)
    draw, line = ImageDraw.Draw(image), int(rng.integers(10, 22))
    for top in range(line, SIDE - line, line):
        at = line
        while at < SIDE - 2 * line:
            word = int(rng.integers(8, 40))
            draw.rectangle(
                (at, top, min(at + word, SIDE - line), top + line // 2), fill=(int(rng.integers(0, 90)),) * 3
            )
            at += word + line // 2
    return image


def _blots(rng: Rng) -> Image.Image:
    """Give shapes of any colour on any colour, out of focus: things, but no product."""
    image = Image.new("RGB", (SIDE, SIDE), _colour(rng))
    draw = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(3, 14))):
        left, top = rng.integers(-40, SIDE - 20, 2)
        box = (int(left), int(top), int(left + rng.integers(15, 160)), int(top + rng.integers(15, 160)))
        (draw.ellipse if rng.random() < 0.5 else draw.rectangle)(box, fill=_colour(rng))
    return image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0, 8))))


def _application(rng: Rng) -> Image.Image:
    return screenshot(_page(rng) if rng.random() < 0.5 else _gradient(rng), rng)


def _colour(rng: Rng) -> tuple[int, int, int]:
    red, green, blue = (int(tone) for tone in rng.integers(0, 256, 3))
    return red, green, blue
