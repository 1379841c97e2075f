"""A catalogue's photos as a training reads them: products by number, main pictures, views, and what is held out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image

from vision.augment import USUAL, augment
from vision.captions import COLOUR_NAMES, captions
from vision.catalogue import Catalogue, Item, Photo
from vision.edits import shrink
from vision.encoder import Vectors
from vision.errors import ImageRefused, NothingToMatch
from vision.images import open_photo
from vision.scenes import Stage

Ints = NDArray[np.int64]

FEW = 6
"""Photos of a product; with fewer none of them is held out."""
HELD_SHARE = 0.12
FEWEST_PRODUCTS = 2

RECOLOURED = replace(USUAL, hue=0.5, grey=0.15)
"""For products sold in several colours: a photo may show a colour that no picture of the shop does."""


@dataclass(frozen=True)
class TrainingData:
    """Photos that could be read, and the texts of their products.

    Attributes:
        item_ids: the products that have a catalogue picture.
        captions: texts of each product, maybe none.
        photos: all photos of these products; each product's main picture is its first catalogue photo.
        products: the product that each photo shows, shape (n,).
        main: the row of each product's main picture, shape (p,).
        many_coloured: whether each product is sold in several colours, shape (p,).
        refused: photos that could not be read, with the reason.
    """

    item_ids: tuple[str, ...]
    captions: tuple[tuple[str, ...], ...]
    photos: tuple[Photo, ...]
    products: Ints
    main: Ints
    many_coloured: NDArray[np.bool_]
    refused: Mapping[Path, str]

    @property
    def weights(self) -> NDArray[np.float64]:
        """Give how much each photo is trusted, shape (n,)."""
        return np.array([photo.weight for photo in self.photos])

    @property
    def others(self) -> Ints:
        """Give the rows of all photos that are no main picture."""
        return np.setdiff1d(np.arange(len(self.photos)), self.main)


def read_training_data(catalogue: Catalogue) -> TrainingData:
    """Number the products and photos of a catalogue; photos that cannot be read are left out and told.

    Raises:
        NothingToMatch: fewer than two products have a picture.
    """
    refused: dict[Path, str] = {}
    readable = [photo for photo in catalogue.photos if _is_readable(photo, refused)]
    pictured = {photo.item_id for photo in readable if photo.kind == "catalogue"}
    items = [item for item in catalogue.items if item.item_id in pictured]
    if len(items) < FEWEST_PRODUCTS:
        raise NothingToMatch(f"{len(items)} products have a picture that can be read; {FEWEST_PRODUCTS} are needed")
    numbers = {item.item_id: number for number, item in enumerate(items)}
    photos = tuple(photo for photo in readable if photo.item_id in numbers)
    products = np.array([numbers[photo.item_id] for photo in photos], np.int64)
    from_shop = np.array([photo.kind == "catalogue" for photo in photos])
    main = np.array([np.flatnonzero((products == number) & from_shop)[0] for number in range(len(items))], np.int64)
    texts = tuple(captions(item) for item in items)
    many_coloured = np.array([_is_many_coloured(item) for item in items])
    return TrainingData(tuple(numbers), texts, photos, products, main, many_coloured, refused)


def _is_many_coloured(item: Item) -> bool:
    return len({colour for name in COLOUR_NAMES for colour in item.facts.get(name, ())}) > 1


def _is_readable(photo: Photo, refused: dict[Path, str]) -> bool:
    try:
        open_photo(photo.path)
    except (ImageRefused, OSError) as error:
        refused[photo.path] = str(error)
        return False
    return True


class Views:
    """Photos as shoppers might have taken them: the same row and number give the same view again.

    Args:
        data: whose photos.
        size: the longest side that is worked at, in pixels.
        seed: of what is drawn.
    """

    def __init__(self, data: TrainingData, size: int, seed: int) -> None:
        self._data, self._size, self._seed = data, size, seed
        self._place = {int(row): place for place, row in enumerate(data.main)}
        self._stage = Stage([self.plain(int(row)) for row in data.main], data.item_ids)

    def plain(self, row: int) -> Image:
        """Give a photo as it is, no longer than what a tower reads."""
        return shrink(open_photo(self._data.photos[row].path), self._size)

    def view(self, row: int, number: int) -> Image:
        """Give a view of a photo; number 0 is the photo as it is."""
        if number == 0:
            return self.plain(row)
        rng = np.random.default_rng((self._seed, row, number))
        how = RECOLOURED if self._data.many_coloured[self._data.products[row]] else USUAL
        if row in self._place:
            return self._stage.photo(self._place[row], rng, how)
        return augment(self.plain(row), rng, how)


def held_out_photos(data: TrainingData, features: Vectors, seed: int) -> Ints:
    """Choose the photos that training never sees: of each product a photo and those that look most like it.

    Shots of one moment leave together, or a photo of validation would have its twin in training.

    Args:
        data: whose photos.
        features: one row a photo, shape (n, f).
        seed: of which photo is drawn.
    """
    rng = np.random.default_rng(seed)
    held: list[Ints] = []
    for number, main in enumerate(data.main):
        rows = np.flatnonzero((data.products == number) & (np.arange(len(data.products)) != main))
        if len(rows) >= FEW:
            likeness = features[rows] @ features[int(rng.choice(rows))]
            held.append(rows[np.argsort(-likeness, kind="stable")[: max(2, round(HELD_SHARE * len(rows)))]])
    return np.sort(np.concatenate(held)) if held else np.zeros(0, np.int64)


def held_out_products(data: TrainingData, photos: Sequence[int] | Ints, seed: int, share: float = 0.25) -> Ints:
    """Choose products on which it is measured what training does to products that it never saw.

    Args:
        data: whose products.
        photos: rows that training may see.
        seed: of the draw.
        share: of the products that have at least two photos; none where fewer than eight have.
    """
    counts = np.bincount(data.products[np.asarray(photos, np.int64)], minlength=len(data.item_ids))
    several = np.flatnonzero(counts >= FEW)
    if len(several) < 8:
        return np.zeros(0, np.int64)
    return np.sort(np.random.default_rng(seed).choice(several, round(share * len(several)), replace=False))
