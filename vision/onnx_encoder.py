"""The served encoder: both towers as ONNX, on one processor, without torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image

from vision.encoder import EncoderIdentity, Vectors
from vision.errors import RETRAIN, ArtifactDamaged, InvalidCatalogue
from vision.preprocess import pixels
from vision.saved_model import IMAGE_FILE, TEXT_FILE, TOKENIZER_FILE, read_card
from vision.text_tokens import TextTokens

IMAGE_BATCH, TEXT_BATCH = 16, 64


class OnnxEncoder:
    """Encodes by two ONNX graphs, which give rows of length one; safe to use from several threads.

    Args:
        identity: which model this is.
        image: session of the image tower, (n, 3, size, size) to (n, d).
        text: session of the text tower, (n, tokens) to (n, d).
        tokens: what the text tower reads.
    """

    def __init__(self, identity: EncoderIdentity, image: Any, text: Any, tokens: TextTokens) -> None:
        self._identity = identity
        self._image = image
        self._text = text
        self._tokens = tokens

    @classmethod
    def load(cls, folder: Path, threads: int = 1) -> OnnxEncoder:
        """Load a saved model.

        Args:
            folder: with `model.json` and the files it names.
            threads: how many processor threads each tower may use.

        Raises:
            ArtifactDamaged: a file is missing, cut short or changed; the message says how to make the model anew.
        """
        card = read_card(folder)
        image, text = (open_session(folder / name, threads) for name in (IMAGE_FILE, TEXT_FILE))
        tokens = TextTokens(folder / TOKENIZER_FILE, card.most_tokens, card.pad_id)
        return cls(card.identity, image, text, tokens)

    @property
    def identity(self) -> EncoderIdentity:
        """Tell which model this is."""
        return self._identity

    def encode_images(self, images: Sequence[Image]) -> Vectors:
        """Give one L2-normalised row per RGB picture, shape (n, d)."""
        starts = range(0, len(images), IMAGE_BATCH)
        batches = (pixels(images[start : start + IMAGE_BATCH], self._identity.preprocess) for start in starts)
        return self._rows([_run(self._image, {"pixels": batch}) for batch in batches])

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Give one L2-normalised row per text, shape (n, d)."""
        starts = range(0, len(texts), TEXT_BATCH)
        batches = (self._tokens.encode(texts[start : start + TEXT_BATCH]) for start in starts)
        return self._rows([_run(self._text, {"tokens": batch}) for batch in batches])

    def _rows(self, batches: Sequence[Vectors]) -> Vectors:
        return np.concatenate(batches) if batches else np.zeros((0, self._identity.dimensions), np.float32)


def open_session(file: Path, threads: int) -> Any:
    """Open an ONNX graph on the processor.

    Raises:
        InvalidCatalogue: threads is below 1.
        ArtifactDamaged: the file is no graph that ONNX Runtime can run.
    """
    import onnxruntime

    if threads < 1:
        raise InvalidCatalogue("threads", threads, "must be 1 or more")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # A thread that spins while it waits takes the processor from the other photos.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors share no other base
        raise ArtifactDamaged(file, f"is no graph that can be run ({error})", RETRAIN) from error


def _run(session: Any, inputs: Mapping[str, NDArray[Any]]) -> Vectors:
    (rows,) = session.run(None, dict(inputs))
    return np.asarray(rows, dtype=np.float32)
