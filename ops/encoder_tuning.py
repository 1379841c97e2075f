"""Teaches the upper layers of a sentence encoder to tell intents apart.

The lower layers stay as they are, so each example passes through them once and its states are kept; what learns is a
low-rank adapter of the layers above (Hu et al., 2021) under a linear head, which is thrown away afterwards.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from ops.bert_encoder import BertShape, SentenceEncoder, buffer_name
from ops.encoder_adapter import Products

Numbers = NDArray[np.int64]
MATRICES = (
    *(f"attention.self.{part}" for part in ("query", "key", "value")),
    *("attention.output.dense", "intermediate.dense", "output.dense"),
)
# Batches are put together of sentences of like length, drawn from so many batches.
_POOL = 16
_ENCODED_AT_ONCE = 64
# The sign for the beginning, which is never hidden.
_NEVER_HIDDEN = 1


@dataclass(frozen=True)
class TuningSettings:
    """How an adapter is made.

    The defaults were chosen on clusters of the training text that were left out; how often each example is seen, on
    messages of five authors that were; the lowest layer and the rank, among three pairs, on the split `development`.

    Attributes:
        first_layer: the lowest that learns.
        rank: of each product.
        alpha: a product counts alpha / rank.
        rate: of learning; the head's is three times that.
        epochs: how often each example is seen.
        batch: examples a step.
        dropout: share of what goes into a product that is hidden.
        hidden_words: share of an example's tokens that are hidden.
        sharpness: by which the head's vectors are multiplied.
        smoothing: of the labels.
        seed: of all that is drawn.
    """

    first_layer: int = 5
    rank: int = 32
    alpha: float = 64.0
    rate: float = 1e-3
    epochs: float = 2.0
    batch: int = 64
    dropout: float = 0.1
    hidden_words: float = 0.15
    sharpness: float = 12.0
    smoothing: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be learnt with."""
        for name in ("rank", "alpha", "rate", "epochs", "batch", "sharpness"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be above 0, not {getattr(self, name)!r}")
        for name in ("dropout", "hidden_words", "smoothing"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} must be from 0 to below 1, not {getattr(self, name)!r}")


class TunableEncoder(SentenceEncoder):
    """An encoder with an adapter that can learn; as it begins, it gives what it gives without.

    Args:
        weights: by the names that BERT's checkpoints use.
        shape: the encoder's sizes.
        settings: of the adapter.

    Raises:
        ValueError: the lowest layer that shall learn is none of the encoder's.
    """

    def __init__(self, weights: Mapping[str, torch.Tensor], shape: BertShape, settings: TuningSettings) -> None:
        super().__init__(weights, shape)
        if not 0 <= settings.first_layer < shape.num_hidden_layers:
            raise ValueError(
                f"first_layer must be from 0 to {shape.num_hidden_layers - 1}, not {settings.first_layer!r}"
            )
        self.settings = settings
        self.first, self.layers = settings.first_layer, shape.num_hidden_layers
        self._scale = settings.alpha / settings.rank
        places = range(self.first, self.layers)
        self._adapted = frozenset(f"encoder.layer.{place}.{name}" for place in places for name in MATRICES)
        self._down, self._up = nn.ParameterDict(), nn.ParameterDict()
        for name in sorted(self._adapted):
            out, into = self._weight(name + ".weight").shape
            self._down[buffer_name(name)] = torch.randn(settings.rank, into) / math.sqrt(into)
            self._up[buffer_name(name)] = torch.zeros(out, settings.rank)

    @torch.no_grad()
    def products(self) -> Products:
        """Give the narrow matrices of each adapted one, as they stand."""
        return {
            name: (self._down[buffer_name(name)].numpy(), (self._up[buffer_name(name)] * self._scale).numpy())
            for name in sorted(self._adapted)
        }

    def _linear(self, name: str, states: torch.Tensor) -> torch.Tensor:
        plain = super()._linear(name, states)
        if name not in self._adapted:
            return plain
        read = functional.dropout(states, self.settings.dropout, self.training)
        narrow = functional.linear(read, self._down[buffer_name(name)])
        return plain + functional.linear(narrow, self._up[buffer_name(name)]) * self._scale


class LowerStates:
    """What the layers below the adapter make of each sentence, in half precision, and its vector as it is at first.

    Args:
        encoder: whose adapter has learnt nothing yet.
        sentences: the tokens of each.
        told: how many were encoded since it was told last.
    """

    def __init__(
        self, encoder: TunableEncoder, sentences: Sequence[Sequence[int]], told: Callable[[int], object]
    ) -> None:
        self.lengths = np.array([len(one) for one in sentences])
        self.vectors = torch.zeros(len(sentences), encoder.dimension)
        self._states = [torch.empty(0)] * len(sentences)
        order = np.argsort(self.lengths, kind="stable")
        for start in range(0, len(order), _ENCODED_AT_ONCE):
            self._add(encoder, sentences, order[start : start + _ENCODED_AT_ONCE])
            told(len(order[start : start + _ENCODED_AT_ONCE]))

    @torch.no_grad()
    def _add(self, encoder: TunableEncoder, sentences: Sequence[Sequence[int]], chosen: Numbers) -> None:
        rows = [torch.tensor(sentences[at]) for at in chosen]
        ids, mask = nn.utils.rnn.pad_sequence(rows, batch_first=True), self._mask(chosen)
        states = encoder.through(encoder.embedded(ids), mask, 0, encoder.first)
        self.vectors[chosen] = encoder.pooled(encoder.through(states, mask, encoder.first, encoder.layers), mask)
        for at, found in zip(chosen, states, strict=True):
            self._states[at] = found[: self.lengths[at]].half()

    def batch(self, chosen: Numbers) -> tuple[torch.Tensor, torch.Tensor]:
        """Give the states of some sentences, padded, and their mask."""
        padded = nn.utils.rnn.pad_sequence([self._states[at] for at in chosen], batch_first=True)
        return padded.float(), self._mask(chosen)

    def _mask(self, chosen: Numbers) -> torch.Tensor:
        lengths = self.lengths[chosen]
        return torch.from_numpy((np.arange(lengths.max()) < lengths[:, None]).astype(np.float32))


class Tuner:
    """Teaches an encoder the intents of sentences.

    Args:
        encoder: that learns.
        states: of the sentences.
        intents: the number of each sentence's intent, from 0 with none left out.
    """

    def __init__(self, encoder: TunableEncoder, states: LowerStates, intents: Numbers) -> None:
        self._encoder, self._states, self._settings = encoder, states, encoder.settings
        self._intents = torch.from_numpy(intents)
        self._mean = states.vectors.mean(0)
        counts = torch.bincount(self._intents)
        # An intent of few examples counts more than its share, and less than one of many.
        self._worth = (len(intents) / (len(counts) * counts)).sqrt()
        self._head = nn.Linear(encoder.dimension, len(counts))
        nn.init.zeros_(self._head.bias)
        means = [states.vectors[self._intents == place].mean(0) for place in range(len(counts))]
        self._head.weight.data = functional.normalize(torch.stack(means) - self._mean, dim=1)
        self.steps = max(1, int(self._settings.epochs * len(intents) / self._settings.batch))

    def fit(self) -> Iterator[float]:
        """Learn, and give the loss of each step."""
        settings, encoder = self._settings, self._encoder.train()
        own = list(encoder.parameters())
        parts: list[dict[str, Any]] = [
            {"params": own},
            {"params": list(self._head.parameters()), "lr": 3 * settings.rate},
        ]
        learner = torch.optim.AdamW(parts, lr=settings.rate)
        warm = max(1, self.steps // 20)
        plan = torch.optim.lr_scheduler.LambdaLR(
            learner, lambda step: min(1.0, (step + 1) / warm) * max(0.02, 1 - step / self.steps)
        )
        for _, chosen in zip(range(self.steps), self._batches(), strict=False):
            loss = self._loss(chosen)
            learner.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(own, 1.0)
            learner.step()
            plan.step()
            yield float(loss.detach())
        encoder.eval()

    def _loss(self, chosen: Numbers) -> torch.Tensor:
        states, mask = self._states.batch(chosen)
        hidden = torch.rand(mask.shape) < self._settings.hidden_words
        hidden[:, :_NEVER_HIDDEN] = False
        mask = mask * ~hidden
        found = self._encoder.pooled(
            self._encoder.through(states, mask, self._encoder.first, self._encoder.layers), mask
        )
        scores = self._head((found - self._mean) * self._settings.sharpness)
        return functional.cross_entropy(
            scores, self._intents[chosen], weight=self._worth, label_smoothing=self._settings.smoothing
        )

    def _batches(self) -> Iterator[Numbers]:
        size, lengths, drawn = self._settings.batch, self._states.lengths, np.random.default_rng(self._settings.seed)
        while True:
            order, batches = drawn.permutation(len(lengths)), list[Numbers]()
            for start in range(0, len(order), size * _POOL):
                pool = order[start : start + size * _POOL]
                alike = pool[np.argsort(lengths[pool], kind="stable")]
                batches += [alike[place : place + size] for place in range(0, len(alike), size)]
            for place in drawn.permutation(len(batches)):
                yield batches[place]
