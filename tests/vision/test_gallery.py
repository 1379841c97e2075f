from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.vision.tiny import ColourEncoder
from vision.captions import captions
from vision.catalogue import Catalogue, Item, Photo
from vision.encoder import EncoderIdentity, Vectors
from vision.errors import InvalidCatalogue
from vision.gallery import Gallery, Picture

COLOURS = ("red", "green", "blue", "yellow")


class CountingEncoder(ColourEncoder):
    """Remembers how much it was asked to read."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures = 0
        self.texts: list[str] = []

    def encode_images(self, images: Sequence[Image.Image]) -> Vectors:
        self.pictures += len(images)
        return super().encode_images(images)

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return super().encode_texts(texts)


class OtherEncoder(CountingEncoder):
    @property
    def identity(self) -> EncoderIdentity:
        return replace(super().identity, checksum="another")


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    items, photos = [], []
    for colour in COLOURS:
        path = tmp_path / f"{colour}.png"
        Image.new("RGB", (40, 30), colour).save(path)
        items.append(Item(colour, f"A {colour} thing", category=("Things",)))
        photos.append(Photo(colour, path))
    return Catalogue(tuple(items), tuple(photos))


def test_every_picture_and_text_of_the_catalogue_has_a_vector(catalogue: Catalogue) -> None:
    encoder = CountingEncoder()
    gallery = Gallery.build(catalogue, encoder, progress=False)
    assert gallery.item_ids == COLOURS
    assert gallery.text_item_ids == COLOURS
    with Image.open(catalogue.photos[2].path) as image:
        assert gallery.index.search(encoder.encode_images([image]), 1)[1].tolist() == [[2]]
    assert np.allclose(np.linalg.norm(gallery.vectors, axis=1), 1, atol=1e-5)
    mean = encoder.encode_texts(captions(catalogue.items[1])).mean(axis=0)
    assert np.allclose(gallery.text_vectors[1], mean / np.linalg.norm(mean), atol=1e-6)
    report = gallery.report
    assert report is not None
    assert (report.embedded, report.kept, report.left, report.texts_embedded) == (4, 0, 0, 4)


def test_only_what_is_new_or_changed_is_embedded_and_what_is_deleted_leaves(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    first = Gallery.build(catalogue, ColourEncoder(), progress=False)
    Image.new("RGB", (40, 30), "purple").save(tmp_path / "green.png")
    moved = catalogue.photos[0].path.rename(tmp_path / "moved.png")
    items = (catalogue.items[0], replace(catalogue.items[1], title="A purple thing"), catalogue.items[2])
    photos = (replace(catalogue.photos[0], path=moved), *catalogue.photos[1:3])
    encoder = CountingEncoder()
    second = Gallery.build(Catalogue(items, photos), encoder, first, progress=False)
    assert encoder.pictures == 1, "the changed one alone: the moved one keeps its vector"
    assert {*encoder.texts} == {*captions(items[1])}
    assert second.item_ids == COLOURS[:3]
    assert (second.vectors[[0, 2]] == first.vectors[[0, 2]]).all()
    assert not np.allclose(second.vectors[1], first.vectors[1])
    report = second.report
    assert report is not None
    assert (report.embedded, report.kept, report.left, report.texts_embedded) == (1, 2, 2, 1)


def test_a_gallery_made_step_by_step_equals_one_made_at_once(catalogue: Catalogue, tmp_path: Path) -> None:
    half = Catalogue(catalogue.items[:2], catalogue.photos[:2])
    at_once = Gallery.build(catalogue, ColourEncoder(), progress=False)
    by_steps = Gallery.build(
        catalogue, ColourEncoder(), Gallery.build(half, ColourEncoder(), progress=False), progress=False
    )
    assert by_steps.pictures == at_once.pictures
    assert (by_steps.vectors == at_once.vectors).all()
    assert (by_steps.text_vectors == at_once.text_vectors).all()


def test_where_nothing_changed_nothing_is_read_by_the_encoder(catalogue: Catalogue, tmp_path: Path) -> None:
    Gallery.build(catalogue, ColourEncoder(), progress=False).save(tmp_path / "gallery")
    encoder = CountingEncoder()
    previous = Gallery.load(tmp_path / "gallery", encoder.identity)
    again = Gallery.build(catalogue, encoder, previous, progress=False)
    assert (encoder.pictures, encoder.texts) == (0, [])
    assert again.report is not None
    assert not again.report.changed


def test_a_picture_whose_time_alone_changed_keeps_its_vector(catalogue: Catalogue) -> None:
    first = Gallery.build(catalogue, ColourEncoder(), progress=False)
    path = catalogue.photos[0].path
    path.write_bytes(path.read_bytes())
    encoder = CountingEncoder()
    Gallery.build(catalogue, encoder, first, progress=False)
    assert encoder.pictures == 0


def test_another_model_embeds_everything_anew(catalogue: Catalogue) -> None:
    encoder = OtherEncoder()
    gallery = Gallery.build(catalogue, encoder, Gallery.build(catalogue, ColourEncoder(), progress=False), False)
    assert encoder.pictures == 4
    assert gallery.identity == encoder.identity


def test_one_file_of_two_products_is_read_once_and_stands_for_both(catalogue: Catalogue) -> None:
    photos = (*catalogue.photos, replace(catalogue.photos[0], item_id="blue"))
    encoder = CountingEncoder()
    gallery = Gallery.build(Catalogue(catalogue.items, photos), encoder, progress=False)
    assert encoder.pictures == 4
    assert (gallery.vectors[4] == gallery.vectors[0]).all()
    assert gallery.rows_of(["blue"]).tolist() == [2, 4]


def test_a_damaged_picture_is_told_with_its_file_and_the_rest_goes_on(catalogue: Catalogue, tmp_path: Path) -> None:
    whole = catalogue.photos[1].path.read_bytes()
    catalogue.photos[1].path.write_bytes(whole[: len(whole) // 2])
    catalogue.photos[2].path.write_bytes(b"<svg onload='alert(1)'/>")
    catalogue.photos[3].path.unlink()
    gallery = Gallery.build(catalogue, ColourEncoder(), progress=False)
    assert gallery.item_ids == ("red",)
    assert gallery.report is not None
    assert [Path(refused.path).name for refused in gallery.report.refused] == ["green.png", "blue.png", "yellow.png"]
    assert all(refused.reason for refused in gallery.report.refused)
    assert set(gallery.items) == {*COLOURS}, "what is said of them can still be found"


def test_a_product_of_which_nothing_is_said_has_a_vector_of_zeros(catalogue: Catalogue) -> None:
    items = (*catalogue.items, Item("mute", ""))
    gallery = Gallery.build(Catalogue(items, catalogue.photos), ColourEncoder(), progress=False)
    assert not gallery.text_vectors[4].any()


def test_rows_are_found_by_product(catalogue: Catalogue) -> None:
    gallery = Gallery.build(catalogue, ColourEncoder(), progress=False)
    assert gallery.rows_of(["blue", "red", "unknown", "red"]).tolist() == [0, 2]
    assert gallery.rows_of([]).dtype == np.int64


def test_photos_of_shoppers_join_beside_the_catalogue(catalogue: Catalogue) -> None:
    gallery = Gallery.build(catalogue, ColourEncoder(), progress=False)
    joined = gallery.with_photos(gallery.vectors[:1], [Picture("blue", kind="click", weight=0.5)])
    assert joined.rows_of(["blue"]).tolist() == [2, 4]
    assert joined.kinds[4] == "click"
    assert joined.weights.tolist() == [1, 1, 1, 1, 0.5]
    assert len(gallery) == 4


def test_shapes_that_do_not_fit_are_refused(catalogue: Catalogue) -> None:
    identity = ColourEncoder().identity
    with pytest.raises(InvalidCatalogue, match="vectors"):
        Gallery.of_vectors(identity, np.zeros((2, 3), np.float32), ["a", "b"])
    with pytest.raises(InvalidCatalogue, match="stranger"):
        Gallery(identity, np.zeros((1, identity.dimensions), np.float32), [Picture("stranger")], {})


class NumberlessEncoder(ColourEncoder):
    """Makes no numbers of the first picture that it is shown."""

    def encode_images(self, images: Sequence[Image.Image]) -> Vectors:
        rows = super().encode_images(images)
        rows[:1] = np.nan
        return rows


def test_a_picture_of_which_the_model_makes_no_numbers_is_refused_and_the_rest_is_found(catalogue: Catalogue) -> None:
    gallery = Gallery.build(catalogue, NumberlessEncoder(), progress=False)
    assert gallery.item_ids == COLOURS[1:]
    assert np.isfinite(gallery.vectors).all()
    assert gallery.report is not None
    assert [Path(refused.path).name for refused in gallery.report.refused] == ["red.png"]
    assert gallery.report.kept == 0
