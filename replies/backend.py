"""What a decoder asks of a model: logits for prompts, then for one more token of each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Logits = NDArray[np.float32]
Rows = NDArray[np.int64]


class Backend(Protocol):
    """A language model with its cache of keys and values.

    Attributes:
        end: the token that ends a reply.
        pieces: the text of each token; empty for those that are no text.
        most_tokens: the longest prompt and reply together.
    """

    end: int
    pieces: list[str]
    most_tokens: int

    def encode(self, text: str) -> list[int]:
        """Give the ids of a text."""

    def begin(self, prompts: Sequence[Sequence[int]], fixed: int = 0) -> tuple[Logits, Any]:
        """Read prompts whose first `fixed` tokens many others share; give logits (rows, vocabulary) and a state."""

    def next(self, state: Any, parents: Rows, tokens: Rows) -> tuple[Logits, Any]:
        """Go on: row n is that of `parents[n]` with `tokens[n]` after it."""
