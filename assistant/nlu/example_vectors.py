"""Vectors of training examples, each encoded once and kept in a file by a hash of its text.

Each text is encoded alone, as a message is when the assistant runs. In a batch the encoders, which calculate in eight
bits, round by what else is in it, and the vector of a text would move whenever another example is added.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from tqdm import tqdm

from assistant.nlu.artifacts import ArtifactError
from assistant.nlu.encoder import OnnxEncoder, as_encoded

FOLDER = Path("artifacts/nlu_vectors")
# Beyond that, texts of trainings long past are left out of the file.
MOST = 100_000
# Shorter work needs no bar, and no second thread.
_LONG = 200
_THREADS = 4


def encode_each(encoder: OnnxEncoder, texts: Sequence[str], what: str = "encoding") -> np.ndarray:
    """Encode texts one by one, shape (texts, dimension); many of them on several threads, with a bar."""
    read = [as_encoded(text) for text in texts]
    if len(read) < _LONG:
        rows = [encoder.encode([text])[0] for text in read]
    else:
        with ThreadPoolExecutor(min(_THREADS, len(os.sched_getaffinity(0)))) as pool:
            bar = tqdm(
                pool.map(lambda text: encoder.encode([text])[0], read), what, len(read), unit=" texts", leave=False
            )
            rows = list(bar)
    return np.array(rows, np.float32).reshape(len(rows), encoder.dimension)


class ExampleVectors:
    """The vectors that one encoder gives training examples. What shoppers said is never kept here.

    Args:
        encoder: the encoder; the file's name holds its checksum, so that another encoder has another file.
        folder: where files are kept.
        most: vectors in the file.
    """

    def __init__(self, encoder: OnnxEncoder, folder: Path = FOLDER, most: int = MOST) -> None:
        self.encoder = encoder
        self._path = folder / f"{encoder.checksum[:32]}.npz"
        self._most = most

    def of(self, texts: Sequence[str]) -> np.ndarray:
        """Give the vectors of examples, shape (texts, dimension), and keep those that are new.

        Raises:
            ArtifactError: the file is damaged.
        """
        keys = [_key(text) for text in texts]
        known = self._read()
        by_key = dict(zip(keys, texts, strict=True))
        new = [key for key in by_key if key not in known]
        if new:
            encoded = encode_each(self.encoder, [by_key[key] for key in new], "encoding examples")
            known |= dict(zip(new, encoded, strict=True))
            self._write(known if len(known) <= self._most else {key: known[key] for key in by_key})
        return np.array([known[key] for key in keys], np.float32).reshape(len(keys), self.encoder.dimension)

    def _read(self) -> dict[bytes, np.ndarray]:
        if not self._path.exists():
            return {}
        try:
            with np.load(self._path, allow_pickle=False) as arrays:
                vectors, keys = arrays["vectors"], arrays["keys"]
                if vectors.shape != (len(keys), self.encoder.dimension):
                    raise ValueError(f"shape {vectors.shape}")
                return {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)}
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise ArtifactError(f"{self._path} is damaged ({error}): delete it, and it is made anew") from error

    def _write(self, known: dict[bytes, np.ndarray]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Whoever reads meanwhile gets the old file or the new one, whole.
        beside = self._path.with_suffix(f".{os.getpid()}.npz")
        np.savez(beside, keys=_rows(known), vectors=np.array(list(known.values())))
        beside.replace(self._path)


def _key(text: str) -> bytes:
    return hashlib.sha256(as_encoded(text).encode("utf-8")).digest()


def _rows(keys: Iterable[bytes]) -> np.ndarray:
    return np.array([np.frombuffer(key, np.uint8) for key in keys])
