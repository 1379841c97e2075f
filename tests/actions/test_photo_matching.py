"""The image matcher of a running shop follows what is on sale and what the set-up makes, without a restart."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image as Pictures
from sqlalchemy import delete, select

from actions.bootstrap import Services
from actions.photo_matching import RETRY_SECONDS, Parts, PhotoMatcherStore, VisionFiles, catalogue_of, load_parts
from shop.db import Sessions, reading, writing
from shop.interactions import record_interaction
from shop.models import Image, Product, utc_now
from shop.photo_export import photo_export, write_photos
from shop.photo_queries import log_photo_answer
from shop.shoppers import Shopper
from shop.slates import ShownItem
from tests.vision.tiny import ColourEncoder, halves, plain
from vision.catalogue import Catalogue
from vision.encoder import Vectors
from vision.errors import ArtifactDamaged
from vision.gallery import Gallery
from vision.matcher import ImageMatcher
from vision.matcher_settings import MatcherSettings
from vision.seen_photos import FEWEST

SHOWN = {"freerun": "black", "cactus": "green", "cafe-chair": "yellow"}


class CountingEncoder(ColourEncoder):
    def __init__(self) -> None:
        self.pictures = 0

    def encode_images(self, images: Sequence[Pictures.Image]) -> Vectors:
        self.pictures += len(images)
        return super().encode_images(images)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class House:
    """A shop with pictures, and what a set-up makes of them."""

    def __init__(self, folder: Path, sessions: Sessions) -> None:
        self.files, self.images, self.sessions = VisionFiles(folder / "vision"), folder / "images", sessions
        self.clock, self.encoder, self.loaded = Clock(), CountingEncoder(), 0
        self.trouble: Exception | None = None
        self.images.mkdir(parents=True)
        self.store = PhotoMatcherStore(self.files, self.images, sessions, self.load, self.clock)

    def load(self, files: VisionFiles) -> Parts:
        self.loaded += 1
        if self.trouble is not None:
            raise self.trouble
        return Parts(self.encoder, Gallery.load(files.gallery, self.encoder.identity), MatcherSettings())

    def set_up(self) -> None:
        with reading(self.sessions) as session:
            catalogue = catalogue_of(photo_export(session), self.images)
        Gallery.build(catalogue, ColourEncoder(), progress=False).save(self.files.gallery)

    def paint(self, slug: str, colour: str) -> None:
        """Give a product one picture of one colour."""
        plain(colour).save(self.images / f"{slug}-{colour}.png")
        with self.edited(slug) as product:
            product.images = [Image(location=f"{slug}-{colour}.png")]

    @contextmanager
    def edited(self, slug: str) -> Iterator[Product]:
        with writing(self.sessions) as session:
            product = session.scalars(select(Product).where(Product.slug == slug)).one()
            yield product
            product.updated_at = utc_now()

    def best(self, colour: str) -> str:
        return self.matcher().match(plain(colour), 1).items[0].item_id

    def matcher(self) -> ImageMatcher:
        found = self.store.current()
        assert found is not None
        return found


@pytest.fixture
def house(services: Services, tmp_path: Path) -> House:
    made = House(tmp_path / "house", services.sessions)
    for slug, colour in SHOWN.items():
        made.paint(slug, colour)
    return made


def test_a_shop_without_a_gallery_has_no_matcher_and_breaks_nothing(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        assert house.store.current() is None
        assert house.store.refresh() == 0
        assert house.store.current() is None
    assert [record.levelname for record in caplog.records] == ["INFO"], "it is no error, and told once"


def test_a_photo_finds_the_product_of_its_colour(house: House) -> None:
    house.set_up()
    assert {house.best(colour) for colour in SHOWN.values()} == {*SHOWN}
    assert house.loaded == 1


def test_a_new_gallery_is_taken_up_without_a_restart(house: House) -> None:
    house.set_up()
    before = house.matcher()
    assert house.matcher() is before
    house.paint("tablet", "purple")
    house.set_up()
    assert house.best("purple") == "tablet"


def test_new_and_changed_pictures_come_in_and_only_they_are_embedded(house: House) -> None:
    house.set_up()
    house.matcher()
    house.paint("tablet", "purple")
    house.paint("cactus", "pink")
    assert house.store.refresh() == 3, "two came and one left"
    assert house.encoder.pictures == 2
    assert [house.best(colour) for colour in ("purple", "pink")] == ["tablet", "cactus"]


def test_a_file_that_is_overwritten_in_place_is_seen(house: House) -> None:
    house.set_up()
    house.matcher()
    plain("purple", (80, 80)).save(house.images / "cactus-green.png")
    assert house.store.refresh() == 2
    assert house.best("purple") == "cactus"


def test_where_nothing_changed_nothing_is_done(house: House) -> None:
    house.set_up()
    assert house.store.refresh() == 0
    before = house.matcher()
    assert house.store.refresh() == 0
    assert house.matcher() is before
    assert house.encoder.pictures == 0


def test_products_that_are_off_the_shelf_leave_and_come_back_from_their_files(house: House) -> None:
    house.set_up()
    with house.edited("cactus") as product:
        product.active = False
    assert house.store.refresh() == 1
    assert "cactus" not in house.matcher().gallery.items
    with house.edited("cactus") as product:
        product.active = True
    house.store.refresh()
    assert house.best("green") == "cactus"


def test_a_shop_that_loses_all_its_pictures_matches_no_photo_until_it_has_some(house: House) -> None:
    house.set_up()
    house.matcher()
    with writing(house.sessions) as session:
        session.execute(delete(Image))
    house.store.refresh()
    assert house.store.current() is None
    house.paint("freerun", "red")
    house.store.refresh()
    assert house.best("red") == "freerun"


def test_what_shoppers_chose_for_their_photos_is_found_by_such_photos(house: House, services: Services) -> None:
    house.set_up()
    photo = halves("yellow", "purple")
    encoder, shopper = ColourEncoder(), Shopper("web-guest")
    assert house.matcher().match(photo, 1).items[0].item_id == "cafe-chair"
    with writing(house.sessions) as session:
        shown = [ShownItem("cafe-chair", 0.9), ShownItem("cactus", 0.1)]
        vector = encoder.encode_images([photo])[0]
        slate = log_photo_answer(session, shopper, "photo", encoder.identity.checksum, shown, vector, narrowed=False)
        record_interaction(session, shopper, "cactus", "purchase", "slate", slate=slate)
    assert house.store.refresh() == 0, "no picture was embedded for it"
    assert house.matcher().match(photo, 1).items[0].item_id == "cactus"
    before = house.matcher()
    house.store.refresh()
    assert house.matcher() is before
    house.paint("tablet", "pink")
    house.store.refresh()
    assert [house.matcher().match(image, 1).items[0].item_id for image in (photo, plain("pink"))] == [
        "cactus",
        "tablet",
    ]


def test_photos_that_were_searched_for_teach_the_matcher_as_soon_as_they_are_enough(house: House) -> None:
    house.set_up()
    first, encoder = house.matcher(), ColourEncoder()
    colours = ("black", "green", "yellow", "pink", "red")
    pairs = [(left, right) for left in colours for right in colours if left != right]
    for number, pair in enumerate(pairs):
        with writing(house.sessions) as session:
            vector = encoder.encode_images([halves(*pair)])[0]
            shopper, shown = Shopper(f"web-{number}"), [ShownItem("cactus", 0.5)]
            log_photo_answer(session, shopper, "photo", encoder.identity.checksum, shown, vector, narrowed=False)
        house.store.refresh()
        assert (house.matcher() is first) == (number + 1 < FEWEST)
    taught = house.matcher()
    house.store.refresh()
    assert house.matcher() is taught, "nothing new came"


def test_a_damaged_picture_is_told_and_the_rest_is_found(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.set_up()
    house.paint("tablet", "purple")
    house.paint("cordless-mouse", "pink")
    (house.images / "tablet-purple.png").write_bytes(b"no picture")
    house.store.refresh()
    assert "tablet-purple.png" in caplog.text
    assert house.best("pink") == "cordless-mouse"


def test_what_cannot_be_used_is_told_once_and_the_one_before_stays(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.set_up()
    before = house.matcher()
    house.trouble = ArtifactDamaged(house.files.gallery, "cut short")
    house.paint("tablet", "purple")
    house.set_up()
    assert house.matcher() is before
    assert house.matcher() is before
    assert house.loaded == 2, "it is not read again with every photo"
    assert caplog.text.count("cut short") == 1
    house.trouble = None
    house.clock.now += RETRY_SECONDS
    assert house.best("purple") == "tablet"


def test_the_export_as_files_and_as_values_is_the_same_catalogue(house: House, tmp_path: Path) -> None:
    with reading(house.sessions) as session:
        write_photos(session, tmp_path / "data")
        assert catalogue_of(photo_export(session), house.images) == Catalogue.read(tmp_path / "data", house.images)


def test_a_shop_without_gallery_or_model_says_how_to_make_them_and_loads_no_runtime(house: House) -> None:
    with pytest.raises(ArtifactDamaged, match=r"python -m vision\.index"):
        load_parts(house.files)
    house.set_up()
    with pytest.raises(ArtifactDamaged, match=r"python -m vision\.train"):
        load_parts(house.files)


def test_another_model_has_a_calibration_of_its_own(tmp_path: Path) -> None:
    own, other = VisionFiles(tmp_path), VisionFiles(tmp_path, "ViT-B-32")
    assert own.model == str(tmp_path / "model")
    assert other.model == "ViT-B-32"
    assert own.matcher != other.matcher
    assert own.stamp() == other.stamp()
    MatcherSettings(model="abc").save(other.matcher)
    assert own.stamp() != other.stamp()
    assert replace(other, image_model="") == own
