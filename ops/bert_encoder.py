"""A BERT sentence encoder written out by hand, so that it can be exported without tracing a modelling library."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from ops.encoder_adapter import Products


@dataclass(frozen=True)
class BertShape:
    """The sizes of an encoder, as its `config.json` names them."""

    num_hidden_layers: int
    num_attention_heads: int
    hidden_size: int
    layer_norm_eps: float


class SentenceEncoder(nn.Module):
    """Token ids to one L2-normalised mean-pooled vector a sentence (what sentence-transformers computes)."""

    def __init__(self, weights: Mapping[str, torch.Tensor], shape: BertShape) -> None:
        super().__init__()
        self._shape = shape
        for name, tensor in weights.items():
            if tensor.is_floating_point():
                self.register_buffer(buffer_name(name), tensor)

    @property
    def dimension(self) -> int:
        """Length of a sentence's vector."""
        return self._shape.hidden_size

    def adapt(self, products: Products) -> None:
        """Add to each named matrix its product.

        Raises:
            ValueError: a product is for no matrix of this encoder.
        """
        for name, (down, up) in products.items():
            place, product = buffer_name(f"{name}.weight"), torch.from_numpy(up @ down)
            weight = self._buffers.get(place)
            if weight is None or weight.shape != product.shape:
                raise ValueError(f"the encoder has no matrix {name} of shape {tuple(product.shape)} to adapt")
            self._buffers[place] = weight + product

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Encode a padded batch: (sentences, tokens) integers to (sentences, hidden_size) floats."""
        states = self.through(self.embedded(input_ids), attention_mask, 0, self._shape.num_hidden_layers)
        return self.pooled(states, attention_mask)

    def through(self, states: torch.Tensor, attention_mask: torch.Tensor, first: int, end: int) -> torch.Tensor:
        """Pass states, shape (sentences, tokens, hidden_size), through the layers from `first` to before `end`."""
        hidden = ((1 - attention_mask.float()) * -1e9)[:, None, None, :]
        for index in range(first, end):
            states = self._layer(f"encoder.layer.{index}.", states, hidden)
        return states

    def pooled(self, states: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Give the L2-normalised mean of each sentence's token states."""
        weight = attention_mask.unsqueeze(-1).float()
        mean = (states * weight).sum(1) / weight.sum(1).clamp(min=1e-9)
        return functional.normalize(mean, p=2.0, dim=1)

    def embedded(self, input_ids: torch.Tensor) -> torch.Tensor:
        """Give the states of tokens before the first layer."""
        # A running count, not arange(length), so that the exported graph takes any sentence length.
        positions = torch.cumsum(torch.ones_like(input_ids), 1) - 1
        words = self._weight("embeddings.word_embeddings.weight")[input_ids]
        places = self._weight("embeddings.position_embeddings.weight")[positions]
        kind = self._weight("embeddings.token_type_embeddings.weight")[0]
        return self._norm("embeddings.LayerNorm", words + places + kind)

    def _layer(self, name: str, states: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
        attended = self._linear(name + "attention.output.dense", self._attend(name, states, hidden))
        states = self._norm(name + "attention.output.LayerNorm", attended + states)
        widened = functional.gelu(self._linear(name + "intermediate.dense", states))
        return self._norm(name + "output.LayerNorm", self._linear(name + "output.dense", widened) + states)

    def _attend(self, name: str, states: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
        heads, size = self._shape.num_attention_heads, self._shape.hidden_size
        width = size // heads
        batch = states.shape[0]
        query, key, value = (
            self._linear(f"{name}attention.self.{part}", states).reshape(batch, -1, heads, width).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        scores = torch.softmax(query @ key.transpose(-1, -2) / math.sqrt(width) + hidden, -1)
        return (scores @ value).transpose(1, 2).reshape(batch, -1, size)

    def _weight(self, name: str) -> torch.Tensor:
        return self.get_buffer(buffer_name(name))

    def _linear(self, name: str, states: torch.Tensor) -> torch.Tensor:
        return functional.linear(states, self._weight(name + ".weight"), self._weight(name + ".bias"))

    def _norm(self, name: str, states: torch.Tensor) -> torch.Tensor:
        size, epsilon = self._shape.hidden_size, self._shape.layer_norm_eps
        return functional.layer_norm(
            states, (size,), self._weight(name + ".weight"), self._weight(name + ".bias"), epsilon
        )


def buffer_name(name: str) -> str:
    """Name a buffer after a weight; torch allows no dot in it."""
    return name.replace(".", "_")
