"""Keeps the image matcher that is in service: a new model or gallery, and new pictures, come in without a restart."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from shop.db import Sessions, reading
from shop.photo_export import PhotoExport, photo_export, pictures_version
from shop.photo_queries import PhotoClicks, RecentPhotos, photo_clicks, recent_photos
from vision.catalogue import Catalogue, Item, Photo
from vision.clicks import PhotoClick, learn_from_clicks
from vision.encoder import Encoder
from vision.errors import ArtifactDamaged, ModelMismatch, VisionError
from vision.gallery import Gallery
from vision.gallery_store import POINTER, version_of
from vision.matcher import ImageMatcher
from vision.matcher_settings import MatcherSettings
from vision.seen_photos import FEWEST, SeenPhotos

logger = logging.getLogger(__name__)

RETRY_SECONDS = 30.0
"""After that time what was refused is looked at again: somebody may have repaired it in place."""

Stamp = tuple[tuple[int, int, int] | None, ...]
"""Inode, time and size of files; None for one that is not there."""


@dataclass(frozen=True)
class VisionFiles:
    """Where photo search finds what it needs.

    Attributes:
        root: the folder that the set-up fills.
        image_model: another model of open_clip, by name, `hf-hub:` or path; empty for the one that was trained here.
    """

    root: Path
    image_model: str = ""

    @property
    def model(self) -> str:
        """Name what `load_encoder` loads."""
        return self.image_model or str(self.root / "model")

    @property
    def gallery(self) -> Path:
        """The folder of the gallery."""
        return self.root / "gallery"

    @property
    def matcher(self) -> Path:
        """The file that the matcher was calibrated to."""
        return self.root / ("other-model" if self.image_model else "model") / "matcher.json"

    def stamp(self) -> Stamp:
        """Tell versions of these files apart, at the cost of a few looks at the disk."""
        return tuple(map(_seen, (self.gallery / POINTER, self.root / "model" / "model.json", self.matcher)))


@dataclass(frozen=True)
class Parts:
    """What a matcher is made of."""

    encoder: Encoder
    gallery: Gallery
    settings: MatcherSettings


def load_parts(files: VisionFiles, threads: int = 1) -> Parts:
    """Read model, gallery and calibration.

    Raises:
        VisionError: one of them is missing, damaged or of another model.
    """
    version_of(files.gallery)
    encoder = _encoder(files, threads)
    gallery = Gallery.load(files.gallery, encoder.identity)
    try:
        settings = MatcherSettings.load(files.matcher, encoder.identity)
    except (ArtifactDamaged, ModelMismatch) as error:
        # Photos are matched all the same; only what is said of a match is less sure.
        logger.warning("Photo search is not calibrated: %s", error)
        settings = MatcherSettings()
    return Parts(encoder, gallery, settings)


def _encoder(files: VisionFiles, threads: int) -> Encoder:
    # Runtimes take a while to load, which a shop without pictures need not wait for; that of other models most of all.
    if files.image_model:
        from vision.saved_model import load_encoder

        return load_encoder(files.image_model, threads)
    from vision.onnx_encoder import OnnxEncoder

    return OnnxEncoder.load(files.root / "model", threads)


class PhotoMatcherStore:
    """Gives the matcher in service; safe to use from many threads.

    Args:
        files: where it is made of.
        images: the folder of the shop's pictures.
        sessions: the shop's database.
        load: reads what the set-up made.
        clock: seconds, for the time after which what was refused is looked at again.
    """

    def __init__(
        self,
        files: VisionFiles,
        images: Path,
        sessions: Sessions,
        load: Callable[[VisionFiles], Parts] = load_parts,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._files = files
        self._images = images
        self._sessions = sessions
        self._load = load
        self._clock = clock
        self._changing = Lock()
        self._parts: Parts | None = None
        self._matcher: ImageMatcher | None = None
        self._seen: Stamp | None = None
        self._retry_at: float | None = None
        self._told = ""
        self._looked_at: tuple[str, Stamp] | None = None
        self._chosen: tuple[tuple[str, ...], tuple[str, ...]] = (), ()
        self._newest = 0

    def current(self) -> ImageMatcher | None:
        """Give the matcher in service, or None where photos cannot be matched.

        What is new is taken up by whoever comes first, while all others go on with what there is; only the first one is
        waited for. What cannot be used is refused and logged once, and the one before stays.
        """
        if self._stale() and self._changing.acquire(blocking=self._seen is None):
            try:
                if self._stale():
                    self._take_up()
            finally:
                self._changing.release()
        return self._matcher

    def refresh(self) -> int:
        """Bring the matcher in step with what is on sale, with shoppers' photos and with what they chose for them.

        Only new and changed pictures are embedded.

        Returns:
            How many pictures were embedded or left.

        Raises:
            ShopUnavailable: the database does not answer.
        """
        self.current()
        with self._changing:
            parts = self._parts
            if parts is None:
                return 0
            with reading(self._sessions) as session:
                clicks = photo_clicks(session, parts.encoder.identity.checksum)
                seen = recent_photos(session, parts.encoder.identity.checksum)
                version = pictures_version(session)
                same = (version, self._file_stamps(parts.gallery)) == self._looked_at
                exported = None if same else photo_export(session)
            renewed = parts if exported is None else replace(parts, gallery=self._renewed(parts, exported))
            report = renewed.gallery.report if exported is not None else None
            chosen = clicks.item_ids, clicks.kinds
            taught = sum(number > self._newest for number in seen.numbers) >= FEWEST
            if taught or chosen != self._chosen or (report is not None and report.changed):
                self._serve(renewed, clicks, seen)
            if exported is not None:
                self._looked_at = version, self._file_stamps(renewed.gallery)
            return report.embedded + report.left if report is not None else 0

    def _renewed(self, parts: Parts, exported: PhotoExport) -> Gallery:
        catalogue = catalogue_of(exported, self._images)
        gallery = Gallery.build(catalogue, parts.encoder, parts.gallery, progress=False)
        report = gallery.report
        if report is not None and report.changed:
            for refused in report.refused:
                logger.warning("A picture cannot be searched: %s: %s", refused.path, refused.reason)
            logger.info("Photo search: %s pictures embedded, %s gone", report.embedded, report.left)
        return gallery

    def _file_stamps(self, gallery: Gallery) -> Stamp:
        return tuple(_seen(Path(path)) for path in dict.fromkeys(row.path for row in gallery.pictures) if path)

    def _stale(self) -> bool:
        due = self._retry_at is not None and self._clock() >= self._retry_at
        return due or self._files.stamp() != self._seen

    def _take_up(self) -> None:
        """Load what the set-up made; where that fails, keep what there is and remember why."""
        stamp, self._retry_at = self._files.stamp(), None
        try:
            self._serve(self._load(self._files))
        except (VisionError, OSError) as error:
            self._refuse(error)
        else:
            self._told, self._looked_at = "", None
        self._seen = stamp

    def _serve(self, parts: Parts, clicks: PhotoClicks | None = None, seen: RecentPhotos | None = None) -> None:
        """Put parts in service; photos tell where photos lie, and those that led to a product join its pictures."""
        gallery = parts.gallery
        if clicks is not None and len(gallery):
            rows = zip(clicks.vectors, clicks.item_ids, clicks.kinds, strict=True)
            gallery, _ = learn_from_clicks(gallery, [PhotoClick(*row, clicks.model) for row in rows])
        photos = SeenPhotos(seen.vectors) if seen is not None else None
        self._matcher = ImageMatcher(parts.encoder, gallery, parts.settings, photos) if len(gallery) else None
        self._parts = parts
        self._chosen = ((), ()) if clicks is None else (clicks.item_ids, clicks.kinds)
        self._newest = max(seen.numbers, default=0) if seen is not None else 0

    def _refuse(self, error: Exception) -> None:
        self._retry_at = self._clock() + RETRY_SECONDS
        if str(error) == self._told:
            return
        self._told = str(error)
        if self._parts is not None:
            logger.error("New photo search in %s is refused, the one before stays: %s", self._files.root, error)
        elif (self._files.gallery / POINTER).exists():
            logger.error("Photos cannot be searched for: %s", error)
        else:
            logger.info("There is no gallery of pictures in %s: photos cannot be searched for", self._files.root)


def catalogue_of(exported: PhotoExport, images: Path) -> Catalogue:
    """Give what is on sale as `vision` reads it; the same as writing and reading the files of an export."""
    items = [
        Item(row["item_id"], row["title"], row["description"], tuple(row["category"]), _facts(row["facts"]))
        for row in exported.items
    ]
    photos = [Photo(row["item_id"], images / row["photo"], facts=_facts(row["facts"])) for row in exported.photos]
    return Catalogue(tuple(items), tuple(photos))


def _facts(facts: dict[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in facts.items()}


def _seen(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
