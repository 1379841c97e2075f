"""The only bridge from the shop to photo search: what is on sale, in words and pictures.

`python -m shop.export photos --database-url sqlite:///var/shop.db --out artifacts/vision/data`

Products are named by their slug, and pictures by where they lie in the shop's image folder. Two files are written,
`items.jsonl` and `photos.jsonl`, an object a line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from shop.catalogue import COLOUR_NAMES
from shop.catalogue_version import catalogue_version
from shop.files import replacing
from shop.models import Attribute, Category, Image, Product, Variant

ITEMS_FILE, PHOTOS_FILE = "items.jsonl", "photos.jsonl"
_PAGE = 2_000

Row = dict[str, Any]
Facts = dict[str, list[str]]


@dataclass(frozen=True)
class PhotoExport:
    """What is on sale, as rows that are ready to be written.

    Attributes:
        items: item_id, title, description, category (the widest first) and facts of each product.
        photos: item_id, photo (relative to the folder of images) and facts of each picture.
        elsewhere: pictures that lie at an address or outside the folder of images; they are left out.
    """

    items: Sequence[Row]
    photos: Sequence[Row]
    elsewhere: int


def photo_export(session: Session) -> PhotoExport:
    """Read all products on sale with their pictures."""
    parents = {row.id: row for row in session.scalars(select(Category))}
    items: list[Row] = []
    photos: list[Row] = []
    elsewhere = 0
    for product in _products(session):
        items.append(_item(product, parents))
        inside = [image for image in product.images if _is_inside(image.location)]
        elsewhere += len(product.images) - len(inside)
        rows = [_photo(product, image) for image in inside]
        # A picture that several variants share is one picture.
        photos += {json.dumps(row): row for row in rows}.values()
    return PhotoExport(items, photos, elsewhere)


def write_photos(session: Session, folder: Path) -> PhotoExport:
    """Write both files, each as a whole or not at all."""
    exported = photo_export(session)
    for name, rows in ((ITEMS_FILE, exported.items), (PHOTOS_FILE, exported.photos)):
        with replacing(folder / name) as draft:
            draft.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")
    return exported


def pictures_version(session: Session) -> str:
    """Name the state of everything that `photo_export` reads, without reading all of it."""
    pictures, newest = session.execute(select(func.count(), func.max(Image.id))).one()
    return f"{catalogue_version(session)}-{pictures}-{newest}"


def _products(session: Session) -> Iterator[Product]:
    related = (
        selectinload(Product.variants).selectinload(Variant.options),
        selectinload(Product.images),
        selectinload(Product.attributes),
        selectinload(Product.categories),
    )
    query = select(Product).where(Product.active, Product.variants.any(Variant.active)).options(*related)
    after = 0
    while page := session.scalars(query.where(Product.id > after).order_by(Product.id).limit(_PAGE)).all():
        yield from page
        after = page[-1].id


def _item(product: Product, parents: Mapping[int, Category]) -> Row:
    return {
        "item_id": product.slug,
        "title": product.name,
        "description": product.description,
        "category": _path(product.categories, parents),
        "facts": _facts(product),
    }


def _photo(product: Product, image: Image) -> Row:
    variant = next((variant for variant in product.variants if variant.id == image.variant_id), None)
    own = [row for row in product.attributes if variant is not None and row.variant_id == variant.id]
    stated = [*(_colours([variant]) if variant else ()), *_stated(own)]
    return {"item_id": product.slug, "photo": image.location, "facts": _grouped(stated)}


def _path(categories: Iterable[Category], parents: Mapping[int, Category]) -> list[str]:
    """Give the longest way down to a category of a product; of equally long ones the first of the shop."""
    paths = []
    for category in categories:
        chain: dict[int, str] = {}
        node = parents.get(category.id)
        # The database does not forbid a circle.
        while node is not None and node.id not in chain:
            chain[node.id] = node.name
            node = parents.get(node.parent_id) if node.parent_id is not None else None
        paths.append([*chain.values()][::-1])
    return max(paths, key=len, default=[])


def _facts(product: Product) -> Facts:
    """Collect what may be seen or read on a product: of its options only the colours, as a size shows in no picture."""
    on_sale = [variant for variant in product.variants if variant.active]
    known = {variant.id for variant in on_sale} | {None}
    brand = [("brand", product.brand)] if product.brand else []
    stated = _stated(row for row in product.attributes if row.variant_id in known)
    return _grouped([*brand, *_colours(on_sale), *stated])


def _colours(variants: Iterable[Variant]) -> Iterator[tuple[str, str]]:
    options = (option for variant in variants for option in variant.options)
    yield from (("colour", option.value) for option in options if option.name.casefold() in COLOUR_NAMES)


def _stated(attributes: Iterable[Attribute]) -> Iterator[tuple[str, str]]:
    for row in attributes:
        name = row.name.casefold()
        yield "colour" if name in COLOUR_NAMES else name, row.value


def _grouped(stated: Iterable[tuple[str, str]]) -> Facts:
    facts: dict[str, dict[str, None]] = {}
    for name, value in stated:
        facts.setdefault(name, {})[value.strip()] = None
    return {name: list(values) for name, values in facts.items()}


def _is_inside(location: str) -> bool:
    """Tell whether a picture lies in the folder of images: no address, and no way out of it."""
    path = PurePosixPath(location)
    return bool(location) and "://" not in location and not path.is_absolute() and ".." not in path.parts
