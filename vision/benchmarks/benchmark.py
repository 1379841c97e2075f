"""A question asked of photos: which product of a catalogue does each show?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image

from vision.catalogue import Catalogue, Item, write_catalogue


@dataclass(frozen=True)
class Shots:
    """Photos of products of a catalogue, in one order.

    Attributes:
        item_ids: which product each shows.
        read: reads them, as RGB; once, when first asked.
    """

    item_ids: tuple[str, ...]
    read: Callable[[], Sequence[Image]]

    @cached_property
    def pictures(self) -> tuple[Image, ...]:
        """Give the photos."""
        return tuple(self.read())

    def __len__(self) -> int:
        return len(self.item_ids)

    def of(self, rows: Sequence[int] | NDArray[np.int64]) -> Shots:
        """Give only the photos of these rows."""
        kept = [int(row) for row in rows]
        return Shots(tuple(self.item_ids[row] for row in kept), lambda: [self.pictures[row] for row in kept])


@dataclass(frozen=True)
class Benchmark:
    """Products, their main pictures and photos of them.

    Attributes:
        name: of the data set.
        about: its source, its split and its licence, for the reader of figures.
        items: products with their texts, in the order in which relevance has its columns.
        main: their catalogue pictures.
        queries: photos that a search is tested on; nothing is learnt or chosen by them.
        train: photos that may be learnt from; empty if there are none.
    """

    name: str
    about: str
    items: tuple[Item, ...]
    main: Shots
    queries: Shots
    train: Shots = field(default_factory=lambda: Shots((), list))

    def fine(self, shots: Shots) -> NDArray[np.bool_]:
        """Tell which product answers which photo, shape (photos, products)."""
        return _same(shots.item_ids, [item.item_id for item in self.items])

    def coarse(self, shots: Shots) -> NDArray[np.bool_]:
        """Tell which product is of the same class as which photo's, shape (photos, products)."""
        of = {item.item_id: "/".join(item.category) for item in self.items}
        return _same([of[one] for one in shots.item_ids], list(of.values()))


def _same(rows: Sequence[str], columns: Sequence[str]) -> NDArray[np.bool_]:
    return np.array([[row == column for column in columns] for row in rows], bool)


def as_catalogue(items: Sequence[Item], shots: Sequence[Shots], folder: Path) -> Catalogue:
    """Write products and photos as a shop's export, for what reads files: training and galleries.

    Args:
        items: products.
        shots: photos of them.
        folder: gets `items.jsonl`, `photos.jsonl` and the photos as JPEG of quality 95.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for part, some in enumerate(shots):
        for number, (item_id, picture) in enumerate(zip(some.item_ids, some.pictures, strict=True)):
            name = f"{part}_{number:05d}.jpg"
            picture.save(folder / name, quality=95)
            rows.append({"item_id": item_id, "photo": name})
    write_catalogue(folder, [asdict(item) for item in items], rows)
    return Catalogue.read(folder, folder)
