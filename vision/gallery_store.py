"""Keeps a gallery in a folder, so that a reader finds the old one or the new one whole, whenever a writer is killed.

    current.json            names the version that counts; replaced in one step
    versions/VERSION/       pictures.npy, texts.npy, pictures.jsonl, items.jsonl, manifest.json
                            and, where they are many, pictures.faiss

A version is named by the checksum of what it holds. Writers wait for each other; there is no pickle in it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from vision.encoder import EncoderIdentity, Preprocess, Vectors
from vision.errors import ArtifactDamaged, InvalidCatalogue, ModelMismatch
from vision.gallery import Gallery, ItemRecord, Picture
from vision.vector_index import VectorIndex
from vision.whole_folders import sync

FORMAT_VERSION = 1
POINTER, VERSIONS, MANIFEST = "current.json", "versions", "manifest.json"
_DRAFT, _LOCK = ".draft", ".writing"
_VECTORS, _TEXTS = "pictures", "texts"
_SMALL_BYTES = 1 << 22
"""Files up to this size are compared with their checksum whenever they are read, and larger ones are memory-mapped."""


def save_gallery(gallery: Gallery, root: Path) -> str:
    """Write a gallery beside the one in `root`, let it take its place, then delete the old one.

    A server that has the old one open keeps it.

    Args:
        gallery: which one.
        root: made where it is missing.

    Returns:
        The version's name. A gallery that is there already is not written again.
    """
    with _alone(root):
        # Only the holder of the lock has a draft: one that is found belongs to a writer that was killed.
        draft = root / _DRAFT
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        version = _write(gallery, draft)
        target = root / VERSIONS / version
        if _is_whole(target):
            shutil.rmtree(draft)
        else:
            shutil.rmtree(target, ignore_errors=True)
            target.parent.mkdir(exist_ok=True)
            os.replace(draft, target)
            sync(target.parent)
        _point_to(root, version)
        for folder in (root / VERSIONS).iterdir():
            if folder.name != version:
                shutil.rmtree(folder, ignore_errors=True)
    return version


def load_gallery(root: Path, expected: EncoderIdentity | None = None, verify: bool = False) -> Gallery:
    """Read the gallery in `root`, as `Gallery.load` says."""
    while True:
        version = version_of(root)
        try:
            return _read(root / VERSIONS / version, expected, verify)
        except ArtifactDamaged:
            # A writer may have taken the folder away while it was read: then another one counts now.
            if version_of(root) == version:
                raise


def version_of(root: Path) -> str:
    """Name the version that counts.

    Raises:
        ArtifactDamaged: there is none, or the file that names it cannot be read.
    """
    path = root / POINTER
    try:
        version = json.loads(path.read_text(encoding="utf-8"))["version"]
    except FileNotFoundError:
        raise ArtifactDamaged(path, "there is no gallery") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArtifactDamaged(path, f"names no gallery ({error})") from error
    if not isinstance(version, str) or not version.isalnum():
        raise ArtifactDamaged(path, f"{version!r} names no gallery")
    return version


def same_model(found: EncoderIdentity, expected: EncoderIdentity) -> None:
    """Refuse vectors of another encoder.

    Raises:
        ModelMismatch: it names both.
    """
    if found != expected:
        raise ModelMismatch(_named(found), _named(expected))


def _named(identity: EncoderIdentity) -> str:
    prepared = identity.preprocess
    return f"{identity.name} ({identity.checksum[:12]}, {identity.dimensions} numbers, {prepared.size} {prepared.fit})"


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Let another process that writes wait; a killed one leaves no lock behind."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(gallery: Gallery, folder: Path) -> str:
    np.save(folder / f"{_VECTORS}.npy", np.ascontiguousarray(gallery.vectors))
    np.save(folder / f"{_TEXTS}.npy", np.ascontiguousarray(gallery.text_vectors))
    _write_rows(folder / "pictures.jsonl", (asdict(picture) for picture in gallery.pictures))
    _write_rows(folder / "items.jsonl", ({"item_id": key, **asdict(item)} for key, item in gallery.items.items()))
    gallery.index.save(folder / f"{_VECTORS}.faiss")
    files = {file.name: {"sha256": _checksum(file), "bytes": file.stat().st_size} for file in sorted(folder.iterdir())}
    manifest = {"format": FORMAT_VERSION, "encoder": asdict(gallery.identity), "files": files}
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    for file in (*folder.iterdir(), folder):
        sync(file)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _point_to(root: Path, version: str) -> None:
    draft = root / f".{POINTER}"
    draft.write_text(json.dumps({"version": version}) + "\n", encoding="utf-8")
    sync(draft)
    os.replace(draft, root / POINTER)
    sync(root)


def _is_whole(folder: Path) -> bool:
    try:
        _manifest(folder, verify=True)
    except ArtifactDamaged:
        return False
    return True


def _read(folder: Path, expected: EncoderIdentity | None, verify: bool) -> Gallery:
    manifest = _manifest(folder, verify)
    try:
        identity = _identity(manifest["encoder"])
        if expected is not None:
            same_model(identity, expected)
        vectors, texts = _vectors(folder, _VECTORS), _vectors(folder, _TEXTS)
        pictures = [Picture(**{**row, "facts": _facts(row["facts"])}) for row in _rows(folder / "pictures.jsonl")]
        items = {row.pop("item_id"): _record(row) for row in _rows(folder / "items.jsonl")}
        return Gallery(identity, vectors, pictures, items, texts, index=_index(folder / f"{_VECTORS}.faiss", vectors))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, InvalidCatalogue) as error:
        raise ArtifactDamaged(folder, f"{type(error).__name__}: {error}") from error


def _manifest(folder: Path, verify: bool) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT_VERSION:
            raise ArtifactDamaged(path, f"has format {manifest['format']}, not {FORMAT_VERSION}")
        for name, told in manifest["files"].items():
            _check(folder / name, told["bytes"], told["sha256"], verify)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArtifactDamaged(path, f"{type(error).__name__}: {error}") from error
    return manifest


def _check(path: Path, size: int, checksum: str, verify: bool) -> None:
    found = path.stat().st_size
    if found != size:
        raise ArtifactDamaged(path, f"has {found} bytes, not {size}")
    if (verify or size <= _SMALL_BYTES) and _checksum(path) != checksum:
        raise ArtifactDamaged(path, "has another checksum than its manifest")


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _identity(row: Mapping[str, Any]) -> EncoderIdentity:
    prepared = dict(row["preprocess"])
    preprocess = Preprocess(**{**prepared, "mean": tuple(prepared["mean"]), "std": tuple(prepared["std"])})
    return EncoderIdentity(**{**row, "preprocess": preprocess})


def _vectors(folder: Path, name: str) -> Vectors:
    path = folder / f"{name}.npy"
    small = path.stat().st_size <= _SMALL_BYTES
    vectors: Vectors = np.asarray(np.load(path, mmap_mode=None if small else "r", allow_pickle=False))
    if vectors.dtype != np.float32:
        raise ArtifactDamaged(path, f"holds {vectors.dtype}, not float32")
    return vectors


def _index(path: Path, vectors: Vectors) -> VectorIndex | None:
    return VectorIndex.load(vectors, path) if path.exists() else None


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _record(row: Mapping[str, Any]) -> ItemRecord:
    return ItemRecord(**{**row, "category": tuple(row["category"]), "facts": _facts(row["facts"])})


def _facts(row: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in row.items()}
