"""The meanings of all products on disk: only what is new or changed is encoded.

`vectors.json` names the model, the digests of the texts and the `.npy` file that holds a row for each of them. It is
replaced last and as a whole, so another process sees the old index or the new one. Rows are mapped into memory.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from shop.embedding import TextEmbedder, Vectors
from shop.errors import IndexMismatch
from shop.files import replacing
from shop.search_text import ProductText

_BATCH = 256
# A bar for shorter work would only flicker.
_PATIENCE_S = 5
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Contents:
    model: str
    file: str
    digests: list[str]


class VectorCache:
    """Product vectors of one model in one folder.

    Args:
        folder: where the files lie; made where missing.
        embedder: what encodes new texts, and whose name the index must carry.
    """

    def __init__(self, folder: Path, embedder: TextEmbedder) -> None:
        self._folder = folder
        self._embedder = embedder

    def vectors(self, products: Sequence[ProductText]) -> Vectors:
        """Give one row per product, in their order; encode the texts that no row exists for."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._turn():
            return self._fresh([product.digest for product in products], products)

    def load(self) -> tuple[list[str], Vectors]:
        """Read digests and rows from disk.

        Raises:
            IndexMismatch: another model made them, or the files do not belong together.
        """
        try:
            contents = _Contents(**json.loads(self._index.read_text(encoding="utf-8")))
            rows = np.load(self._folder / contents.file, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, TypeError, EOFError) as error:
            raise IndexMismatch(str(self._index), self._embedder.model_name, type(error).__name__) from error
        if contents.model != self._embedder.model_name:
            raise IndexMismatch(str(self._index), self._embedder.model_name, contents.model)
        if rows.ndim != 2 or len(rows) != len(contents.digests):
            raise IndexMismatch(str(self._index), f"{len(contents.digests)} rows", f"shape {rows.shape}")
        return contents.digests, rows

    @property
    def _index(self) -> Path:
        return self._folder / "vectors.json"

    def _fresh(self, digests: list[str], products: Sequence[ProductText]) -> Vectors:
        old_digests, old_rows = self._old()
        if old_digests == digests:
            return old_rows
        places = {digest: row for row, digest in enumerate(old_digests)}
        missing = {product.digest: product for product in products if product.digest not in places}
        encoded = dict(zip(missing, self._encode(list(missing.values())), strict=True))
        rows = [old_rows[places[digest]] if digest in places else encoded[digest] for digest in digests]
        self._write(digests, np.stack(rows) if rows else np.zeros((0, 0), dtype=np.float32))
        return self.load()[1]

    def _old(self) -> tuple[list[str], Vectors]:
        nothing: tuple[list[str], Vectors] = ([], np.zeros((0, 0), dtype=np.float32))
        if not self._index.exists():
            return nothing
        try:
            return self.load()
        except IndexMismatch as mismatch:
            _log.warning("building the search index anew: %s", mismatch)
            return nothing

    def _encode(self, products: Sequence[ProductText]) -> Iterator[Vectors]:
        starts = range(0, len(products), _BATCH)
        with tqdm(total=len(products), desc="products understood", unit="", delay=_PATIENCE_S) as bar:
            for start in starts:
                batch = products[start : start + _BATCH]
                yield from self._encode_batch(batch)
                bar.update(len(batch))

    def _encode_batch(self, products: Sequence[ProductText]) -> Vectors:
        titles, stories = zip(*(product.meanings for product in products), strict=True)
        middle = self._embedder.encode(titles) + self._embedder.encode(stories)
        length = np.linalg.norm(middle, axis=1, keepdims=True)
        return np.asarray(middle / np.maximum(length, np.finfo(np.float32).tiny), dtype=np.float32)

    def _write(self, digests: list[str], rows: Vectors) -> None:
        name = hashlib.sha256("".join([self._embedder.model_name, *digests]).encode()).hexdigest()[:16]
        contents = _Contents(self._embedder.model_name, f"vectors-{name}.npy", digests)
        with replacing(self._folder / contents.file) as draft, draft.open("wb") as file:
            np.save(file, rows)
        with replacing(self._index) as draft:
            draft.write_text(json.dumps(asdict(contents)), encoding="utf-8")
        for path in self._folder.glob("vectors-*.npy"):
            # A process that has an older file mapped keeps it until it lets go.
            if path.name != contents.file:
                path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """Let one process at a time look and encode: the second finds the work of the first done."""
        with (self._folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
