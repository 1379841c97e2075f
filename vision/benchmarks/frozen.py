"""The image tower as ImageNet left it: what every tuned model is measured beside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from vision.encoder import Vectors
from vision.errors import UnknownModel
from vision.torch_encoder import Tokenizer, TorchEncoder
from vision.towers import build_default


class Trunk(nn.Module):
    """The image tower alone, without the projection that nothing has taught yet."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.trunk = cast(Any, model).visual.trunk

    def encode_image(self, pixels: torch.Tensor) -> torch.Tensor:
        """Give the pooled features, shape (n, f)."""
        features: torch.Tensor = self.trunk(pixels)
        return features

    def encode_text(self, tokens: torch.Tensor) -> torch.Tensor:
        """Read nothing: the tower knows no words. Zeros, shape (n, f)."""
        return torch.zeros(len(tokens), int(self.trunk.num_features))


def frozen_tower(tower: str = "lite0", threads: int = 1) -> TorchEncoder:
    """Build the embedded image tower without any training of ours, as an encoder of pictures."""
    model, tokenizer, preprocess = build_default(tower)
    return TorchEncoder(Trunk(model).eval(), cast(Tokenizer, tokenizer), preprocess, f"{tower} frozen", threads=threads)


def centred(queries: Vectors, gallery: Vectors, photos: Vectors) -> tuple[Vectors, Vectors]:
    """Take its mean from each side, which untrained features gain most by.

    Args:
        queries: shape (m, d).
        gallery: shape (n, d); its own mean is taken from it.
        photos: of what queries look like, without being them: their mean is taken from the queries.
    """
    if not len(photos) or not len(gallery):
        raise UnknownModel("mean", "no pictures to take it of")
    return _unit(queries - photos.mean(axis=0)), _unit(gallery - gallery.mean(axis=0))


def _unit(rows: Vectors) -> Vectors:
    unit: Vectors = functional.normalize(torch.from_numpy(np.ascontiguousarray(rows)), dim=-1).numpy()
    return unit


def of_products(vectors: Vectors, item_ids: Sequence[str], products: Sequence[str]) -> Vectors:
    """Give the normalised mean of each product's vectors, zeros where it has none, shape (products, d)."""
    rows = np.zeros((len(products), vectors.shape[1]), np.float32)
    places = {product: place for place, product in enumerate(products)}
    for vector, item_id in zip(vectors, item_ids, strict=True):
        rows[places[item_id]] += vector
    return _unit(rows)
