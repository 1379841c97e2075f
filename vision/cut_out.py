"""Cuts a product out of a picture that shows it on a plain background, as packshots do."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from scipy import ndimage

PLAIN_BORDER = 0.7
"""At least so much of the border must have one colour."""

SMALLEST, LARGEST = 0.03, 0.97
"""A product that fills less or more than this share of the picture was not found."""


CLOSED = 0.05
"""Bays of up to twice this share of the longer side belong to the product."""


def plain_background(image: Image.Image, tolerance: int = 10) -> NDArray[np.bool_] | None:
    """Find the background: all that has the border's colour and hangs together with the border.

    Args:
        image: an RGB picture.
        tolerance: how far a tone of 255 may be from the border's.

    Returns:
        Shape (height, width), true where background is; None where the picture has no plain one.
    """
    pixels = np.asarray(image.convert("RGB"), np.int16)
    rim = np.zeros(pixels.shape[:2], bool)
    rim[[0, -1], :] = rim[:, [0, -1]] = True
    like = np.abs(pixels - np.median(pixels[rim], axis=0)).max(axis=-1) <= tolerance
    if like[rim].mean() < PLAIN_BORDER:
        return None
    labels, _ = ndimage.label(like)
    return np.isin(labels, np.unique(labels[rim & like]))


def cut_out(image: Image.Image, tolerance: int = 10) -> Image.Image | None:
    """Cut the product out of its plain background.

    Returns:
        An RGBA picture no larger than the product, with soft edges; None where no plain background lets it be found.
    """
    background = plain_background(image, tolerance)
    if background is None:
        return None
    product = _whole(~background)
    if not SMALLEST <= product.mean() <= LARGEST:
        return None
    mask = Image.fromarray(product.astype(np.uint8) * 255).filter(ImageFilter.GaussianBlur(0.8))
    cut = image.convert("RGB").copy()
    cut.putalpha(mask)
    return cut.crop(mask.getbbox())


def _whole(product: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Close bays that white print on white paper leaves, and drop specks and the half-white pixels of the edge."""
    reach = max(1, round(CLOSED * max(product.shape)))
    room = np.pad(ndimage.binary_opening(product), reach)
    # By distances instead of a large disc: a closing costs the same whatever its reach.
    grown = ndimage.distance_transform_edt(~room) <= reach
    closed = ndimage.binary_fill_holes(ndimage.distance_transform_edt(grown) > reach)[reach:-reach, reach:-reach]
    return np.asarray(ndimage.binary_erosion(closed), bool)
