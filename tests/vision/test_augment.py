"""Photos that nobody took are the same for the same seed, differ for others, and still show the product."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from vision.augment import Augmentation, augment, half, random_part
from vision.backgrounds import DRAWN, collage
from vision.cut_out import cut_out, plain_background
from vision.errors import InvalidCatalogue
from vision.scenes import SIDE, Stage

CHANCES = sorted({field.name for field in fields(Augmentation)} - {"strength", "size", "smallest_part"})
RED, BLUE = (200, 30, 40), (30, 60, 210)


def packshot(colour: tuple[int, int, int] = RED, size: tuple[int, int] = (120, 160)) -> Image.Image:
    image = Image.new("RGB", size, (255, 255, 255))
    ImageDraw.Draw(image).ellipse((30, 40, 90, 120), colour)
    return image


def room_photo() -> Image.Image:
    pixels = np.random.default_rng(3).integers(0, 255, (90, 120, 3)).astype(np.uint8)
    return Image.fromarray(pixels)


def share_of(image: Image.Image, colour: tuple[int, int, int]) -> float:
    pixels = np.asarray(image.convert("RGB"), int)
    return float((np.abs(pixels - np.array(colour)).max(axis=-1) < 70).mean())


def only(name: str) -> Augmentation:
    return replace(Augmentation(), **{one: float(one == name) for one in CHANCES})


@pytest.mark.parametrize("seed", range(12))
def test_the_same_seed_gives_the_same_photo(seed: int) -> None:
    first, second = (augment(packshot(), np.random.default_rng(seed)) for _ in range(2))
    assert first.tobytes() == second.tobytes()
    assert first.mode == "RGB"
    assert max(first.size) <= Augmentation().size


def test_other_seeds_give_other_photos() -> None:
    assert len({augment(packshot(), np.random.default_rng(seed)).tobytes() for seed in range(20)}) == 20


def test_no_strength_changes_nothing() -> None:
    still = augment(packshot(), np.random.default_rng(1), Augmentation(strength=0.0))
    assert still.tobytes() == packshot().tobytes()


@pytest.mark.parametrize("name", CHANCES)
def test_each_change_alone_does_something_and_keeps_its_input(name: str) -> None:
    image = packshot()
    assert augment(image, np.random.default_rng(5), only(name)).tobytes() != image.tobytes()
    assert image.tobytes() == packshot().tobytes()


@pytest.mark.parametrize("side", [(16, 16), (17, 400), (400, 17)], ids=["tiny", "narrow", "wide"])
def test_odd_sizes_are_augmented_too(side: tuple[int, int]) -> None:
    for seed in range(30):
        assert min(augment(Image.new("RGB", side, RED), np.random.default_rng(seed)).size) >= 1


@pytest.mark.parametrize(
    ("field", "value"), [("crop", 1.2), ("strength", -0.1), ("size", 3)], ids=["chance", "strength", "size"]
)
def test_what_is_no_chance_is_refused_by_name(field: str, value: float) -> None:
    with pytest.raises(InvalidCatalogue, match=field):
        Augmentation(**{field: value})  # type: ignore[arg-type]


def test_a_half_is_half_of_the_picture() -> None:
    image = packshot()
    areas = {half(image, np.random.default_rng(seed)).size for seed in range(20)}
    assert areas == {(60, 160), (120, 80)}


@pytest.mark.parametrize("area", [0.1, 0.3, 0.8])
def test_a_part_has_about_the_area_that_was_asked_for(area: float) -> None:
    part = random_part(Image.new("RGB", (300, 300)), np.random.default_rng(4), area)
    assert part.width * part.height / 90_000 == pytest.approx(area, rel=0.15)


def test_a_packshot_is_cut_out_of_its_white_background() -> None:
    cut = cut_out(packshot())
    assert cut is not None
    assert cut.mode == "RGBA"
    assert (abs(cut.width - 61), abs(cut.height - 81)) < (6, 6)
    assert cut.getpixel((cut.width // 2, cut.height // 2))[:3] == RED
    assert cut.getchannel("A").getpixel((0, 0)) == 0


def test_a_hole_of_white_belongs_to_the_product() -> None:
    image = packshot()
    ImageDraw.Draw(image).ellipse((50, 70, 70, 90), (255, 255, 255))
    cut = cut_out(image)
    assert cut is not None
    assert cut.getchannel("A").getpixel((cut.width // 2, cut.height // 2)) == 255


def test_a_photo_of_a_room_has_no_plain_background() -> None:
    assert plain_background(room_photo()) is None
    assert cut_out(room_photo()) is None


def test_an_empty_packshot_holds_no_product() -> None:
    assert cut_out(Image.new("RGB", (80, 80), (255, 255, 255))) is None


@pytest.mark.parametrize("draw", DRAWN, ids=[draw.__name__ for draw in DRAWN])
def test_backgrounds_fill_what_they_are_asked_to_fill(draw) -> None:  # type: ignore[no-untyped-def]
    for seed, size in enumerate([(64, 64), (3, 50), (50, 3), (1, 1)]):
        drawn = draw(size, np.random.default_rng(seed))
        assert (drawn.size, drawn.mode) == (size, "RGB")


def test_a_collage_shows_other_pictures() -> None:
    shelf = collage((100, 100), np.random.default_rng(2), [Image.new("RGB", (20, 20), BLUE)])
    assert share_of(shelf, BLUE) > 0.95


@pytest.mark.parametrize("seed", range(16))
def test_a_scene_is_square_and_the_same_for_the_same_seed(seed: int) -> None:
    stage = Stage([packshot(RED), packshot(BLUE), room_photo()])
    scene = stage.scene(0, np.random.default_rng(seed))
    assert scene.size == (SIDE, SIDE)
    assert scene.tobytes() == stage.scene(0, np.random.default_rng(seed)).tobytes()


def test_scenes_show_the_product_unless_a_hand_is_in_the_way() -> None:
    stage = Stage([packshot(RED), packshot(BLUE), room_photo()])
    shares = [share_of(stage.scene(0, np.random.default_rng(seed)), RED) for seed in range(40)]
    assert np.mean([share > 0.01 for share in shares]) >= 0.9


def test_a_picture_without_a_plain_background_gets_no_scene_but_is_augmented() -> None:
    stage = Stage([packshot(), room_photo()])
    assert [stage.has_plain_background(row) for row in range(len(stage))] == [True, False]
    assert stage.scene(1, np.random.default_rng(0)).tobytes() == room_photo().tobytes()
    assert stage.photo(1, np.random.default_rng(0)).tobytes() != room_photo().tobytes()


def test_pictures_of_one_product_never_stand_beside_it_as_another() -> None:
    stage = Stage([packshot(RED), packshot(BLUE)], ["shirt", "shirt"])
    shares = [share_of(stage.scene(0, np.random.default_rng(seed)), BLUE) for seed in range(25)]
    assert np.mean(shares) < 0.05


def test_a_shop_with_one_product_has_scenes_too() -> None:
    stage = Stage([packshot()])
    assert stage.photo(0, np.random.default_rng(1), scenes=1.0).size[0] > 0
