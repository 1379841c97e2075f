"""Single damages, each of one kind and one strength, to measure what a search survives.

Unlike `vision.augment`, which mixes at random for training, nothing here is random but what the seed decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from PIL import Image

from vision import edits
from vision.augment import half, screenshot
from vision.backgrounds import background
from vision.cut_out import cut_out

Damage = Callable[[Image.Image, np.random.Generator], Image.Image]

SIDE = 224
"""The longest side to which a picture is brought first, so that a radius means the same for every picture."""


def damage(image: Image.Image, kind: str, seed: int) -> Image.Image:
    """Damage an RGB picture.

    Args:
        image: of any size; it is brought to 224 pixels first.
        kind: one of `DAMAGES`.
        seed: the same gives the same picture again.

    Raises:
        KeyError: no damage of this kind.
    """
    return DAMAGES[kind](edits.shrink(image, SIDE), np.random.default_rng(seed))


def _before_another_background(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Put a cut-out product before something else; what cannot be cut out becomes smaller, in a frame of it."""
    product = cut_out(image)
    width, height = round(image.width * 1.3), round(image.height * 1.3)
    scene = background((width, height), rng)
    shown = product or image
    left, top = (int(rng.uniform(0, room)) for room in (width - shown.width, height - shown.height))
    scene.paste(shown, (left, top), product)
    return scene


DAMAGES: Mapping[str, Damage] = MappingProxyType(
    {
        "none": lambda image, rng: image,
        "half crop": half,
        "middle crop": lambda image, rng: edits.crop(image, 0.25, 0.25, 0.75, 0.75),
        "blur radius 4": lambda image, rng: edits.blur(image, 4.0),
        "rotation 15": lambda image, rng: edits.rotate(image, 15.0),
        "rotation 90": lambda image, rng: edits.rotate(image, 90.0),
        "mirror": lambda image, rng: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        "dark": lambda image, rng: edits.relight(image, 0.45, 1.3),
        "bright": lambda image, rng: edits.relight(image, 1.6, 0.8),
        "warm": lambda image, rng: edits.relight(image, gains=(1.25, 1.0, 0.65)),
        "64 pixels": lambda image, rng: edits.shrink(image, 64),
        "JPEG 10": lambda image, rng: edits.jpeg(image, 10),
        "screenshot": screenshot,
        "noise": lambda image, rng: edits.noise(image, 25.0, rng),
        "background": _before_another_background,
    }
)
"""All kinds by name; pictures are of 224 pixels, their tones of 0 to 255."""
