"""Makes a gallery of a catalogue: what was embedded before is found again by the checksum of its bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL.Image import Image
from tqdm import tqdm

from vision.captions import captions
from vision.catalogue import Catalogue, Item, Photo
from vision.encoder import Encoder, Vectors
from vision.errors import ImageRefused
from vision.gallery import BuildReport, Gallery, ItemRecord, Picture, RefusedPicture
from vision.images import CATALOGUE_LIMITS, decode

_PICTURES_AT_ONCE, _ITEMS_AT_ONCE = 16, 32
"""Pictures are shrunk while they are decoded, so a batch of them stays below some 200 MB."""

File = tuple[str, int, int]
"""Path, size and time of writing: while they are equal, the content is taken to be so too."""


@dataclass(frozen=True)
class _Known:
    """What the gallery before holds: checksums by file, and vectors by checksum."""

    checksums: Mapping[File, str]
    pictures: Mapping[str, Vectors]
    texts: Mapping[str, Vectors]


def build_gallery(catalogue: Catalogue, encoder: Encoder, previous: Gallery | None, progress: bool) -> Gallery:
    """Embed a catalogue, as `Gallery.build` says."""
    known = _known(previous, encoder)
    pictures = _Pictures(encoder, known)
    for photo in tqdm(catalogue.photos, desc="pictures", unit="picture", disable=not progress):
        pictures.add(photo)
    pictures.flush()
    pictures.drop_numberless()
    texts = _Texts(encoder, known.texts)
    items = {item.item_id: texts.add(item) for item in tqdm(catalogue.items, desc="texts", disable=not progress)}
    texts.flush()
    dimensions = encoder.identity.dimensions
    vectors = _stacked([pictures.vectors[row.sha256] for row in pictures.rows], dimensions)
    text_vectors = _stacked([texts.vector_of(record) for record in items.values()], dimensions)
    report = _report(previous, pictures, texts, items)
    same = previous is not None and not report.changed
    return Gallery(
        encoder.identity,
        vectors,
        pictures.rows,
        items,
        text_vectors,
        index=previous.index if previous is not None and same else None,
        report=report,
    )


class _Pictures:
    """Collects the rows of pictures, and embeds what is new a batch at a time."""

    def __init__(self, encoder: Encoder, known: _Known) -> None:
        self._encoder = encoder
        self._known = known
        self._waiting: dict[str, Image] = {}
        self.vectors: dict[str, Vectors] = {}
        self.rows: list[Picture] = []
        self.refused: list[RefusedPicture] = []
        self.embedded = 0

    def add(self, photo: Photo) -> None:
        """Take one picture in, or note why that cannot be."""
        try:
            row = self._row(photo)
        except ImageRefused as error:
            self.refused.append(RefusedPicture(str(photo.path), str(error)))
        except OSError as error:
            self.refused.append(RefusedPicture(str(photo.path), error.strerror or str(error)))
        else:
            self.rows.append(row)

    def flush(self) -> None:
        """Embed what waits."""
        if self._waiting:
            vectors = self._encoder.encode_images([*self._waiting.values()])
            self.vectors |= zip(self._waiting, vectors, strict=True)
            self.embedded += int(np.isfinite(vectors).all(axis=1).sum())
            self._waiting = {}

    def drop_numberless(self) -> None:
        """Refuse pictures of which the model made what are no numbers: a single one would spoil the mean of all."""
        bad = {checksum for checksum, vector in self.vectors.items() if not np.isfinite(vector).all()}
        reason = "the model makes no numbers of it"
        self.refused += [RefusedPicture(row.path, reason) for row in self.rows if row.sha256 in bad]
        self.rows = [row for row in self.rows if row.sha256 not in bad]

    def _row(self, photo: Photo) -> Picture:
        # Looked at before it is read: a file that is written meanwhile is read again next time.
        found = photo.path.stat()
        file = str(photo.path), found.st_size, found.st_mtime_ns
        checksum = self._known.checksums.get(file)
        if checksum is None or not self._has(checksum):
            checksum = self._read(photo.path)
        return Picture(photo.item_id, file[0], checksum, file[1], file[2], photo.kind, photo.weight, photo.facts)

    def _has(self, checksum: str) -> bool:
        if checksum in self._known.pictures and checksum not in self.vectors:
            self.vectors[checksum] = self._known.pictures[checksum]
        return checksum in self.vectors or checksum in self._waiting

    def _read(self, path: Path) -> str:
        data = path.read_bytes()
        checksum = hashlib.sha256(data).hexdigest()
        if not self._has(checksum):
            self._waiting[checksum] = decode(data, CATALOGUE_LIMITS)
            if len(self._waiting) >= _PICTURES_AT_ONCE:
                self.flush()
        return checksum


class _Texts:
    """Embeds the captions of products, and keeps one vector for each."""

    def __init__(self, encoder: Encoder, known: Mapping[str, Vectors]) -> None:
        self._encoder = encoder
        self._waiting: dict[str, tuple[str, ...]] = {}
        self._vectors = dict(known)
        self.embedded = 0

    def add(self, item: Item) -> ItemRecord:
        """Take one product in."""
        texts = captions(item)
        record = ItemRecord(item.title, item.category, item.facts)
        if not texts:
            return record
        checksum = hashlib.sha256("\0".join(texts).encode()).hexdigest()
        if checksum not in self._vectors and checksum not in self._waiting:
            self._waiting[checksum] = texts
            if len(self._waiting) >= _ITEMS_AT_ONCE:
                self.flush()
        return replace(record, texts_sha256=checksum)

    def flush(self) -> None:
        """Embed what waits: of several captions the mean, as of the prompts of a class (Radford et al. 2021, 3.1.4)."""
        if not self._waiting:
            return
        vectors = self._encoder.encode_texts([text for texts in self._waiting.values() for text in texts])
        start = 0
        for checksum, texts in self._waiting.items():
            mean = vectors[start : start + len(texts)].mean(axis=0)
            self._vectors[checksum] = (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype(np.float32)
            start += len(texts)
        self.embedded += len(self._waiting)
        self._waiting = {}

    def vector_of(self, record: ItemRecord) -> Vectors:
        """Give the vector of a product that was taken in; zeros where nothing is said of it."""
        if not record.texts_sha256:
            return np.zeros(self._encoder.identity.dimensions, np.float32)
        return self._vectors[record.texts_sha256]


def _known(previous: Gallery | None, encoder: Encoder) -> _Known:
    if previous is None or previous.identity != encoder.identity:
        return _Known({}, {}, {})
    rows = [(row, picture) for row, picture in enumerate(previous.pictures) if picture.sha256]
    texts = [(row, record.texts_sha256) for row, record in enumerate(previous.items.values()) if record.texts_sha256]
    return _Known(
        {(picture.path, picture.size, picture.modified_ns): picture.sha256 for _, picture in rows},
        {picture.sha256: previous.vectors[row] for row, picture in rows},
        {checksum: previous.text_vectors[row] for row, checksum in texts},
    )


def _stacked(vectors: list[Vectors], dimensions: int) -> Vectors:
    return np.stack(vectors).astype(np.float32, copy=False) if vectors else np.empty((0, dimensions), np.float32)


def _report(
    previous: Gallery | None, pictures: _Pictures, texts: _Texts, items: Mapping[str, ItemRecord]
) -> BuildReport:
    before = [(row.item_id, row.sha256) for row in previous.pictures] if previous else []
    now = [(row.item_id, row.sha256) for row in pictures.rows]
    kept = len(now) - pictures.embedded
    changed = (
        previous is None
        or pictures.embedded + texts.embedded > 0
        or tuple(pictures.rows) != previous.pictures
        or [*items.items()] != [*previous.items.items()]
    )
    left = len({*before} - {*now})
    return BuildReport(pictures.embedded, kept, left, texts.embedded, tuple(pictures.refused), changed)
