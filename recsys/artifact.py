"""Stores a model as numpy files and a manifest, and reads it back memory-mapped; there is no pickle in it.

The manifest is written last, so a folder without one is a model that was never finished.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from recsys.arrays import Csr
from recsys.baskets import Baskets
from recsys.blend import Blend
from recsys.components import Evidence
from recsys.errors import ArtifactDamaged, ArtifactVersionMismatch, InvalidFrame
from recsys.features import FeatureSpace
from recsys.fold_in import FoldInBasis, FoldInSettings
from recsys.identifiers import IdMap
from recsys.index import ItemIndex
from recsys.parts import Parts
from recsys.representations import Representations

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
SMALL_BYTES = 1 << 20
"""Files up to this size are compared with their checksum whenever they are read."""

INDEX = "items.faiss"

_LIBRARIES = ("numpy", "scipy", "rectools", "rectools-lightfm")
_RECORDS = (Representations, FoldInBasis, Baskets, Evidence)
_SHARED = ("evidence.item_embeddings", "evidence.item_biases")
"""Arrays of evidence that are those of the representations."""
_MAY_BE_UNKNOWN = ("prices", "available_from")
_CSR = ("data", "indices", "indptr")
_SUFFIXES = (".npy", ".json", ".faiss")


def save(parts: Parts, folder: Path) -> None:
    """Write a model to a folder.

    Args:
        parts: The model.
        folder: Made when it is missing; a model that was there before is replaced.

    Raises:
        InvalidFrame: If a number in it is not finite, because it could not be ranked by.
    """
    arrays = _arrays_of(parts)
    for name, value in arrays.items():
        _check_finite(name, value)
    folder.mkdir(parents=True, exist_ok=True)
    _clear(folder)
    for name, value in arrays.items():
        for part, array in _files_of(name, value).items():
            np.save(folder / f"{part}.npy", np.asarray(array, order="C"))
    for name, text in _texts_of(parts).items():
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    if parts.index is not None:
        parts.index.save(folder / INDEX)
    _write_manifest(parts, folder, {name: value.shape for name, value in arrays.items() if _is_sparse(value)})


def load(folder: Path, mmap: bool = True, verify: bool = False) -> Parts:
    """Read a model from a folder.

    Args:
        folder: What `save` wrote to.
        mmap: Whether large arrays stay on disk until they are looked at.
        verify: Whether every checksum is compared; otherwise those of small files, and the size of all.

    Raises:
        ArtifactDamaged: If a file is missing, cut short or changed.
        ArtifactVersionMismatch: If it was written by another version of this module.
        FeatureMismatch: If the features are not those that the model was trained with.
    """
    manifest = _read_manifest(folder)
    try:
        for name, entry in manifest["files"].items():
            _check_file(folder / name, entry, verify)
        return _Reader(folder, manifest["sparse"], mmap).parts(manifest["metadata"])
    except (AttributeError, KeyError, TypeError, ValueError, OSError, EOFError, InvalidFrame) as error:
        raise ArtifactDamaged(folder, f"its parts do not fit together ({error})") from error


def read_metadata(folder: Path) -> dict[str, Any]:
    """Give a stored model's metadata without reading the model.

    Raises:
        ArtifactDamaged: If there is no readable manifest.
        ArtifactVersionMismatch: If it was written by another version of this module.
    """
    return dict(_read_manifest(folder)["metadata"])


def _arrays_of(record: Any, prefix: str = "") -> dict[str, Any]:
    """Give the arrays, sparse matrices and numbers of a record and of the records in it, by the name of their files."""
    found: dict[str, Any] = {}
    for one in fields(record):
        value, name = getattr(record, one.name), prefix + one.name
        if name in _SHARED:
            continue
        if isinstance(value, _RECORDS):
            found |= _arrays_of(value, f"{name}.")
        elif _is_sparse(value):
            found[name] = value
        elif isinstance(value, np.ndarray | float | int):
            found[name] = np.asarray(value)
    return found


def _files_of(name: str, value: Any) -> dict[str, Any]:
    return {f"{name}.{part}": getattr(value, part) for part in _CSR} if _is_sparse(value) else {name: value}


def _texts_of(parts: Parts) -> dict[str, str]:
    return {
        "users": json.dumps(parts.users.ids(), ensure_ascii=False),
        "items": json.dumps(parts.items.ids(), ensure_ascii=False),
        "user_space": parts.user_space.to_json(),
        "item_space": parts.item_space.to_json(),
        "blend": parts.blend.to_json(),
        "fold_in": json.dumps(asdict(parts.fold_in)),
        "worths": json.dumps(dict(parts.worths)),
        "notes": json.dumps(dict(parts.evidence.notes), ensure_ascii=False),
    }


def _is_sparse(value: Any) -> bool:
    return bool(sparse.issparse(value))


def _check_finite(name: str, value: Any) -> None:
    numbers = value.data if _is_sparse(value) else value
    if name not in _MAY_BE_UNKNOWN and not np.isfinite(numbers).all():
        raise InvalidFrame(name, "NaN or infinity", "a model of finite numbers is wanted")


def _clear(folder: Path) -> None:
    (folder / MANIFEST).unlink(missing_ok=True)
    for file in _files_in(folder):
        file.unlink()


def _files_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix in _SUFFIXES)


def _write_manifest(parts: Parts, folder: Path, shapes: Mapping[str, tuple[int, ...]]) -> None:
    manifest = {
        "format_version": FORMAT_VERSION,
        "libraries": {name: version(name) for name in _LIBRARIES},
        "metadata": dict(parts.metadata),
        "sparse": {name: list(shape) for name, shape in shapes.items()},
        "files": {file.name: {"bytes": file.stat().st_size, "sha256": _sha256(file)} for file in _files_in(folder)},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False), encoding="utf-8")


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        found = manifest["format_version"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ArtifactDamaged(path, f"no manifest of a model ({error})") from error
    if found != FORMAT_VERSION:
        raise ArtifactVersionMismatch(found, FORMAT_VERSION)
    if not {"files", "sparse", "metadata"} <= manifest.keys():
        raise ArtifactDamaged(path, "the manifest is incomplete")
    return dict(manifest)


def _check_file(path: Path, entry: Mapping[str, Any], verify: bool) -> None:
    if not path.is_file():
        raise ArtifactDamaged(path, "the file is missing")
    size = path.stat().st_size
    if size != entry["bytes"]:
        raise ArtifactDamaged(path, f"{size} bytes instead of {entry['bytes']}")
    if (verify or size <= SMALL_BYTES) and _sha256(path) != entry["sha256"]:
        raise ArtifactDamaged(path, "the content has changed since it was written")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Reader:
    """Reads the files of one folder."""

    def __init__(self, folder: Path, shapes: Mapping[str, list[int]], mmap: bool) -> None:
        self._folder = folder
        self._shapes = shapes
        self._mmap = mmap

    def parts(self, metadata: Mapping[str, Any]) -> Parts:
        learnt = Representations(**self._record(Representations, "representations"))
        shared = {"item_embeddings": learnt.item_embeddings, "item_biases": learnt.item_biases}
        basis = FoldInBasis(**self._record(FoldInBasis, "evidence.basis"))
        known = {**self._record(Evidence, "evidence", without=("basis", "notes")), **shared}
        return Parts(
            users=IdMap.from_ids(self._json("users")),
            items=IdMap.from_ids(self._json("items")),
            user_space=FeatureSpace.from_json(self._text("user_space")),
            item_space=FeatureSpace.from_json(self._text("item_space")),
            user_features=self._matrix("user_features"),
            item_features=self._matrix("item_features"),
            representations=learnt,
            evidence=Evidence(basis=basis, notes=self._json("notes"), **known),
            history=self._matrix("history"),
            dismissed=self._matrix("dismissed"),
            baskets=Baskets(**self._record(Baskets, "baskets")),
            prices=self._array("prices"),
            available_from=self._array("available_from"),
            blend=Blend.from_json(self._text("blend")),
            worths=self._json("worths"),
            fold_in=FoldInSettings(**self._json("fold_in")),
            index=ItemIndex.load(self._folder / INDEX) if (self._folder / INDEX).exists() else None,
            metadata=metadata,
        )

    def _array(self, name: str) -> Any:
        path = self._folder / f"{name}.npy"
        large = path.stat().st_size > SMALL_BYTES
        return np.load(path, mmap_mode="r" if self._mmap and large else None, allow_pickle=False)

    def _matrix(self, name: str) -> Csr:
        data, indices, indptr = (self._array(f"{name}.{part}") for part in _CSR)
        rows, columns = self._shapes[name]
        return sparse.csr_matrix((data, indices, indptr), shape=(rows, columns), copy=False)

    def _text(self, name: str) -> str:
        return (self._folder / f"{name}.json").read_text(encoding="utf-8")

    def _json(self, name: str) -> Any:
        return json.loads(self._text(name))

    def _record(self, kind: type[Any], name: str, without: tuple[str, ...] = ()) -> dict[str, Any]:
        names = {one.name: f"{name}.{one.name}" for one in fields(kind) if one.name not in without}
        return {inner: self._value(file) for inner, file in names.items() if file not in _SHARED}

    def _value(self, name: str) -> Any:
        if name in self._shapes:
            return self._matrix(name)
        array = self._array(name)
        return array.item() if array.ndim == 0 else array
