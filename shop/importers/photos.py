"""Photos that lie beside a catalogue file, copied to where the shop shows them from."""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from tqdm import tqdm

from shop.importers.catalogue_rows import ProductRow
from shop.importers.report import ImportReport

# Where exports put them, seen from the catalogue file.
_FOLDERS = ("images", "assets", "assets/images", ".")


def copy_photos(catalogue: Path, products: Sequence[ProductRow], target: Path | None, report: ImportReport) -> None:
    """Copy the photos that products name into the shop's folder; what is there unchanged is not written again.

    Args:
        catalogue: the imported file.
        products: its good rows; only images that are not web addresses are looked for.
        target: the shop's image folder; without one the photos are counted in the report and left where they are.
        report: where photos that are missing are noted.
    """
    names = [name for name in dict.fromkeys(_names(products)) if "://" not in name]
    if names and target is None:
        report.note("photos were not copied: give --images DIR", len(names))
        return
    for name in tqdm(names, unit="photo", desc="photos", delay=1.0, disable=None):
        source = next((path for folder in _FOLDERS if (path := catalogue.parent / folder / name).is_file()), None)
        if source is not None and target is not None:
            _copy(source, target / name)
        else:
            report.note(f"the photo {name} is not beside the file")


def _names(products: Sequence[ProductRow]) -> Iterator[str]:
    for product in products:
        yield from product.images
        for variant in product.variants:
            yield from variant.images


def _copy(source: Path, target: Path) -> None:
    if target.is_file() and filecmp.cmp(source, target, shallow=False):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
