"""One file into one database: read, upsert, copy photos, report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from shop.db import Sessions
from shop.importers import merchant_feed, shopify, vendure
from shop.importers.errors import UnreadableFile
from shop.importers.photos import copy_photos
from shop.importers.reading import Reader, ReadingSettings
from shop.importers.report import ImportReport
from shop.importers.upsert import upsert

FORMATS: Mapping[str, Reader] = {
    "vendure": vendure.read,
    "shopify": shopify.read,
    "merchant-feed": merchant_feed.read,
}


def import_file(
    sessions: Sessions,
    format_name: str,
    path: Path,
    settings: ReadingSettings | None = None,
    images: Path | None = None,
) -> ImportReport:
    """Import a catalogue file; what is wrong with it is in the report, never raised.

    Args:
        sessions: of the shop's database, migrated.
        format_name: one of FORMATS.
        path: the file.
        settings: what the file does not say itself.
        images: the shop's image folder, for photos that lie beside the file.

    Raises:
        ShopUnavailable: the database is locked or gone; batches that are done stay done.
    """
    report = ImportReport(format_name, path.name)
    try:
        products = FORMATS[format_name](path, settings or ReadingSettings(), report)
    except UnreadableFile as error:
        report.unreadable = error.reason
        return report
    upsert(sessions, products, report)
    copy_photos(path, products, images, report)
    return report
