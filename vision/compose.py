"""Lets words move a photo's search: "this, but red"."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vision.encoder import Encoder
from vision.matching import Vector
from vision.scoring import Ints, ItemSpace

Floats = NDArray[np.float32]


def words_vector(encoder: Encoder, text: str) -> Vector | None:
    """Encode what a shopper said with a photo, shape (d,); None where nothing was said."""
    said = " ".join(text.split())
    return encoder.encode_texts([said])[0] if said else None


def words_scores(space: ItemSpace, words: Vector, items: Ints) -> Floats:
    """Tell how well products fit the words, shape (c,): similarity to their captions, less its mean over all of them.

    Texts are compared with texts: two sentences of one tower lie nearer to each other than to any picture.
    """
    scores = space.caption_scores(items, words)
    return np.asarray(scores - scores.mean(), dtype=np.float32)
