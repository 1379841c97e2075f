"""Magento's sample shop: sports clothes, photographed from the front in several colours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from vision.benchmarks.benchmark import Benchmark, Shots
from vision.benchmarks.tar_files import facts, read_pictures, read_rows
from vision.catalogue import Item

FOLDER: Final = "magento_luma"
_PRODUCTS: Final = ("sku", "name", "gender", "category", "material", "pattern", "description")
_IMAGES: Final = ("path_in_tar", "sku", "colour", "view")


def magento(datasets: Path) -> Benchmark:
    """Read it: the gallery has the first front photo of each product, the queries are its other colours.

    Products of one colour stay in the gallery, to be mistaken for others.

    Args:
        datasets: the folder that holds `magento_luma/`.

    Raises:
        InvalidCatalogue: a file is missing or another one.
    """
    folder = datasets / FOLDER
    products = {row["sku"]: row for row in read_rows(folder / "products.csv", _PRODUCTS)}
    fronts = [
        row for row in read_rows(folder / "images.csv", _IMAGES) if row["view"] == "main" and row["sku"] in products
    ]
    first: dict[str, Mapping[str, str]] = {}
    colours: defaultdict[str, list[str]] = defaultdict(list)
    for row in fronts:
        first.setdefault(row["sku"], row)
        colours[row["sku"]].append(row["colour"])
    others = [row for row in fronts if row["colour"] != first[row["sku"]]["colour"]]
    return Benchmark(
        "magento_luma",
        "Magento 2 sample data (Luma), OSL-3.0; front photos in other colours against the first front photo",
        tuple(_item(products[sku], colours[sku]) for sku in first),
        _shots(folder, list(first.values())),
        _shots(folder, others),
    )


def _shots(folder: Path, rows: Sequence[Mapping[str, str]]) -> Shots:
    paths = [row["path_in_tar"] for row in rows]
    return Shots(tuple(row["sku"] for row in rows), partial(read_pictures, folder / "images.tar", paths))


def _item(row: Mapping[str, str], colours: Sequence[str]) -> Item:
    narrow = tuple(row["category"].partition(" | ")[0].split("/"))
    said = facts(gender=row["gender"], material=row["material"], pattern=row["pattern"], colour="|".join(colours))
    return Item(row["sku"], row["name"], row["description"], narrow, said)
