"""A question asked of photos: which product of a catalogue does each show?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image

from vision.catalogue import Catalogue, Item


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
    """A catalogue, its main pictures and photos of its products.

    Attributes:
        name: of the data set.
        about: its source, its split and its licence, for the reader of figures.
        catalogue: products, texts and catalogue pictures.
        main: one catalogue picture a product, in the order of the products.
        queries: photos that a search is tested on; nothing is learnt or chosen by them.
        train: photos that may be learnt from; empty if there are none.
    """

    name: str
    about: str
    catalogue: Catalogue
    main: Shots
    queries: Shots
    train: Shots

    @property
    def items(self) -> tuple[Item, ...]:
        """Give the products, in the order in which relevance has its columns."""
        return self.catalogue.items

    def fine(self, shots: Shots) -> NDArray[np.bool_]:
        """Tell which product answers which photo, shape (photos, products)."""
        return _same(shots.item_ids, [item.item_id for item in self.items])

    def coarse(self, shots: Shots) -> NDArray[np.bool_]:
        """Tell which product is of the same class as which photo's, shape (photos, products)."""
        of = {item.item_id: "/".join(item.category) for item in self.items}
        return _same([of[one] for one in shots.item_ids], list(of.values()))


def _same(rows: Sequence[str], columns: Sequence[str]) -> NDArray[np.bool_]:
    return np.array([[row == column for column in columns] for row in rows], bool)
