"""The decoder as one ONNX graph with a cache of keys and values, in eight bits; and its weights back out of it.

Inputs: `ids` and `positions` (rows, new), `mask` (rows, past + new) with 1 where a token counts, `last` (rows,) the
place of the newest token that counts, and `key.N`, `value.N` (rows, heads, past, head) of each layer. Outputs: `logits`
(rows, vocabulary) after `last`, and the grown `key.N`, `value.N`.

The graph is this library's own, as exporting that of transformers takes packages that are not here; a test holds the
two to the same logits.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from replies.errors import ArtifactDamaged
from replies.sizes import Sizes

OPSET = 17
_NORM_EPSILON = 1e-6
_ROPE_BASE = 10_000.0
_LINEAR = {
    "query": "self_attn.q_proj",
    "key": "self_attn.k_proj",
    "value": "self_attn.v_proj",
    "out": "self_attn.o_proj",
    "gate": "mlp.gate_proj",
    "up": "mlp.up_proj",
    "down": "mlp.down_proj",
}
_NORMS = {"before": "input_layernorm", "between": "post_attention_layernorm"}


class DecoderGraph(nn.Module):
    """The same function as transformers' Llama, with weights that multiply from the right, under names of their own.

    Args:
        weights: a Llama's state dict.
        sizes: its sizes.
    """

    def __init__(self, weights: Mapping[str, Tensor], sizes: Sizes) -> None:
        super().__init__()
        self.sizes = sizes
        table = weights["model.embed_tokens.weight"].float()
        scale = (table.abs().amax(dim=1, keepdim=True) / 127).clamp(min=1e-8)
        # The table is kept in eight bits from the start: the quantiser would give all its rows one scale.
        self.register_buffer("embedding", torch.round(table / scale).to(torch.int8))
        self.register_buffer("embedding_scale", scale)
        self.head = nn.Parameter(table.T.contiguous())
        self.norm = nn.Parameter(weights["model.norm.weight"].float())
        self.layers = nn.ModuleList(_layer(weights, number) for number in range(sizes.layers))
        steps = torch.arange(0, sizes.head, 2, dtype=torch.float32) / sizes.head
        self.register_buffer("frequencies", 1.0 / (_ROPE_BASE**steps))

    def forward(self, ids: Tensor, positions: Tensor, mask: Tensor, last: Tensor, *cache: Tensor) -> tuple[Tensor, ...]:
        """Give logits and the grown cache."""
        parts: Any = self
        hidden = parts.embedding[ids].float() * parts.embedding_scale[ids]
        turned = positions.unsqueeze(-1).float() * parts.frequencies
        angles = torch.cat([turned, turned], dim=-1).unsqueeze(1)
        cosine, sine = angles.cos(), angles.sin()
        hiding = _hiding(mask, ids.shape[1])
        grown: list[Tensor] = []
        for number, layer in enumerate(self.layers):
            past = cache[2 * number], cache[2 * number + 1]
            hidden, now = self._layer(layer, hidden, (cosine, sine), hiding, past)
            grown.extend(now)
        rows = torch.arange(hidden.shape[0])
        final = _normed(hidden[rows, last], self.norm)
        return (final @ self.head, *grown)

    def _layer(
        self,
        layer: Any,
        hidden: Tensor,
        turn: tuple[Tensor, Tensor],
        hiding: Tensor,
        past: tuple[Tensor, Tensor],
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        normed = _normed(hidden, layer.before)
        query = _turned(self._heads(normed @ layer.query), turn)
        key = torch.cat([past[0], _turned(self._heads(normed @ layer.key), turn)], dim=2)
        value = torch.cat([past[1], self._heads(normed @ layer.value)], dim=2)
        scores = query @ key.transpose(2, 3) / self.sizes.head**0.5 + hiding
        mixed = (scores.softmax(dim=-1) @ value).transpose(1, 2)
        hidden = hidden + mixed.reshape(hidden.shape[0], hidden.shape[1], self.sizes.width) @ layer.out
        normed = _normed(hidden, layer.between)
        return hidden + (nn.functional.silu(normed @ layer.gate) * (normed @ layer.up)) @ layer.down, (key, value)

    def _heads(self, rows: Tensor) -> Tensor:
        return rows.reshape(rows.shape[0], rows.shape[1], self.sizes.heads, self.sizes.head).transpose(1, 2)


def write_graph(weights: Mapping[str, Tensor], sizes: Sizes, file: Path, int8: bool = True) -> None:
    """Write a decoder's graph.

    Args:
        weights: a Llama's state dict.
        sizes: its sizes.
        file: the file to write.
        int8: whether its products are counted in eight bits; the embedding always is.
    """
    graph = DecoderGraph(weights, sizes).eval()
    rows, past, new = 2, 3, 2
    empty = torch.zeros(rows, sizes.heads, past, sizes.head)
    ids = torch.zeros(rows, new, dtype=torch.long)
    inputs = (ids, ids, torch.ones(rows, past + new, dtype=torch.long), torch.zeros(rows, dtype=torch.long))
    cache = _cache_names(sizes.layers)
    axes: dict[str, dict[int, str]] = {
        **{"ids": {0: "rows", 1: "new"}, "positions": {0: "rows", 1: "new"}},
        **{"mask": {0: "rows", 1: "all"}, "last": {0: "rows"}, "logits": {0: "rows"}},
        **{name: {0: "rows", 2: "past"} for name in cache},
        **{f"grown.{name}": {0: "rows", 2: "all"} for name in cache},
    }
    full = file.with_suffix(".full.onnx") if int8 else file
    with _quiet(), torch.inference_mode():
        torch.onnx.export(
            graph,
            (*inputs, *[empty] * (2 * sizes.layers)),
            str(full),
            input_names=["ids", "positions", "mask", "last", *cache],
            output_names=["logits", *(f"grown.{name}" for name in cache)],
            dynamic_axes=axes,
            opset_version=OPSET,
            # The newer exporter needs onnxscript, which is not among the packages.
            dynamo=False,
        )
        if int8:
            _quantise(full, file)
            full.unlink()


def weights_of(file: Path, sizes: Sizes) -> dict[str, Tensor]:
    """Give the state dict of the Llama that a graph was written from, to the precision that the graph keeps.

    Raises:
        ArtifactDamaged: the file is no such graph.
    """
    import onnx
    from onnx import numpy_helper

    try:
        held = {part.name: numpy_helper.to_array(part) for part in onnx.load(str(file)).graph.initializer}
        table = held["embedding"].astype(np.float32) * held["embedding_scale"]
        found = {"model.embed_tokens.weight": torch.tensor(table), "model.norm.weight": torch.tensor(held["norm"])}
        for number in range(sizes.layers):
            for own, theirs in _LINEAR.items():
                matrix = _full(held, f"layers.{number}.{own}")
                found[f"model.layers.{number}.{theirs}.weight"] = torch.tensor(matrix.T.copy())
            for own, theirs in _NORMS.items():
                found[f"model.layers.{number}.{theirs}.weight"] = torch.tensor(held[f"layers.{number}.{own}"])
    except Exception as error:  # a file cut short fails in many ways, of many libraries
        raise ArtifactDamaged(file, f"is no graph of this library ({error!r})") from error
    return found


def _layer(weights: Mapping[str, Tensor], number: int) -> nn.Module:
    layer = nn.Module()
    for own, theirs in _LINEAR.items():
        matrix = weights[f"model.layers.{number}.{theirs}.weight"].float().T.contiguous()
        setattr(layer, own, nn.Parameter(matrix))
    for own, theirs in _NORMS.items():
        setattr(layer, own, nn.Parameter(weights[f"model.layers.{number}.{theirs}.weight"].float()))
    return layer


def _cache_names(layers: int) -> list[str]:
    return [f"{kind}.{number}" for number in range(layers) for kind in ("key", "value")]


def _hiding(mask: Tensor, new: int) -> Tensor:
    """Give what is added to attention scores, shape (rows, 1, new, all): nothing looks ahead or at padding."""
    every = mask.shape[1]
    place = torch.arange(every)
    own = torch.arange(new) + (every - new)
    seen = (place.unsqueeze(0) <= own.unsqueeze(1)).unsqueeze(0) & (mask.unsqueeze(1) > 0)
    return ((~seen).float() * -1e9).unsqueeze(1)


def _normed(rows: Tensor, weight: Tensor) -> Tensor:
    return weight * (rows * torch.rsqrt(rows.pow(2).mean(-1, keepdim=True) + _NORM_EPSILON))


def _turned(rows: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    first, second = rows.chunk(2, dim=-1)
    return rows * turn[0] + torch.cat([-second, first], dim=-1) * turn[1]


def _quantise(full: Path, file: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(full, file, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul"])


def _full(held: Mapping[str, NDArray[Any]], name: str) -> NDArray[np.float32]:
    """Give a matrix in full: as it lies there, or by its eight-bit steps."""
    if name in held:
        return np.asarray(held[name], np.float32)
    steps = held[f"{name}_quantized"].astype(np.float32) - held[f"{name}_zero_point"].astype(np.float32)
    return np.asarray(steps * held[f"{name}_scale"], np.float32)


@contextmanager
def _quiet() -> Iterator[None]:
    # The older exporter warns that it is old, and the quantiser warns through the root logger on every call.
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            root.setLevel(level)
