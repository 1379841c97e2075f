"""Vectors of training examples, each encoded once and kept in a file by a hash of its text.

Each text is encoded alone, as a message is when the assistant runs. In a batch the encoders, which calculate in eight
bits, round by what else is in it, and the vector of a text would move whenever another example is added.
"""

from __future__ import annotations

import hashlib
import os
import sys
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from assistant.nlu.artifacts import ArtifactError, fingerprint
from assistant.nlu.encoder import OnnxEncoder, without_pictures

FOLDER = Path("artifacts/nlu_vectors")
# Shorter work needs no bar.
_LONG = 200


def encode_each(encoder: OnnxEncoder, texts: Sequence[str], what: str) -> np.ndarray:
    """Encode texts one after the other, shape (texts, dimension), with a bar where it takes seconds."""
    vectors = np.zeros((len(texts), encoder.dimension), np.float32)
    bar = tqdm(texts, desc=what, unit=" texts", file=sys.stderr, leave=False, disable=len(texts) < _LONG)
    for place, text in enumerate(bar):
        vectors[place] = encoder.encode([without_pictures(text)])[0]
    return vectors


class ExampleVectors:
    """The vectors that one encoder gives training examples. What shoppers said is never kept here.

    Args:
        encoder: the folder of the encoder; the file's name holds its hash, so that another encoder has another file.
        folder: where files are kept.
    """

    def __init__(self, encoder: str, folder: Path = FOLDER) -> None:
        self.encoder = OnnxEncoder(encoder)
        self._path = folder / f"{fingerprint(str(Path(encoder) / 'encoder.json'))[:32]}.npz"

    def of(self, texts: Sequence[str]) -> np.ndarray:
        """Give the vectors of examples, shape (texts, dimension); the file then holds these and no others.

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
        if new or len(known) > len(by_key):
            known = {key: known[key] for key in by_key}
            self._write(known)
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
    return hashlib.sha256(text.encode("utf-8")).digest()


def _rows(keys: Iterable[bytes]) -> np.ndarray:
    return np.array([np.frombuffer(key, np.uint8) for key in keys])
