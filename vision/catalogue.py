"""The catalogue as pictures and texts: read from the folder that a shop exports."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vision.errors import InvalidCatalogue

ITEMS_FILE, PHOTOS_FILE = "items.jsonl", "photos.jsonl"
KINDS = ("catalogue", "click")


@dataclass(frozen=True)
class Item:
    """A product as words.

    Attributes:
        item_id: its name in all of this library.
        title: what it is called.
        description: what the shop writes of it.
        category: path from the widest to the narrowest category; the last is its class.
        facts: values by name, such as {"colour": ("red", "blue")}.
    """

    item_id: str
    title: str
    description: str = ""
    category: tuple[str, ...] = ()
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Photo:
    """A picture of a product.

    Attributes:
        item_id: which product it shows.
        path: the file.
        kind: "catalogue", or "click" for a shopper's photo that led to this product.
        weight: how much it is trusted, above 0.
        facts: what is true of this picture alone, such as the colour of its variant.
    """

    item_id: str
    path: Path
    kind: str = "catalogue"
    weight: float = 1.0
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what no training could use."""
        if self.kind not in KINDS:
            raise InvalidCatalogue("kind", self.kind, f"must be one of {', '.join(KINDS)}")
        if not self.weight > 0:
            raise InvalidCatalogue("weight", self.weight, "must be above 0")


@dataclass(frozen=True)
class Catalogue:
    """All products, and the pictures of those that have any."""

    items: tuple[Item, ...]
    photos: tuple[Photo, ...]

    def __post_init__(self) -> None:
        """Refuse a picture of no product, and a product that is there twice."""
        known = {item.item_id for item in self.items}
        if len(known) != len(self.items):
            raise InvalidCatalogue("item_id", len(self.items) - len(known), "must name one product each; doubles")
        strange = next((photo.item_id for photo in self.photos if photo.item_id not in known), None)
        if strange is not None:
            raise InvalidCatalogue("photo", strange, "shows a product that is not among the items")

    @classmethod
    def read(cls, folder: Path, images: Path) -> Catalogue:
        """Read `items.jsonl` and `photos.jsonl`.

        Args:
            folder: where they lie.
            images: the folder to which the photos' paths are relative.

        Raises:
            InvalidCatalogue: a file is missing, or a line of it is not of the form that `Item` and `Photo` tell.
        """
        items = [_item(row) for row in _rows(folder / ITEMS_FILE)]
        photos = [_photo(row, images) for row in _rows(folder / PHOTOS_FILE)]
        return cls(tuple(items), tuple(photos))


def write_catalogue(folder: Path, items: Sequence[Mapping[str, Any]], photos: Sequence[Mapping[str, Any]]) -> None:
    """Write both files; `photo` of each row of `photos` is a path relative to the folder of images."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in ((ITEMS_FILE, items), (PHOTOS_FILE, photos)):
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
        (folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    if not file.is_file():
        raise InvalidCatalogue("file", str(file), "must be there")
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
        except ValueError:
            raise InvalidCatalogue(f"{file.name}, line {number}", line[:80], "must be JSON") from None
        if not isinstance(row, dict) or not isinstance(row.get("item_id"), str):
            raise InvalidCatalogue(f"{file.name}, line {number}", line[:80], "must be an object with an item_id")
        yield row


def _item(row: Mapping[str, Any]) -> Item:
    return Item(
        row["item_id"],
        str(row.get("title", "")),
        str(row.get("description", "")),
        tuple(row.get("category", ())),
        _facts(row),
    )


def _photo(row: Mapping[str, Any], images: Path) -> Photo:
    name = row.get("photo")
    if not isinstance(name, str) or not name:
        raise InvalidCatalogue("photo", name, f"of {row['item_id']} must be a path")
    kind, weight = str(row.get("kind", "catalogue")), float(row.get("weight", 1.0))
    return Photo(row["item_id"], images / name, kind, weight, _facts(row))


def _facts(row: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {str(name): tuple(map(str, values)) for name, values in dict(row.get("facts", {})).items()}
