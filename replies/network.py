"""The decoder of our own: a small Llama, made from nothing but its sizes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from replies.errors import InvalidSetting
from replies.sizes import Sizes
from replies.tokens import Tokens


def new_network(sizes: Sizes, pad: int, end: int, seed: int = 0, dropout: float = 0.0) -> Any:
    """Make a decoder of random weights, the same for the same seed.

    Args:
        sizes: how large.
        pad: the token that fills rows.
        end: the token that ends a reply.
        seed: of the weights.
        dropout: of attention weights; of hidden states it is the learner's.
    """
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=sizes.vocabulary,
        hidden_size=sizes.width,
        intermediate_size=sizes.inner,
        num_hidden_layers=sizes.layers,
        num_attention_heads=sizes.heads,
        num_key_value_heads=sizes.heads,
        max_position_embeddings=sizes.most_tokens,
        tie_word_embeddings=True,
        attention_dropout=dropout,
        pad_token_id=pad,
        bos_token_id=end,
        eos_token_id=end,
        initializer_range=0.02,
    )
    torch.manual_seed(seed)
    return LlamaForCausalLM(config)


def sizes_of(config: Any) -> Sizes:
    """Read the sizes of a decoder from its transformers config."""
    return Sizes(
        config.hidden_size,
        config.intermediate_size,
        config.num_hidden_layers,
        config.num_attention_heads,
        config.vocab_size,
        config.max_position_embeddings,
    )


def load_weights(network: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Set the weights of a decoder, whose output layer is its embedding."""
    missing, extra = network.load_state_dict(dict(weights), strict=False)
    wrong = [name for name in missing if name != "lm_head.weight"] + list(extra)
    if wrong:
        raise InvalidSetting("weights", wrong[:3], "do not fit the sizes")
    network.tie_weights()  # type: ignore[operator]


def warm_start(network: nn.Module, tokens: Tokens, weights: Mapping[str, Tensor], known: Tokens) -> None:
    """Let a decoder begin where another of the same sizes ended, whose tokens are others.

    A token that both have keeps its row; one that is new begins as the mean of the old tokens that its text is made of.

    Args:
        network: to begin with.
        tokens: its tokenizer.
        weights: of the other decoder.
        known: the other's tokenizer.
    """
    table = weights["model.embed_tokens.weight"]
    rows = torch.stack([table[numbers].mean(0) for numbers in tokens.told_by(known)])
    load_weights(network, {**weights, "model.embed_tokens.weight": rows, "lm_head.weight": rows})


def count_weights(network: nn.Module) -> int:
    """Count the numbers that a network has learnt."""
    return sum(weight.numel() for weight in network.parameters())
