"""Clothing small: garments photographed at home. No shop sells them here: they are strangers to other catalogues."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from vision.benchmarks.benchmark import Shots
from vision.benchmarks.tar_files import read_pictures, read_rows

FOLDER: Final = "clothing_small"


def clothing(datasets: Path) -> Shots:
    """Read its 341 photos; the item id of each is its type of garment, such as "dress".

    Args:
        datasets: the folder that holds `clothing_small/`.

    Raises:
        InvalidCatalogue: a file is missing or another one.
    """
    folder = datasets / FOLDER
    rows = read_rows(folder / "manifest.csv", ("split", "path_in_tar", "label"))
    kept = [row for row in rows if row["split"] == "validation"]
    paths = [row["path_in_tar"] for row in kept]
    return Shots(tuple(row["label"] for row in kept), partial(read_pictures, folder / "validation.tar", paths))
