"""Public data is read from its folder as it comes, and what is no such data is refused by name."""

from __future__ import annotations

import csv
import io
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vision.benchmarks.benchmark import as_catalogue
from vision.benchmarks.clothing import clothing
from vision.benchmarks.demo import demo
from vision.benchmarks.grocery import grocery
from vision.benchmarks.magento import magento
from vision.benchmarks.tar_files import read_pictures
from vision.catalogue import write_catalogue
from vision.errors import InvalidCatalogue, NothingToMatch

RED, GREEN, BLUE = (200, 20, 20), (20, 200, 20), (20, 20, 200)


def jpeg(colour: tuple[int, int, int]) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def write_tar(file: Path, members: Mapping[str, bytes]) -> None:
    with tarfile.open(file, "w") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


def write_csv(file: Path, columns: Sequence[str], *rows: Sequence[str]) -> None:
    with file.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows([columns, *rows])


@pytest.fixture
def groceries(tmp_path: Path) -> Path:
    folder = tmp_path / "grocery_store"
    (folder / "iconic").mkdir(parents=True)
    write_csv(
        folder / "catalogue.csv",
        ("class_id", "class_name", "coarse_id", "coarse_name", "iconic_image", "description"),
        ("0", "Pink-Lady", "0", "Apple", "iconic/0.jpg", "An apple."),
        ("1", "Royal-Gala", "0", "Apple", "iconic/1.jpg", "Another."),
        ("2", "Oat-Milk", "1", "Milk", "iconic/2.jpg", "Of oats."),
    )
    for number, colour in enumerate((RED, GREEN, BLUE)):
        (folder / "iconic" / f"{number}.jpg").write_bytes(jpeg(colour))
    write_csv(
        folder / "manifest.csv",
        ("split", "path_in_tar", "class_id"),
        ("train", "train/a.jpg", "2"),
        ("val", "val/b.jpg", "1"),
        ("val", "val/a.jpg", "0"),
    )
    write_tar(folder / "train.tar", {"train/a.jpg": jpeg(BLUE)})
    write_tar(folder / "val.tar", {"val/a.jpg": jpeg(RED), "val/b.jpg": jpeg(GREEN), "val/c.txt": b"x"})
    return tmp_path


def test_photos_come_with_the_product_that_they_show(groceries: Path) -> None:
    benchmark = grocery(groceries)
    assert [item.title for item in benchmark.items] == ["Pink Lady", "Royal Gala", "Oat Milk"]
    assert benchmark.queries.item_ids == ("Royal-Gala", "Pink-Lady")
    assert [max(range(3), key=picture.getpixel((5, 5)).__getitem__) for picture in benchmark.queries.pictures] == [1, 0]
    assert benchmark.train.item_ids == ("Oat-Milk",)


def test_relevance_knows_the_product_and_its_class(groceries: Path) -> None:
    benchmark = grocery(groceries)
    assert benchmark.fine(benchmark.queries).tolist() == [[False, True, False], [True, False, False]]
    assert benchmark.coarse(benchmark.queries).tolist() == [[True, True, False]] * 2


def test_some_of_the_photos_keep_their_products(groceries: Path) -> None:
    shots = grocery(groceries).queries
    last = shots.of([1])
    assert last.item_ids == ("Pink-Lady",)
    assert last.pictures[0].tobytes() == shots.pictures[1].tobytes()


def test_photos_become_a_shops_export_that_training_can_read(groceries: Path, tmp_path: Path) -> None:
    benchmark = grocery(groceries)
    catalogue = as_catalogue(benchmark.items, [benchmark.main, benchmark.train], tmp_path / "export")
    assert catalogue.items == benchmark.items
    assert [photo.item_id for photo in catalogue.photos] == ["Pink-Lady", "Royal-Gala", "Oat-Milk", "Oat-Milk"]
    assert all(photo.path.is_file() for photo in catalogue.photos)


