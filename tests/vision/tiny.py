"""Encoders that are real and small: a tiny CLIP of random weights, and one that sees colours where they lie."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image

from vision.encoder import Encoder, EncoderIdentity, Preprocess, Vectors
from vision.preprocess import fitted

TINY_SIZE, TINY_DIMENSIONS = 32, 16
TINY_PREPROCESS = Preprocess(TINY_SIZE, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5), "squash")
TINY_CONFIG: dict[str, Any] = {
    "embed_dim": TINY_DIMENSIONS,
    "vision_cfg": {"image_size": TINY_SIZE, "layers": 1, "width": 32, "head_width": 16, "patch_size": 8},
    "text_cfg": {"context_length": 24, "vocab_size": 49408, "width": 16, "heads": 1, "layers": 1},
}
"""An open_clip model of half a million weights, nearly all of them its word table."""

COLOURS: dict[str, tuple[int, int, int]] = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "grey": (128, 128, 128),
    "red": (220, 20, 30),
    "green": (20, 150, 40),
    "blue": (20, 40, 220),
    "yellow": (250, 220, 20),
    "orange": (250, 130, 10),
    "purple": (130, 20, 150),
    "pink": (250, 150, 190),
    "brown": (120, 70, 20),
    "cyan": (20, 210, 220),
}


def plain(colour: str, size: tuple[int, int] = (64, 64)) -> Image.Image:
    """Paint a picture of one colour."""
    return Image.new("RGB", size, COLOURS[colour])


def halves(left: str, right: str, size: tuple[int, int] = (64, 64)) -> Image.Image:
    """Paint a picture of two colours side by side."""
    image = plain(left, size)
    image.paste(COLOURS[right], (size[0] // 2, 0, *size))
    return image


class ColourEncoder:
    """Sees how much of each of twelve colours lies where in a picture; a text is the colours that it names.

    Near pictures have near vectors, and the text "red" lies nearest to what is red. The first part of a vector is the
    whole picture, the second its four quarters; a text fills each quarter with what it names.
    """

    identity = EncoderIdentity("colours", "c0" * 32, Preprocess(16, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), "squash"), 60)

    def encode_images(self, images: Sequence[Image.Image]) -> Vectors:
        return _unit([self._image(image) for image in images], self.identity.dimensions)

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        return _unit([self._text(text) for text in texts], self.identity.dimensions)

    def _image(self, image: Image.Image) -> np.ndarray:
        size = self.identity.preprocess.size
        square = np.asarray(fitted(image, size, "squash"), dtype=np.float32)
        palette = np.asarray(list(COLOURS.values()), dtype=np.float32)
        distances = ((square[:, :, None, :] - palette) ** 2).sum(-1)
        shares = np.exp(-distances / 2500)
        shares /= shares.sum(-1, keepdims=True) + 1e-6
        half = size // 2
        quarters = [shares[y : y + half, x : x + half].mean((0, 1)) for y in (0, half) for x in (0, half)]
        return np.concatenate([shares.mean((0, 1)) * 2, *quarters])

    def _text(self, text: str) -> np.ndarray:
        words = re.findall(r"[a-z]+", text.lower())
        named = np.array([words.count(colour) for colour in COLOURS], dtype=np.float32)
        # A text that names no colour lies equally far from all of them.
        named = named if named.any() else np.ones(len(COLOURS), dtype=np.float32)
        return np.concatenate([named / named.sum() * 2, *([named / named.sum()] * 4)])


@lru_cache
def tiny_encoder(seed: int = 0) -> Encoder:
    """Build a tiny open_clip model of random weights; the same for the same seed, made once a session."""
    import open_clip
    import torch
    from open_clip.model import CLIP

    from vision.torch_encoder import TorchEncoder

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = CLIP(**TINY_CONFIG).eval()
    tokenizer = open_clip.SimpleTokenizer(context_length=TINY_CONFIG["text_cfg"]["context_length"])
    return TorchEncoder(model, tokenizer, TINY_PREPROCESS, f"tiny-{seed}")


def _unit(rows: Sequence[np.ndarray], dimensions: int) -> Vectors:
    vectors = np.array(rows, dtype=np.float32).reshape(-1, dimensions)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
