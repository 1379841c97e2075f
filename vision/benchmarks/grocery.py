"""Grocery Store: what shoppers photograph on shelves, and a supermarket's packshots of the same products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from vision.benchmarks.benchmark import Benchmark, Shots
from vision.benchmarks.tar_files import read_pictures, read_rows, titled
from vision.catalogue import Item
from vision.images import open_photo

FOLDER: Final = "grocery_store"
_PRODUCTS: Final = ("class_id", "class_name", "coarse_name", "iconic_image", "description")
_PHOTOS: Final = ("split", "path_in_tar", "class_id")


def grocery(datasets: Path) -> Benchmark:
    """Read it: 81 packshots, 296 photos of `val.tar` to test with, 2,640 of `train.tar` to learn from.

    Args:
        datasets: the folder that holds `grocery_store/`.

    Raises:
        InvalidCatalogue: a file is missing or another one.
    """
    folder = datasets / FOLDER
    rows = read_rows(folder / "catalogue.csv", _PRODUCTS)
    items = tuple(
        Item(row["class_name"], titled(row["class_name"]), row["description"], (titled(row["coarse_name"]),))
        for row in rows
    )
    names = {row["class_id"]: row["class_name"] for row in rows}
    taken = read_rows(folder / "manifest.csv", _PHOTOS)
    packshots = [folder / row["iconic_image"] for row in rows]
    main = Shots(tuple(item.item_id for item in items), lambda: [open_photo(path) for path in packshots])
    return Benchmark(
        "grocery_store",
        "Grocery Store Dataset (Klasson 2019), MIT; photos of val against 81 packshots",
        items,
        main,
        _shots(folder, taken, names, "val"),
        _shots(folder, taken, names, "train"),
    )


def _shots(folder: Path, taken: Sequence[Mapping[str, str]], names: Mapping[str, str], split: str) -> Shots:
    rows = [row for row in taken if row["split"] == split]
    paths = [row["path_in_tar"] for row in rows]
    return Shots(tuple(names[row["class_id"]] for row in rows), partial(read_pictures, folder / f"{split}.tar", paths))
