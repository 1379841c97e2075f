"""A model of torch as an encoder: while it trains, and where no faster form of it is served."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from PIL.Image import Image
from torch import Tensor, nn
from torch.nn import functional

from vision.encoder import EncoderIdentity, Preprocess, Vectors
from vision.preprocess import pixels

Tokenizer = Callable[[list[str]], Tensor]
"""Texts to token ids, shape (n, tokens), as open_clip's tokenizers do."""

IMAGE_BATCH, TEXT_BATCH = 16, 64


class TorchEncoder:
    """Any two-tower model with open_clip's `encode_image` and `encode_text`.

    Args:
        model: the towers; in evaluation mode during each call and no longer, so a trainer may share it.
        tokenizer: what its text tower reads.
        preprocess: how its pictures are prepared.
        name: of the model, for people.
        checksum: sha256 of its weights and configuration; empty computes it from the weights in memory.
        threads: how many processor threads torch may use, for the whole process; 0 leaves that as it is.
    """

    def __init__(
        self,
        model: nn.Module,
        tokenizer: Tokenizer,
        preprocess: Preprocess,
        name: str,
        *,
        checksum: str = "",
        threads: int = 0,
    ) -> None:
        if threads:
            torch.set_num_threads(threads)
        self._model: Any = model
        self._tokenizer = tokenizer
        self._name = name
        self._checksum = checksum
        self._preprocess = preprocess
        # Tokenizers written in Rust refuse to be used by two threads while padding is being set.
        self._lock = threading.Lock()
        self._identity: EncoderIdentity | None = None

    @property
    def identity(self) -> EncoderIdentity:
        """Tell which model this is, as it was when first asked."""
        if self._identity is None:
            checksum = self._checksum or weights_digest(self._model)
            dimensions = int(self.encode_texts(["a"]).shape[1])
            self._identity = EncoderIdentity(self._name, checksum, self._preprocess, dimensions)
        return self._identity

    def encode_images(self, images: Sequence[Image]) -> Vectors:
        """Give one L2-normalised row per RGB picture, shape (n, d)."""
        prepared = (pixels(batch, self._preprocess) for batch in _batches(images, IMAGE_BATCH))
        return self._rows([self._normalised(self._model.encode_image, torch.from_numpy(rows)) for rows in prepared])

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Give one L2-normalised row per text, shape (n, d)."""
        tokens = (self._tokens(batch) for batch in _batches(texts, TEXT_BATCH))
        return self._rows([self._normalised(self._model.encode_text, rows) for rows in tokens])

    def _tokens(self, texts: Sequence[str]) -> Tensor:
        with self._lock:
            return self._tokenizer(list(texts))

    def _normalised(self, encode: Callable[[Tensor], Tensor], batch: Tensor) -> Vectors:
        with evaluating(self._model), torch.inference_mode():
            rows: Vectors = functional.normalize(encode(batch).float(), dim=-1).numpy()
        return rows

    def _rows(self, batches: Sequence[Vectors]) -> Vectors:
        return np.concatenate(batches) if batches else np.zeros((0, self.identity.dimensions), np.float32)


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Put a model into evaluation mode, and each of its parts back into its own mode afterwards."""
    # Not model.train(): it would wake the batch norms of a frozen tower, which stay in evaluation mode throughout.
    training = [part for part in model.modules() if part.training]
    for part in training:
        part.training = False
    try:
        yield
    finally:
        for part in training:
            part.training = True


def weights_digest(model: nn.Module) -> str:
    """Hash a model's weights by name, order and value."""
    digest = hashlib.sha256()
    for name, tensor in model.state_dict().items():
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _batches(rows: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]
