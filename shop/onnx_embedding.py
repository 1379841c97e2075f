"""Sentence vectors by ONNX Runtime, with no torch: the encoder for languages other than the shop's own."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from shop.embedding import Vectors
from shop.errors import IndexMismatch

_MOST_CHARACTERS = 1_000


class OnnxEmbedder:
    """An encoder that `ops.export_encoder` wrote, loaded when the first text arrives.

    Args:
        folder: of `encoder.json` and the files that it describes.
        threads: processor threads.
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self._folder, self._threads = folder, threads
        self._lock = threading.Lock()
        self._parts: tuple[Any, Any] | None = None

    @property
    def model_name(self) -> str:
        """Name the model, with a digest of its weights."""
        card = self._card
        return f"{card['name']}@{card['model_sha256'][:12]}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Give one L2-normalised row per text, shape (n, d).

        Each is encoded alone: in a batch, eight-bit models round by what else is in it.

        Raises:
            OSError: a file is missing; `make train` makes it.
            IndexMismatch: a file is not the one that the card describes.
        """
        rows = [self._encoded(text) for text in texts]
        return np.concatenate(rows) if rows else np.zeros((0, 0), np.float32)

    def _encoded(self, text: str) -> Vectors:
        session, tokenizer = self._loaded()
        ids = np.array([tokenizer.encode(self._card["prefix"] + text[:_MOST_CHARACTERS]).ids], dtype=np.int64)
        mask = np.ones_like(ids)
        (vectors,) = session.run(None, {"input_ids": ids, "attention_mask": mask})
        return np.asarray(vectors, dtype=np.float32)

    @property
    def _card(self) -> dict[str, Any]:
        card: dict[str, Any] = json.loads((self._folder / "encoder.json").read_text(encoding="utf-8"))
        return card

    def _loaded(self) -> tuple[Any, Any]:
        with self._lock:
            if self._parts is None:
                # Both take a while to import, and a shop whose shoppers speak its language never needs them.
                import onnxruntime
                from tokenizers import Tokenizer

                options = onnxruntime.SessionOptions()
                options.intra_op_num_threads = self._threads
                options.inter_op_num_threads = 1
                model = self._checked("model.onnx", "model_sha256")
                tokenizer = Tokenizer.from_str(self._checked("tokenizer.json", "tokenizer_sha256").decode("utf-8"))
                tokenizer.enable_truncation(int(self._card["max_tokens"]))
                session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
                self._parts = session, tokenizer
            return self._parts

    def _checked(self, name: str, digest: str) -> bytes:
        content = (self._folder / name).read_bytes()
        found, expected = hashlib.sha256(content).hexdigest(), self._card[digest]
        if found != expected:
            raise IndexMismatch(str(self._folder / name), expected, found)
        return content
