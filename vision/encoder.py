"""What turns pictures and words into vectors of one space, whatever model is behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image

Vectors = NDArray[np.float32]
"""L2-normalised rows, shape (n, d)."""


@dataclass(frozen=True)
class Preprocess:
    """How a picture is brought to the form that an image tower reads.

    Attributes:
        size: side of the square that the tower reads, in pixels.
        mean: taken from each channel (of 0 to 1), red, green, blue.
        std: each channel is divided by it afterwards.
        fit: "squash" resizes to the square, "crop" resizes the shorter side and cuts the middle, "pad" keeps all of
            the picture on a white square.
    """

    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    fit: str = "crop"


@dataclass(frozen=True)
class EncoderIdentity:
    """Which model makes the vectors: two that differ in any part are never mixed in one gallery.

    Attributes:
        name: of the model, for people.
        checksum: sha256 over its weights and configuration.
        preprocess: how pictures are prepared.
        dimensions: length of a vector.
    """

    name: str
    checksum: str
    preprocess: Preprocess
    dimensions: int


class Encoder(Protocol):
    """Encodes pictures and texts into one space; safe to use from several threads."""

    @property
    def identity(self) -> EncoderIdentity:
        """Tell which model this is."""

    def encode_images(self, images: Sequence[Image]) -> Vectors:
        """Give one L2-normalised row per RGB picture, shape (n, d)."""

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Give one L2-normalised row per text, shape (n, d)."""
