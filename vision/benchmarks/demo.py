"""A shop's own pictures, as its export names them: each is damaged and must still find its product."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from vision.benchmarks.benchmark import Benchmark, Shots
from vision.catalogue import Catalogue
from vision.errors import NothingToMatch
from vision.images import open_photo

DATA: Final = "data"


def demo(folder: Path, images: Path) -> Benchmark:
    """Read a shop's export; all catalogue pictures are in the gallery, and undamaged they are the queries too.

    Args:
        folder: holds `items.jsonl` and `photos.jsonl`, or a folder `data/` that does.
        images: to which the photos' paths are relative.

    Raises:
        InvalidCatalogue: a file is missing, or a line of it cannot be used.
        NothingToMatch: the shop has no picture.
    """
    data = folder / DATA if (folder / DATA).is_dir() else folder
    catalogue = Catalogue.read(data, images)
    kept = [photo for photo in catalogue.photos if photo.kind == "catalogue"]
    if not kept:
        raise NothingToMatch(f"{data} names no catalogue picture")
    shots = Shots(tuple(photo.item_id for photo in kept), lambda: [open_photo(photo.path) for photo in kept])
    return Benchmark("demo", "the shop's own catalogue pictures, damaged", catalogue.items, shots, shots)
