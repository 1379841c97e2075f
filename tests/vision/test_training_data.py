from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.vision.training_shop import colour_shop
from vision.catalogue import Catalogue, Item, Photo
from vision.errors import NothingToMatch
from vision.training_data import Views, held_out_photos, held_out_products, read_training_data


def test_the_first_catalogue_photo_is_a_products_main_picture(tmp_path: Path) -> None:
    shop = colour_shop(tmp_path, products=3, photos=2)
    click = Photo("black", tmp_path / "white0.png", "click", 0.5)
    data = read_training_data(Catalogue(shop.items, (click, *shop.photos)))
    assert [data.photos[row].path.name for row in data.main] == ["black0.png", "white0.png", "grey0.png"]
    assert data.weights[0] == 0.5
    assert len(data.others) == 7


def test_a_damaged_picture_is_left_out_and_told(tmp_path: Path) -> None:
    shop = colour_shop(tmp_path, products=3, photos=1)
    (tmp_path / "white1.png").write_bytes(b"no picture")
    data = read_training_data(shop)
    assert [path.name for path in data.refused] == ["white1.png"]
    assert len(data.photos) == 5


def test_one_product_is_nothing_to_train_on() -> None:
    with pytest.raises(NothingToMatch):
        read_training_data(Catalogue((Item("lamp", "Lamp"),), ()))


def test_the_same_view_is_the_same_picture_and_the_first_is_the_photo_itself(tmp_path: Path) -> None:
    data = read_training_data(colour_shop(tmp_path, products=3, photos=1))
    views = Views(data, 48, seed=1)
    assert views.view(1, 3).tobytes() == Views(data, 48, seed=1).view(1, 3).tobytes()
    assert views.view(1, 3).tobytes() != views.view(1, 4).tobytes()
    assert views.view(1, 0).tobytes() == views.plain(1).tobytes()


def test_a_product_sold_in_several_colours_is_seen_in_colours_that_no_picture_shows(tmp_path: Path) -> None:
    def share_of_red(colours: tuple[str, ...]) -> float:
        Image.new("RGB", (48, 48), (200, 30, 30)).save(tmp_path / "red.png")
        shirt = Item("shirt", "Shirt", facts={"colour": colours})
        photos = tuple(Photo(item, tmp_path / "red.png") for item in ("shirt", "shirt", "cap"))
        views = Views(read_training_data(Catalogue((shirt, Item("cap", "Cap")), photos)), 48, seed=1)
        hues = [np.asarray(views.view(1, number).convert("HSV"))[..., 0].astype(int) for number in range(1, 60)]
        return float(np.mean([np.median(np.minimum(hue, 256 - hue)) < 32 for hue in hues]))

    assert share_of_red(("red", "blue")) < 0.55
    assert share_of_red(("red",)) > 0.75


def test_photos_that_look_alike_are_held_out_together_and_never_a_main_picture(tmp_path: Path) -> None:
    data = read_training_data(colour_shop(tmp_path, products=2, photos=16))
    angles = np.linspace(0, 3, len(data.photos))
    held = held_out_photos(data, np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32), seed=0)
    assert len(held) == 4
    assert not np.isin(held, data.main).any()
    assert all(np.ptp(held[data.products[held] == number]) <= 2 for number in (0, 1))


def test_few_products_are_all_trained_on(tmp_path: Path) -> None:
    data = read_training_data(colour_shop(tmp_path, products=3, photos=7))
    assert not len(held_out_products(data, data.others, seed=0))
