"""Any causal or seq2seq model of transformers as a backend, by a hub name or a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from replies.backend import Logits, Rows
from replies.errors import UnknownModel
from replies.hub import HubTokens
from replies.tokens import Tokens

_LONGEST = 2048


@dataclass(frozen=True)
class TorchState:
    """The cache so far, which tokens count, the next position, and of a seq2seq model what its encoder read."""

    cache: Any
    mask: Tensor
    position: Tensor
    read: Tensor | None = None


class TorchBackend:
    """Runs a model of transformers; for one thread at a time.

    Args:
        network: a causal or seq2seq model in evaluation mode.
        tokens: its tokenizer.
        half: whether it counts in bfloat16.
        threads: processor threads.
    """

    def __init__(self, network: Any, tokens: HubTokens | Tokens, half: bool = False, threads: int = 1) -> None:
        self._network = network.to(torch.bfloat16) if half else network
        self._tokens, self._threads = tokens, threads
        self._seq2seq = bool(network.config.is_encoder_decoder)
        self.end, self.pieces = tokens.end, tokens.pieces
        longest = getattr(network.config, "max_position_embeddings", 0) or getattr(network.config, "n_positions", 0)
        self.most_tokens = int(longest or _LONGEST)

    def encode(self, text: str) -> list[int]:
        """Give the ids of a text."""
        return self._tokens.encode(text)

    def begin(self, prompts: Sequence[Sequence[int]], fixed: int = 0) -> tuple[Logits, TorchState]:
        """Read prompts; see `Backend`. What is fixed is read each time, as these models share no cache."""
        torch.set_num_threads(self._threads)
        longest = max(map(len, prompts))
        gaps = [longest - len(prompt) for prompt in prompts]
        # Padding goes before, so that the last place of every row is its own.
        ids = torch.tensor([[self._tokens.pad] * gap + list(prompt) for gap, prompt in zip(gaps, prompts, strict=True)])
        mask = torch.tensor([[0] * gap + [1] * (longest - gap) for gap in gaps])
        with torch.inference_mode():
            if self._seq2seq:
                return self._begin_seq2seq(ids, mask)
            positions = (mask.cumsum(1) - 1).clamp(min=0)
            said = self._network(input_ids=ids, attention_mask=mask, position_ids=positions, use_cache=True)
            state = TorchState(said.past_key_values, mask, positions[:, -1] + 1)
            return _last(said.logits), state

    def next(self, state: TorchState, parents: Rows, tokens: Rows) -> tuple[Logits, TorchState]:
        """Go on by one token; see `Backend`."""
        rows, new = torch.from_numpy(parents), torch.from_numpy(tokens)[:, None]
        state.cache.batch_select_indices(rows)
        with torch.inference_mode():
            if self._seq2seq:
                return self._next_seq2seq(state, rows, new)
            mask = torch.cat([state.mask[rows], torch.ones_like(new)], dim=1)
            position = state.position[rows]
            said = self._network(
                input_ids=new,
                attention_mask=mask,
                position_ids=position[:, None],
                past_key_values=state.cache,
                use_cache=True,
            )
            return _last(said.logits), TorchState(said.past_key_values, mask, position + 1)

    def _begin_seq2seq(self, ids: Tensor, mask: Tensor) -> tuple[Logits, TorchState]:
        read = self._network.get_encoder()(input_ids=ids, attention_mask=mask).last_hidden_state
        start = self._network.config.decoder_start_token_id
        if start is None:
            raise UnknownModel(type(self._network).__name__, "its config names no decoder_start_token_id")
        begun = torch.full((len(ids), 1), start)
        said = self._network(encoder_outputs=(read,), attention_mask=mask, decoder_input_ids=begun, use_cache=True)
        return _last(said.logits), TorchState(said.past_key_values, mask, torch.ones(len(ids)), read)

    def _next_seq2seq(self, state: TorchState, rows: Tensor, new: Tensor) -> tuple[Logits, TorchState]:
        mask = state.mask[rows]
        read = None if state.read is None else state.read[rows]
        said = self._network(
            encoder_outputs=(read,),
            attention_mask=mask,
            decoder_input_ids=new,
            past_key_values=state.cache,
            use_cache=True,
        )
        return _last(said.logits), TorchState(said.past_key_values, mask, state.position, read)


def _last(logits: Tensor) -> Logits:
    return np.asarray(logits[:, -1].float().numpy(), np.float32)
