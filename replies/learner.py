"""Learns by steps: loss, adversarial step, clipping, AdamW, a rate that warms up and falls."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from replies.batches import IGNORED, Batch
from replies.train_settings import TrainSettings

_CLIP = 1.0


class Learner:
    """Trains the weights of a transformers model that may change.

    Args:
        network: a causal or seq2seq model.
        settings: how to learn.
        steps: over which the rate falls.
        seq2seq: whether it reads by an encoder.
    """

    def __init__(self, network: Any, settings: TrainSettings, steps: int, seq2seq: bool = False) -> None:
        self.network, self.step_number = network, 0
        self._settings, self._seq2seq = settings, seq2seq
        freeze_lower(network, settings.frozen)
        self._hidden = network.get_input_embeddings().register_forward_hook(self._hide)
        learning = [weight for weight in network.parameters() if weight.requires_grad]
        groups: list[dict[str, Any]] = [
            {"params": [weight for weight in learning if weight.ndim > 1], "weight_decay": settings.decay},
            {"params": [weight for weight in learning if weight.ndim <= 1], "weight_decay": 0.0},
        ]
        self._learning = learning
        self._optimiser = torch.optim.AdamW(groups, lr=settings.rate, betas=(0.9, 0.98))
        self._schedule = torch.optim.lr_scheduler.LambdaLR(self._optimiser, lambda step: _rate(step, settings, steps))

    def step(self, batch: Batch) -> float:
        """Learn from one batch, and give its loss in nats a token."""
        # Chance begins anew with each step, so that a training that goes on after a kill draws the same.
        torch.manual_seed(self._settings.seed * 1_000_003 + self.step_number)
        self.network.train()
        self._optimiser.zero_grad()
        loss = self._loss(batch, self._settings.smoothing)
        loss.backward()  # type: ignore[no-untyped-call]
        if self._settings.adversarial:
            self._against(batch)
        nn.utils.clip_grad_norm_(self._learning, _CLIP)
        self._optimiser.step()
        self._schedule.step()
        self.step_number += 1
        return float(loss.detach())

    def judged_on(self, batches: Iterable[Batch]) -> tuple[float, float]:
        """Give the mean loss in nats a token and the share of tokens that were the likeliest; nothing is hidden."""
        self.network.eval()
        loss, right, tokens = 0.0, 0, 0
        with torch.inference_mode():
            for batch in batches:
                logits, wanted = self._logits(batch)
                loss += float(functional.cross_entropy(logits.float(), wanted, reduction="sum"))
                right += int((logits.argmax(-1) == wanted).sum())
                tokens += len(wanted)
        return loss / max(1, tokens), right / max(1, tokens)

    def state(self) -> dict[str, Any]:
        """Give all that training goes on from."""
        return {
            "network": learnt_weights(self.network),
            "optimiser": self._optimiser.state_dict(),
            "schedule": self._schedule.state_dict(),
            "step": self.step_number,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        set_weights(self.network, state["network"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._schedule.load_state_dict(state["schedule"])
        self.step_number = state["step"]

    def close(self) -> None:
        """Leave the network as any other."""
        self._hidden.remove()
        self.network.eval()

    def _loss(self, batch: Batch, smoothing: float) -> Tensor:
        logits, wanted = self._logits(batch)
        return functional.cross_entropy(logits.float(), wanted, label_smoothing=smoothing)

    def _logits(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Give what is said at each place of a reply, shape (places, vocabulary), and what is wanted there."""
        with torch.autocast("cpu", torch.bfloat16, enabled=self._settings.bf16):
            if self._seq2seq:
                logits = self.network(input_ids=batch.ids, attention_mask=batch.mask, labels=batch.labels).logits
                counted = batch.labels != IGNORED
                return logits[counted], batch.labels[counted]
            counted = batch.labels[:, 1:] != IGNORED
            return self._causal_logits(batch, counted), batch.labels[:, 1:][counted]

    def _causal_logits(self, batch: Batch, counted: Tensor) -> Tensor:
        if self.network.config.model_type != "llama":
            logits: Tensor = self.network(input_ids=batch.ids, attention_mask=batch.mask).logits
            return logits[:, :-1][counted]
        # Only replies are learnt, so the output layer is spared the prompts.
        hidden = self.network.model(input_ids=batch.ids, attention_mask=batch.mask).last_hidden_state
        kept = functional.dropout(hidden[:, :-1][counted], self._settings.dropout, self.network.training)
        found: Tensor = self.network.lm_head(kept)
        return found

    def _hide(self, _: nn.Module, __: Any, output: Tensor) -> Tensor:
        return functional.dropout(output, self._settings.dropout, self.network.training)

    def _against(self, batch: Batch) -> None:
        """Add the gradient of the same batch with embeddings moved to where its loss grows most (FGM, 1605.07725)."""
        table = self.network.get_input_embeddings().weight
        if table.grad is None:
            return
        length = table.grad.norm()
        if not torch.isfinite(length) or length == 0:
            return
        move = self._settings.adversarial * table.grad / length
        with torch.no_grad():
            table.add_(move)
        self._loss(batch, self._settings.smoothing).backward()  # type: ignore[no-untyped-call]
        with torch.no_grad():
            table.sub_(move)


def freeze_lower(network: Any, layers: int) -> None:
    """Let the embedding and the lowest layers of a model stay as they are."""
    if not layers:
        return
    network.get_input_embeddings().weight.requires_grad_(False)
    for name, weight in network.named_parameters():
        numbers = [int(part) for part in name.split(".") if part.isdigit()]
        if numbers and numbers[0] < layers and "lora_" not in name:
            weight.requires_grad_(False)


def learnt_weights(network: nn.Module) -> dict[str, Tensor]:
    """Copy the weights that may change, by name."""
    return {name: weight.detach().clone() for name, weight in network.named_parameters() if weight.requires_grad}


def set_weights(network: nn.Module, weights: dict[str, Tensor]) -> None:
    """Set weights by name."""
    named = dict(network.named_parameters())
    with torch.no_grad():
        for name, weight in weights.items():
            named[name].copy_(weight)


def _rate(step: int, settings: TrainSettings, steps: int) -> float:
    if step < settings.warm_steps:
        return (step + 1) / settings.warm_steps
    gone = (step - settings.warm_steps) / max(1, steps - settings.warm_steps)
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * min(1.0, gone)))
