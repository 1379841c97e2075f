"""What training makes small: photos near their product's picture and text, and photos of one product near each other.

All vectors are L2-normalised rows. The sums are those of CLIP (arXiv 2103.00020) against a bank of all products, and
of supervised contrast (arXiv 2004.11362).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def toward(queries: Tensor, bank: Tensor, products: Tensor, scale: Tensor, smoothing: float, weights: Tensor) -> Tensor:
    """Pull each query to its own row of a bank and away from all others: smoothed cross-entropy of the softmax.

    Args:
        queries: shape (m, d).
        bank: one row a product, shape (p, d).
        products: the row of each query, shape (m,).
        scale: of the similarities, a number; CLIP's inverse temperature.
        smoothing: share of the label that is spread over the bank.
        weights: how much each query counts, shape (m,).
    """
    each = functional.cross_entropy(scale * queries @ bank.T, products, label_smoothing=smoothing, reduction="none")
    return (each * weights).sum() / weights.sum()


def alike(vectors: Tensor, products: Tensor, scale: Tensor) -> Tensor:
    """Pull photos of one product together: supervised contrast, 0 where no product has two photos.

    Args:
        vectors: shape (m, d).
        products: shape (m,).
        scale: of the similarities, a number.
    """
    itself = torch.eye(len(vectors), dtype=torch.bool)
    same = (products[:, None] == products[None]) & ~itself
    chances = functional.log_softmax((scale * vectors @ vectors.T).masked_fill(itself, -torch.inf), dim=1)
    paired = same.any(1)
    if not bool(paired.any()):
        return vectors.sum() * 0.0
    drawn = torch.where(same, chances, torch.zeros_like(chances)).sum(1)
    return -(drawn[paired] / same.sum(1)[paired]).mean()


def drift(features: Tensor, frozen: Tensor, spread: float) -> Tensor:
    """Measure how far trained features left those of the frozen tower, as a share of their spread.

    Args:
        features: shape (m, f).
        frozen: of the same photos, shape (m, f).
        spread: mean squared distance of frozen features from their mean.
    """
    return (features - frozen).square().sum(1).mean() / spread
