"""The sentence encoder: text to a vector by ONNX Runtime, with no torch."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from assistant.nlu.artifacts import MAKE_THEM, ArtifactError, fingerprint, read_bytes, read_json, sha256

# No shopper needs more, and the tokenizer would otherwise walk through a pasted book before it truncates.
MAX_CHARACTERS = 1000

_PICTURES = frozenset({"So", "Sk", "Cf"})
_AS_PICTURE = "\ufe0f"
_LONG_NUMBER = re.compile(r"\d{4,}")
# Whatever the order's number is, it says the same of the intent; this one stands in much of the training text.
_ANY_LONG_NUMBER = "1001"


def without_pictures(text: str) -> str:
    """Leave out emoji and their joiners, in which encoders see an unknown word; a text of nothing else stays."""
    bare = "".join(one for one in text if one != _AS_PICTURE and unicodedata.category(one) not in _PICTURES)
    return " ".join(bare.split()) or text


def without_long_numbers(text: str) -> str:
    """Write one number for every number of four digits and more.

    Encoders see many words in a long one, which drown what is said of it, and other words in each.

    >>> without_long_numbers("where is order 20261129000017?")
    'where is order 1001?'
    """
    return _LONG_NUMBER.sub(_ANY_LONG_NUMBER, text)


def without_capitals(text: str) -> str:
    """Write a text small that is in capitals from end to end; some encoders see other words in them.

    >>> without_capitals("WHERE IS MY ORDER"), without_capitals("XXL"), without_capitals("I need an XXL")
    ('where is my order', 'XXL', 'I need an XXL')
    """
    return text.lower() if text.isascii() and text.isupper() and " " in text else text


def as_encoded(text: str) -> str:
    """Give what of a text is encoded."""
    return without_capitals(without_long_numbers(without_pictures(text)))


class OnnxEncoder:
    """An encoder as `ops.export_encoder` wrote it: one L2-normalised vector a text."""

    def __init__(self, folder: str, threads: int = 1) -> None:
        card = read_json(str(Path(folder) / "encoder.json"))
        model = _read_checked(folder, "model.onnx", card.get("model_sha256"))
        vocabulary = _read_checked(folder, "tokenizer.json", card.get("tokenizer_sha256"))
        self.dimension = int(card["dimension"])
        self.checksum = fingerprint(str(Path(folder) / "encoder.json"))
        self._prefix = str(card.get("prefix", ""))
        self._session = _open_session(model, threads)
        self._tokenizer = Tokenizer.from_str(vocabulary.decode("utf-8"))
        self._tokenizer.enable_truncation(int(card["max_tokens"]))
        self._tokenizer.enable_padding()

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Encode texts to float32 of shape (texts, dimension); texts of like length in one call are faster."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        batch = self._tokenizer.encode_batch([self._prefix + text[:MAX_CHARACTERS] for text in texts])
        ids = np.array([encoding.ids for encoding in batch], dtype=np.int64)
        mask = np.array([encoding.attention_mask for encoding in batch], dtype=np.int64)
        (vectors,) = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        return np.asarray(vectors, dtype=np.float32)


def _read_checked(folder: str, name: str, expected: object) -> bytes:
    path = str(Path(folder) / name)
    content = read_bytes(path)
    if sha256(content) != expected:
        raise ArtifactError(f"{path} is not the file that encoder.json describes: run `{MAKE_THEM}`")
    return content


def _open_session(model: bytes, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # A waiting thread that spins would take a core from the server's other process.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
