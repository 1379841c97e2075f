"""Models and vectors that an evaluation needs, made once: what is asked for again with the same content is read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from PIL.Image import Image
from tqdm import tqdm

from vision.benchmarks.benchmark import Shots, as_catalogue
from vision.benchmarks.frozen import frozen_tower
from vision.captions import captions
from vision.catalogue import Catalogue, Item
from vision.encoder import Encoder, Vectors
from vision.photo_vectors import photo_vectors
from vision.saved_model import CARD_FILE, load_encoder
from vision.train_settings import TrainSettings

BATCH = 32

TRAINED_BY = (
    *(
        "train_settings",
        "training_task",
        "training_data",
        "training_split",
        "trainer",
        "learner",
        "losses",
        "feature_cache",
    ),
    *("augment", "scenes", "edits", "backgrounds", "cut_out", "export", "calibration", "image_tail", "towers"),
    "photo_vectors",
)
"""Modules that a trained model follows from: a change of one of them makes it anew."""


@dataclass(frozen=True)
class Models:
    """Trains and encodes, and keeps both in a folder.

    Attributes:
        cache: the folder; may be deleted at any time.
        settings: of every training; minutes are given for each.
        progress: whether to draw bars.
    """

    cache: Path
    settings: TrainSettings
    progress: bool = True

    def frozen(self) -> Encoder:
        """Give the image tower without any training."""
        return frozen_tower(self.settings.tower, self.settings.threads)

    def trained(self, items: Sequence[Item], shots: Sequence[Shots], minutes: float) -> Path:
        """Give the folder of a model that learnt from these photos alone; trained now if it never was.

        A training that is no better than the frozen tower on what it held out gives the frozen tower.
        """
        from vision.training_task import train_model

        settings = replace(self.settings, minutes=minutes)
        folder = self.cache / "models" / _key(items, shots, settings)
        catalogue = self.catalogue(items, shots)
        if not (folder / CARD_FILE).is_file():
            train_model(catalogue, folder, settings, progress=self.progress)
        return folder

    def catalogue(self, items: Sequence[Item], shots: Sequence[Shots]) -> Catalogue:
        """Give these photos as a shop's export would, in files."""
        folder = self.cache / "catalogues" / _key(items, shots, None)
        if (folder / "photos.jsonl").is_file():
            return Catalogue.read(folder, folder)
        return as_catalogue(items, shots, folder)

    def encoder(self, folder: Path) -> Encoder:
        """Load a model as it is served."""
        return load_encoder(folder, self.settings.threads)

    def full_precision(self, folder: Path) -> Encoder:
        """Load the same model in torch, with 32 bits a number."""
        from vision.open_clip_encoder import OpenClipEncoder

        return OpenClipEncoder(str(folder), threads=self.settings.threads)

    def vectors(self, encoder: Encoder, pictures: Sequence[Image]) -> Vectors:
        """Encode pictures, or read what was encoded before; shape (n, d)."""
        digest = hashlib.sha256(repr((encoder.identity.checksum, encoder.identity.preprocess)).encode())
        _add_pictures(digest, pictures)
        file = self.cache / "vectors" / f"{digest.hexdigest()[:32]}.npy"
        if file.is_file():
            kept: Vectors = np.load(file, allow_pickle=False)
            return kept
        starts = tqdm(range(0, len(pictures), BATCH), "encoding", leave=False, disable=not self.progress)
        made = np.concatenate([encoder.encode_images(pictures[start : start + BATCH]) for start in starts])
        file.parent.mkdir(parents=True, exist_ok=True)
        scratch = file.with_suffix(".part")
        with scratch.open("wb") as opened:
            np.save(opened, made)
        scratch.replace(file)
        return made

    def photo_vectors(self, encoder: Encoder, photos: Sequence[Image]) -> Vectors:
        """Encode photos as a matcher looks at them, or read what was encoded before; shape (n, d)."""
        return photo_vectors(partial(self.vectors, encoder), photos)


def text_vectors(encoder: Encoder, items: Sequence[Item]) -> Vectors:
    """Give each product's captions as one vector, as a gallery does; shape (items, d)."""
    rows = [encoder.encode_texts(captions(item)).mean(axis=0) for item in items]
    unit: Vectors = np.stack([row / max(float(np.linalg.norm(row)), 1e-9) for row in rows]).astype(np.float32)
    return unit


def _key(items: Sequence[Item], shots: Sequence[Shots], settings: TrainSettings | None) -> str:
    digest = hashlib.sha256(json.dumps([asdict(item) for item in items]).encode())
    for some in shots:
        digest.update(json.dumps(some.item_ids).encode())
        _add_pictures(digest, some.pictures)
    if settings is not None:
        digest.update(repr(settings).encode())
        for name in TRAINED_BY:
            digest.update((Path(__file__).parent / f"{name}.py").read_bytes())
    return digest.hexdigest()[:20]


def _add_pictures(digest: hashlib._Hash, pictures: Sequence[Image]) -> None:
    for picture in pictures:
        digest.update(repr(picture.size).encode())
        digest.update(picture.tobytes())
