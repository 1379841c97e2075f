"""Encodes shoppers' photos: each is looked at twice, whole and in its middle, where what is meant mostly is.

Pictures of a catalogue are looked at once: they show nothing but the product.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PIL.Image import Image

from vision import edits
from vision.encoder import Vectors

MIDDLE = 0.65
"""Side of the middle, as a share of the photo's; chosen on photos of the groceries' train split, by a frozen tower."""

SHARE = 0.5
"""How much the middle counts beside the whole: as much would find few more photos of things that lie about, and lose
things that fill the picture, as garments do."""


def photo_vectors(encode: Callable[[Sequence[Image]], Vectors], photos: Sequence[Image]) -> Vectors:
    """Give a direction between both looks at each photo, nearer to the whole.

    Args:
        encode: gives one L2-normalised row a picture, shape (n, d).
        photos: RGB.

    Returns:
        L2-normalised rows, shape (n, d).
    """
    rows = encode([*photos, *map(middle, photos)])
    both = rows[: len(photos)] + SHARE * rows[len(photos) :]
    norms = np.linalg.norm(both, axis=1, keepdims=True)
    return np.asarray(both / np.maximum(norms, 1e-9), dtype=np.float32)


def middle(photo: Image) -> Image:
    """Leave the middle of a photo."""
    border = (1 - MIDDLE) / 2
    return edits.crop(photo, border, border, 1 - border, 1 - border)