def test_garments_in_other_colours_ask_for_the_first_front_photo(tmp_path: Path) -> None:
    folder = tmp_path / "magento_luma"
    folder.mkdir()
    write_csv(
        folder / "products.csv",
        ("sku", "name", "gender", "category", "material", "pattern", "description"),
        ("M1", "Tee", "Men", "Men/Tops/Tees | Collections/New", "Wool|Nylon", "", "A tee."),
        ("M2", "Bag", "", "Gear/Bags", "", "", "A bag."),
    )
    write_csv(
        folder / "images.csv",
        ("path_in_tar", "sku", "colour", "view"),
        ("images/1r.jpg", "M1", "Red", "main"),
        ("images/1b.jpg", "M1", "Blue", "main"),
        ("images/1back.jpg", "M1", "Blue", "alternate"),
        ("images/2.jpg", "M2", "", "main"),
        ("images/unknown.jpg", "M9", "", "main"),
    )
    write_tar(folder / "images.tar", {f"images/{name}.jpg": jpeg(RED) for name in ("1r", "1b", "1back", "2")})
    benchmark = magento(tmp_path)
    assert benchmark.main.item_ids == ("M1", "M2")
    assert benchmark.queries.item_ids == ("M1",)
    assert len(benchmark.queries.pictures) == 1
    assert benchmark.items[0].category == ("Men", "Tops", "Tees")
    assert benchmark.items[0].facts == {
        "gender": ("Men",),
        "material": ("Wool", "Nylon"),
        "colour": ("Red", "Blue"),
    }
    assert len(benchmark.train) == 0


def test_strangers_are_garments_at_home(tmp_path: Path) -> None:
    folder = tmp_path / "clothing_small"
    folder.mkdir()
    rows = (("validation", "validation/dress/1.jpg", "dress"), ("train", "train/x.jpg", "hat"))
    write_csv(folder / "manifest.csv", ("split", "path_in_tar", "label"), *rows)
    write_tar(folder / "validation.tar", {"validation/dress/1.jpg": jpeg(RED)})
    assert clothing(tmp_path).item_ids == ("dress",)
    assert len(clothing(tmp_path).pictures) == 1


def test_a_shops_own_pictures_are_read_from_its_export(tmp_path: Path) -> None:
    (tmp_path / "mug.jpg").write_bytes(jpeg(BLUE))
    photos = [{"item_id": "mug", "photo": "mug.jpg"}, {"item_id": "mug", "photo": "gone.jpg", "kind": "click"}]
    write_catalogue(tmp_path / "data", [{"item_id": "mug", "title": "Mug"}], photos)
    benchmark = demo(tmp_path, tmp_path)
    assert benchmark.main.item_ids == benchmark.queries.item_ids == ("mug",)
    assert np.asarray(benchmark.main.pictures[0]).shape == (32, 32, 3)


def test_a_shop_without_pictures_is_told_so(tmp_path: Path) -> None:
    write_catalogue(tmp_path, [{"item_id": "mug"}], [])
    with pytest.raises(NothingToMatch, match="no catalogue picture"):
        demo(tmp_path, tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidCatalogue, match=r"catalogue\.csv"):
        grocery(tmp_path)


def test_a_table_of_another_kind_is_refused(groceries: Path) -> None:
    write_csv(groceries / "grocery_store" / "manifest.csv", ("split", "file"), ("val", "x"))
    with pytest.raises(InvalidCatalogue, match="columns are missing"):
        grocery(groceries)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("../evil.jpg", "inside the archive"), ("/evil.jpg", "inside the archive"), ("other.jpg", "members are missing")],
    ids=["upwards", "absolute", "missing"],
)
def test_an_archive_that_is_not_what_it_should_be_is_refused(tmp_path: Path, name: str, reason: str) -> None:
    write_tar(tmp_path / "x.tar", {name: jpeg(RED)})
    with pytest.raises(InvalidCatalogue, match=reason):
        read_pictures(tmp_path / "x.tar", ["wanted.jpg"])


def test_a_member_that_is_a_link_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        link = tarfile.TarInfo("wanted.jpg")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        archive.addfile(link)
    with pytest.raises(InvalidCatalogue, match="must be a file"):
        read_pictures(tmp_path / "x.tar", ["wanted.jpg"])
