"""Texts to token ids by a `tokenizer.json`: the same in training, as ONNX, and for any number of threads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

TokenIds = NDArray[np.int64]

MOST_TOKENS = 64
"""A title with its description has about 40; what is longer is cut."""


class TextTokens:
    """A fast tokenizer whose rows are as long as their longest text, and no longer.

    Args:
        file: a `tokenizer.json`.
        most_tokens: a longer text is cut there.
        pad_id: fills shorter rows; the text tower leaves it out.
    """

    def __init__(self, file: Path, most_tokens: int = MOST_TOKENS, pad_id: int = 0) -> None:
        self.file = file
        self.most_tokens = most_tokens
        self.pad_id = pad_id
        self._tokenizer = Tokenizer.from_file(str(file))
        # Set once: the tokenizer refuses to be changed while another thread uses it.
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(most_tokens)

    def encode(self, texts: Sequence[str]) -> TokenIds:
        """Give one row of token ids per text, shape (n, tokens of the longest)."""
        found = self._tokenizer.encode_batch([" ".join(text.split()) for text in texts])
        rows = np.full((len(found), max((len(row.ids) for row in found), default=0)), self.pad_id, dtype=np.int64)
        for row, encoding in zip(rows, found, strict=True):
            row[: len(encoding.ids)] = encoding.ids
        return rows
