"""Photos are looked at twice: whole, and in the middle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image

from tests.vision.tiny import ColourEncoder
from vision.calibration import encode
from vision.gallery import Gallery
from vision.matcher import ImageMatcher
from vision.photo_vectors import middle, photo_vectors

ENCODER = ColourEncoder()


def framed(inside: str, around: str, side: int = 200) -> Image.Image:
    """A thing in the middle of something else, of which it leaves a wide border."""
    photo = Image.new("RGB", (side, side), around)
    photo.paste(inside, (side // 4, side // 4, side * 3 // 4, side * 3 // 4))
    return photo


def test_the_middle_keeps_the_form_of_the_photo_and_leaves_its_border() -> None:
    assert middle(Image.new("RGB", (200, 100))).size == (130, 65)
    assert middle(framed("red", "blue")).getpixel((0, 0)) == (0, 0, 255)
    assert middle(Image.new("RGB", (1, 1))).size == (1, 1)


def test_a_photo_counts_more_by_its_whole_than_by_its_middle() -> None:
    photo = framed("red", "blue")
    whole, inner = ENCODER.encode_images([photo, middle(photo)])
    (vector,) = photo_vectors(ENCODER.encode_images, [photo])
    assert np.linalg.norm(vector) == pytest.approx(1)
    assert whole @ inner < vector @ inner < vector @ whole


def test_what_stands_in_the_middle_is_found_before_what_is_around() -> None:
    pictures = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    gallery = Gallery.of_vectors(ENCODER.identity, ENCODER.encode_images(pictures), ("red", "blue"))
    photo = Image.new("RGB", (200, 200), "blue")
    photo.paste("red", (33, 33, 167, 167))
    once = ENCODER.encode_images([photo])[0] @ gallery.vectors.T
    assert once[1] > once[0]
    assert ImageMatcher(ENCODER, gallery).match(photo, 2).items[0].item_id == "red"


def test_no_photo_gives_no_row_and_batches_change_nothing() -> None:
    photos: Sequence[Image.Image] = [framed(inside, "white") for inside in ("red", "green", "blue")] * 7
    assert encode(ENCODER, []).shape == (0, ENCODER.identity.dimensions)
    np.testing.assert_allclose(encode(ENCODER, photos), photo_vectors(ENCODER.encode_images, photos), atol=1e-6)
