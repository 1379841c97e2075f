from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.vision.photo_bytes import noise, scene
from vision.encoder import Preprocess
from vision.errors import InvalidCatalogue
from vision.preprocess import fitted, pixels

PLAIN = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


@pytest.mark.parametrize("fit", ["crop", "squash", "pad"])
@pytest.mark.parametrize("size", [(300, 200), (200, 300), (224, 224), (17, 500), (2048, 1)])
def test_any_size_becomes_a_square_of_numbers(fit: str, size: tuple[int, int]) -> None:
    rows = pixels([scene(*size), scene(*size).convert("L")], Preprocess(64, *PLAIN, fit))
    assert (rows.shape, rows.dtype) == ((2, 3, 64, 64), np.float32)
    assert rows.min() >= 0
    assert rows.max() <= 1


@pytest.mark.parametrize(("fit", "mode"), [("crop", "shortest"), ("squash", "squash"), ("pad", "longest")])
@pytest.mark.parametrize("size", [(300, 200), (256, 256), (90, 140)])
def test_numbers_are_those_of_open_clips_own_transform(fit: str, mode: str, size: tuple[int, int]) -> None:
    from open_clip.transform import PreprocessCfg, image_transform_v2

    mean, std = (0.48, 0.46, 0.41), (0.27, 0.26, 0.28)
    theirs = image_transform_v2(
        PreprocessCfg(size=96, mean=mean, std=std, interpolation="bicubic", resize_mode=mode, fill_color=255),
        is_train=False,
    )
    image = scene(*size)
    difference = np.abs(pixels([image], Preprocess(96, mean, std, fit))[0] - theirs(image).numpy())
    # They resize before cutting and we after it: edges differ by part of a pixel.
    assert difference.mean() < 0.02


def test_a_picture_of_the_towers_own_size_is_only_normalised() -> None:
    image = noise(32)
    expected = (np.asarray(image, np.float32) / 255 - 0.5) / 0.5
    for fit in ("crop", "squash", "pad"):
        rows = pixels([image], Preprocess(32, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5), fit))
        np.testing.assert_allclose(rows[0].transpose(1, 2, 0), expected, atol=1e-6)


def test_padding_is_white_and_keeps_all_of_the_picture() -> None:
    square = np.asarray(fitted(Image.new("RGB", (100, 50)), 40, "pad"))
    assert (square[:10] == 255).all()
    assert (square[10:30] == 0).all()
    assert (square[30:] == 255).all()


def test_cropping_keeps_the_middle() -> None:
    image = Image.new("RGB", (300, 100), "red")
    image.paste((0, 0, 255), (100, 0, 200, 100))
    assert (np.asarray(fitted(image, 50, "crop"))[:, 2:-2] == (0, 0, 255)).all()


def test_no_pictures_are_no_rows() -> None:
    assert pixels([], Preprocess(32, *PLAIN)).shape == (0, 3, 32, 32)


def test_an_unknown_fit_is_refused() -> None:
    with pytest.raises(InvalidCatalogue, match="stretch"):
        fitted(scene(), 32, "stretch")
