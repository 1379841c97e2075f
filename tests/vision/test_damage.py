"""Each damage is what its name says, and the same each time."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from vision.damage import DAMAGES, SIDE, damage


def photo() -> Image.Image:
    image = Image.new("RGB", (448, 336), (240, 240, 240))
    brush = ImageDraw.Draw(image)
    for place in range(8):
        brush.rectangle((place * 50 + 20, 60, place * 50 + 45, 280), (200, place * 30, 60))
    return image


def brightness(image: Image.Image) -> np.ndarray:
    return np.asarray(image, float).mean(axis=(0, 1))


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damage_is_the_same_for_the_same_seed(kind: str) -> None:
    first, second = damage(photo(), kind, 3), damage(photo(), kind, 3)
    assert first.tobytes() == second.tobytes()
    assert first.mode == "RGB"


@pytest.mark.parametrize("kind", sorted({*DAMAGES} - {"none"}))
def test_a_damage_changes_the_picture_and_not_its_input(kind: str) -> None:
    image = photo()
    damaged = damage(image, kind, 3)
    assert damaged.tobytes() != damage(image, "none", 3).tobytes()
    assert image.tobytes() == photo().tobytes()


def test_pictures_are_brought_to_one_size_first_so_that_a_radius_means_the_same() -> None:
    assert max(damage(photo(), "none", 0).size) == SIDE


def test_halves_shrunk_and_turned_pictures_have_the_size_that_their_name_says() -> None:
    width, height = damage(photo(), "none", 0).size
    assert damage(photo(), "half crop", 0).size in {(width // 2, height), (width, height // 2)}
    assert damage(photo(), "middle crop", 0).size == (width // 2, height // 2)
    assert max(damage(photo(), "64 pixels", 0).size) == 64
    assert damage(photo(), "rotation 90", 0).size == (height, width)


def test_light_changes_as_its_name_says() -> None:
    usual = brightness(damage(photo(), "none", 0))
    assert (brightness(damage(photo(), "dark", 0)) < usual * 0.6).all()
    assert (brightness(damage(photo(), "bright", 0)) > usual).all()
    warm = brightness(damage(photo(), "warm", 0))
    assert warm[0] >= usual[0]
    assert warm[2] < usual[2] * 0.75


def test_blur_removes_edges_and_noise_adds_them() -> None:
    def edges(kind: str) -> float:
        return float((np.diff(np.asarray(damage(photo(), kind, 0), float), axis=1) ** 2).mean())

    assert edges("blur radius 4") < edges("none") / 2
    assert edges("noise") > edges("none") * 2


def test_a_screenshot_holds_the_whole_picture_between_bars() -> None:
    whole, shown = np.asarray(damage(photo(), "none", 0)), np.asarray(damage(photo(), "screenshot", 0))
    top = whole.shape[1] // 8 * 2
    assert (shown[top : top + whole.shape[0], : whole.shape[1]] == whole).all()
    assert shown.shape[0] > whole.shape[0] * 1.2


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError, match="acid"):
        damage(photo(), "acid", 0)
