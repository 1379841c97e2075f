from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.vision.gallery_writer import IDENTITY, gallery
from vision.errors import ArtifactDamaged, ModelMismatch
from vision.gallery import Gallery, ItemRecord, Picture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "gallery"


def rich() -> Gallery:
    pictures = [
        Picture("runner", "a/rot schön.jpg", "ab" * 32, 100, 12, facts={"colour": ("red",)}),
        Picture("lamp", kind="click", weight=0.25),
    ]
    items = {
        "runner": ItemRecord("Runner", ("Sports", "Shoes"), {"brand": ("Acme",)}, "cd" * 32),
        "lamp": ItemRecord("Läse-Lampe"),
        "unseen": ItemRecord("Never photographed"),
    }
    return Gallery(IDENTITY, np.eye(2, 4, dtype=np.float32), pictures, items, np.eye(3, 4, 1, dtype=np.float32))


def test_what_is_saved_is_read_back_equal(folder: Path) -> None:
    saved = rich()
    saved.save(folder)
    read = Gallery.load(folder, IDENTITY, verify=True)
    assert read.pictures == saved.pictures
    assert [*read.items.items()] == [*saved.items.items()]
    assert read.identity == saved.identity
    assert (read.vectors == saved.vectors).all()
    assert (read.text_vectors == saved.text_vectors).all()


def test_an_empty_gallery_is_a_gallery(folder: Path) -> None:
    gallery(0).save(folder)
    assert len(Gallery.load(folder, IDENTITY)) == 0


def test_saving_the_same_again_writes_nothing_and_another_takes_its_place(folder: Path) -> None:
    version = gallery(3).save(folder)
    written = (folder / "versions" / version / "pictures.npy").stat()
    assert gallery(3).save(folder) == version
    assert (folder / "versions" / version / "pictures.npy").stat().st_ino == written.st_ino
    assert gallery(4).save(folder) != version
    assert [path.name for path in (folder / "versions").iterdir()] == [json.loads(pointer(folder))["version"]]


def pointer(folder: Path) -> str:
    return (folder / "current.json").read_text(encoding="utf-8")


def test_whoever_reads_keeps_the_old_gallery_while_a_new_one_is_written(folder: Path) -> None:
    wide = replace(IDENTITY, dimensions=512)
    vectors = np.random.default_rng(0).normal(size=(2_500, 512)).astype(np.float32)
    Gallery.of_vectors(wide, vectors, ["a"] * len(vectors)).save(folder)
    old = Gallery.load(folder)
    gallery(3).save(folder)
    assert (old.vectors == vectors).all(), "its 5 MB are memory-mapped, and the file is deleted by now"
    assert len(Gallery.load(folder)) == 3


def test_a_writer_killed_at_any_moment_leaves_a_whole_gallery(folder: Path) -> None:
    command = [sys.executable, "-m", "tests.vision.gallery_writer", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    steps, sizes = done.stdout.split(" ", 1)
    assert int(steps) > 15, "each opening, renaming, making and deleting was a moment"
    assert sizes == "[3, 4] 1", "the old one or the new one, and nothing is left over afterwards"


def test_two_writers_at_once_leave_one_whole_gallery(folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda count: gallery(1 + count % 4).save(folder), range(24)))
    assert 1 <= len(Gallery.load(folder, verify=True)) <= 4
    assert len(list((folder / "versions").iterdir())) == 1


def test_a_folder_without_a_gallery_says_how_to_make_one(folder: Path) -> None:
    with pytest.raises(ArtifactDamaged, match=r"python -m vision\.index"):
        Gallery.load(folder)


@pytest.mark.parametrize("name", ["pictures.npy", "texts.npy", "pictures.jsonl", "items.jsonl", "manifest.json"])
@pytest.mark.parametrize("damage", ["cut", "changed", "gone"])
def test_a_damaged_file_is_refused(folder: Path, name: str, damage: str) -> None:
    version = rich().save(folder)
    file = folder / "versions" / version / name
    data = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(data[:-20] if damage == "cut" else data.replace(data[-30:-20], b"0" * 10))
    if name == "manifest.json" and damage == "changed":
        file.write_text(file.read_text().replace('"format": 1', '"format": 99'))
    with pytest.raises(ArtifactDamaged):
        Gallery.load(folder)
    rich().save(folder)
    assert Gallery.load(folder, verify=True).pictures == rich().pictures, "writing it again repairs it"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": "../../etc"}', '{"version": 3}', '{"version": "gone"}'])
def test_a_pointer_that_names_no_gallery_is_refused(folder: Path, text: str) -> None:
    rich().save(folder)
    (folder / "current.json").write_text(text)
    with pytest.raises(ArtifactDamaged):
        Gallery.load(folder)


@pytest.mark.parametrize(
    "other",
    [
        replace(IDENTITY, checksum="1" * 64),
        replace(IDENTITY, name="other"),
        replace(IDENTITY, preprocess=replace(IDENTITY.preprocess, fit="pad")),
        replace(IDENTITY, dimensions=8),
    ],
    ids=["weights", "name", "preprocess", "dimensions"],
)
def test_a_gallery_of_another_model_is_refused_with_how_to_make_it_anew(folder: Path, other: object) -> None:
    rich().save(folder)
    with pytest.raises(ModelMismatch, match=r"python -m vision\.index"):
        Gallery.load(folder, other)  # type: ignore[arg-type]


def test_a_large_gallery_keeps_its_inverted_lists(folder: Path) -> None:
    random = np.random.default_rng(0)
    vectors = random.normal(size=(50_001, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    saved = Gallery.of_vectors(IDENTITY, vectors, [str(row // 4) for row in range(len(vectors))])
    saved.save(folder)
    read = Gallery.load(folder, verify=True)
    assert read.index.approximate
    assert (read.index.search(vectors[:9], 5)[1] == saved.index.search(vectors[:9], 5)[1]).all()
