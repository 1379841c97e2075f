"""The catalogue as vectors: its pictures and texts, with the products that they show.

A gallery is never changed: one that knows more is made beside it, so many threads may search it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vision.catalogue import Catalogue
from vision.encoder import Encoder, EncoderIdentity, Vectors
from vision.errors import InvalidCatalogue
from vision.vector_index import Rows, VectorIndex


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known of a row of vectors.

    Attributes:
        item_id: which product it shows.
        path: the file; empty where only its vector is kept, as of a shopper's photo.
        sha256: of the file's bytes, by which its vector is found again.
        size: of the file, in bytes.
        modified_ns: when the file was written; with an equal size and time it is not read again.
        kind: "catalogue" or "click".
        weight: how much it is trusted, above 0.
        facts: what is true of this picture alone, such as the colour of its variant.
    """

    item_id: str
    path: str = ""
    sha256: str = ""
    size: int = 0
    modified_ns: int = 0
    kind: str = "catalogue"
    weight: float = 1.0
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """What is known of a product.

    Attributes:
        title: what it is called.
        category: path from the widest to the narrowest category; the last is its class.
        facts: values by name.
        texts_sha256: of its captions, by which their vector is found again; empty where it has none.
    """

    title: str = ""
    category: tuple[str, ...] = ()
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    texts_sha256: str = ""


@dataclass(frozen=True)
class RefusedPicture:
    """A picture that is not in the gallery, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class BuildReport:
    """What making a gallery took.

    Attributes:
        embedded: pictures that the encoder read; a file that is there twice is read once.
        kept: pictures whose vectors were there before.
        left: pictures of the gallery before that are in it no more.
        texts_embedded: products whose captions the encoder read.
        refused: what could not be read.
        changed: whether anything differs from the gallery before.
    """

    embedded: int
    kept: int
    left: int
    texts_embedded: int
    refused: tuple[RefusedPicture, ...]
    changed: bool


class Gallery:
    """Vectors of pictures, one a row, and of texts, one a product, all made by one encoder.

    Args:
        identity: of that encoder.
        vectors: of pictures, float32, shape (n, d), L2-normalised.
        pictures: one a row.
        items: all products by their id, those without pictures too.
        text_vectors: of the products' captions in the order of `items`, shape (len(items), d): the normalised mean, and
            zeros where there is no caption. None where no texts were read: all zeros.
        index: of `vectors`, if there is one already.
        report: what making it took.

    Raises:
        InvalidCatalogue: shapes do not fit, or a picture is of no product.
    """

    def __init__(
        self,
        identity: EncoderIdentity,
        vectors: Vectors,
        pictures: Sequence[Picture],
        items: Mapping[str, ItemRecord],
        text_vectors: Vectors | None = None,
        *,
        index: VectorIndex | None = None,
        report: BuildReport | None = None,
    ) -> None:
        texts = np.zeros((len(items), identity.dimensions), np.float32) if text_vectors is None else text_vectors
        _check_shape("vectors", vectors, (len(pictures), identity.dimensions))
        _check_shape("text_vectors", texts, (len(items), identity.dimensions))
        strange = next((picture.item_id for picture in pictures if picture.item_id not in items), None)
        if strange is not None:
            raise InvalidCatalogue("pictures", strange, "must show products that are among the items")
        self.identity = identity
        self.vectors = vectors
        self.pictures = tuple(pictures)
        self.items = dict(items)
        self.text_vectors = texts
        self.report = report
        self._index = index

    @classmethod
    def of_vectors(
        cls,
        identity: EncoderIdentity,
        vectors: Vectors,
        item_ids: Sequence[str],
        items: Mapping[str, ItemRecord] | None = None,
        text_vectors: Vectors | None = None,
    ) -> Gallery:
        """Make a gallery of vectors that are there already; products are taken from the rows where none are given."""
        known = {item_id: ItemRecord() for item_id in item_ids} if items is None else items
        return cls(identity, vectors, [Picture(item_id) for item_id in item_ids], known, text_vectors)

    @classmethod
    def build(
        cls, catalogue: Catalogue, encoder: Encoder, previous: Gallery | None = None, progress: bool = True
    ) -> Gallery:
        """Embed a catalogue; only pictures and texts that `previous` does not hold are read by the encoder.

        Args:
            catalogue: products and pictures.
            encoder: makes the vectors.
            previous: a gallery made before; one of another encoder gives nothing.
            progress: whether to draw a bar on stderr.

        Returns:
            The gallery with its `report`, which names each picture that could not be read; it may hold no picture.
        """
        from vision.gallery_building import build_gallery

        return build_gallery(catalogue, encoder, previous, progress)

    def save(self, folder: Path) -> str:
        """Put this gallery in place of the one in `folder` and give its version; see `vision.gallery_store`."""
        from vision.gallery_store import save_gallery

        return save_gallery(self, folder)

    @classmethod
    def load(cls, folder: Path, expected: EncoderIdentity | None = None, verify: bool = False) -> Gallery:
        """Read the gallery in `folder`, its vectors memory-mapped.

        Args:
            folder: as `save` wrote it.
            expected: the encoder that will ask.
            verify: compare the checksum of every file; without it, that of small files and the size of large ones.

        Raises:
            ArtifactDamaged: there is none, or it is cut short or changed.
            ModelMismatch: another encoder made it.
        """
        from vision.gallery_store import load_gallery

        return load_gallery(folder, expected, verify)

    def __len__(self) -> int:
        return len(self.pictures)

    @cached_property
    def item_ids(self) -> tuple[str, ...]:
        """Name the product of each row of `vectors`."""
        return tuple(picture.item_id for picture in self.pictures)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Give the kind of each row of `vectors`."""
        return tuple(picture.kind for picture in self.pictures)

    @cached_property
    def weights(self) -> NDArray[np.float32]:
        """Give the weight of each row of `vectors`, shape (n,)."""
        return np.array([picture.weight for picture in self.pictures], np.float32)

    @cached_property
    def text_item_ids(self) -> tuple[str, ...]:
        """Name the product of each row of `text_vectors`: the items in their order."""
        return tuple(self.items)

    @cached_property
    def index(self) -> VectorIndex:
        """Search the pictures; clustered at first use where they are many and no index was saved."""
        return self._index or VectorIndex.build(self.vectors)

    def rows_of(self, item_ids: Collection[str]) -> Rows:
        """Give the rows of `vectors` that show these products, ascending; a product that is unknown has none."""
        found = [row for item_id in {*item_ids} for row in self._rows_by_item.get(item_id, ())]
        return np.array(sorted(found), np.int64)

    def with_photos(self, vectors: Vectors, pictures: Iterable[Picture]) -> Gallery:
        """Give a gallery that holds further photos too, such as those of shoppers; products stay as they are.

        Args:
            vectors: by the same encoder, shape (m, d).
            pictures: one a row.
        """
        joined = np.concatenate([self.vectors, vectors]).astype(np.float32, copy=False)
        return Gallery(self.identity, joined, [*self.pictures, *pictures], self.items, self.text_vectors)

    @cached_property
    def _rows_by_item(self) -> dict[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for row, picture in enumerate(self.pictures):
            rows.setdefault(picture.item_id, []).append(row)
        return rows


def _check_shape(name: str, vectors: Vectors, shape: tuple[int, int]) -> None:
    if vectors.shape != shape:
        raise InvalidCatalogue(name, vectors.shape, f"must have the shape {shape}")
