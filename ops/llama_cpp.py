"""Our decoder in llama.cpp's own file, and written with by llama.cpp: for measuring beside the forms that are served.

Needs `pip install gguf xllamacpp`, which are no part of the set-up: what serves by default is faster to load, and holds
to rules at each token, which llama.cpp's server cannot.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replies.sizes import Sizes
from replies.tokens import Tokens

FORMS: Final[Mapping[str, str]] = {"llama.cpp fp32": "F32", "llama.cpp Q8": "Q8_0", "llama.cpp Q4": "Q4_0"}
"""What this bench calls each form, and what llama.cpp calls its numbers."""

_LAYER: Final[Mapping[str, str]] = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
}
_ONCE: Final[Mapping[str, str]] = {"model.embed_tokens": "token_embd", "model.norm": "output_norm"}
_TURNED: Final = frozenset({"self_attn.q_proj", "self_attn.k_proj"})


def is_installed() -> bool:
    """Tell whether both packages are there."""
    return all(find_spec(name) is not None for name in ("gguf", "xllamacpp"))


def write_gguf(weights: Mapping[str, NDArray[np.float32]], sizes: Sizes, tokens: Tokens, file: Path, form: str) -> None:
    """Write a decoder as llama.cpp reads it.

    Args:
        weights: by the names that transformers gives.
        sizes: of the decoder.
        tokens: its tokenizer; llama.cpp is only ever given token ids, so it gets their texts and no way to join them.
        file: to write.
        form: one of `FORMS`.
    """
    gguf: Any = import_module("gguf")
    kind = gguf.GGMLQuantizationType[FORMS[form]]
    writer = gguf.GGUFWriter(str(file), "llama")
    for say, value in (
        (writer.add_context_length, sizes.most_tokens),
        (writer.add_embedding_length, sizes.width),
        (writer.add_block_count, sizes.layers),
        (writer.add_feed_forward_length, sizes.inner),
        (writer.add_head_count, sizes.heads),
        (writer.add_head_count_kv, sizes.heads),
        (writer.add_layer_norm_rms_eps, 1e-6),
        (writer.add_rope_freq_base, 10_000.0),
        (writer.add_rope_dimension_count, sizes.head),
        (writer.add_vocab_size, sizes.vocabulary),
        (writer.add_tokenizer_model, "gpt2"),
        (writer.add_tokenizer_pre, "default"),
        (writer.add_token_list, [f"{number}" for number in range(sizes.vocabulary)]),
        (writer.add_token_types, [int(gguf.TokenType.NORMAL)] * sizes.vocabulary),
        (writer.add_token_merges, ["1 0"]),
        (writer.add_bos_token_id, tokens.end),
        (writer.add_eos_token_id, tokens.end),
        (writer.add_pad_token_id, tokens.pad),
        (writer.add_add_bos_token, False),
    ):
        say(value)
    for name, array in named_for_llama(weights, sizes):
        if array.ndim == 1 or FORMS[form] == "F32":
            writer.add_tensor(name, array)
        else:
            writer.add_tensor(name, gguf.quants.quantize(array, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def named_for_llama(
    weights: Mapping[str, NDArray[np.float32]], sizes: Sizes
) -> Sequence[tuple[str, NDArray[np.float32]]]:
    """Give weights by llama.cpp's names; queries and keys in its order, which turns neighbours, not halves."""
    found = [(f"{other}.weight", weights[f"{name}.weight"]) for name, other in _ONCE.items()]
    for layer in range(sizes.layers):
        for name, other in _LAYER.items():
            array = weights[f"model.layers.{layer}.{name}.weight"]
            if name in _TURNED:
                halves = array.reshape(sizes.heads, 2, sizes.head // 2, sizes.width)
                array = halves.swapaxes(1, 2).reshape(array.shape)
            found.append((f"blk.{layer}.{other}.weight", array))
    return found


@dataclass(frozen=True)
class LlamaServer:
    """llama.cpp on one thread, asked by token ids; the likeliest token each time."""

    address: str
    server: Any
    end: int

    @classmethod
    def of(cls, file: Path, end: int, most_tokens: int) -> LlamaServer:
        """Load a file; the server goes with the process."""
        llama: Any = import_module("xllamacpp")
        params = llama.CommonParams()
        params.model.path = str(file)
        params.n_ctx, params.n_parallel, params.n_gpu_layers, params.port = most_tokens, 1, 0, 0
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
        params.warmup = False
        server = llama.Server(params)
        return cls(server.listening_address, server, end)

    def write(self, prompt: Sequence[int], most_new: int) -> list[int]:
        """Write the tokens that follow a prompt, without the end."""
        asked = {"prompt": list(prompt), "n_predict": most_new, "temperature": 0, "top_k": 1, "cache_prompt": False}
        body = json.dumps({**asked, "return_tokens": True}).encode()
        request = urllib.request.Request(  # noqa: S310 - the server of this process
            f"{self.address}/completion", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return [token for token in json.load(answer)["tokens"] if token != self.end]
