"""Low-rank adapters (LoRA, arXiv 2106.09685) for any model with linear layers, in the files that peft reads and writes.

peft is not among the packages of this project, and what is needed of it is small: a wrapped layer, and two files,
`adapter_config.json` and `adapter_model.safetensors`, by the names that peft gives. `base_model_name_or_path` holds the
base with its digest, so that an adapter is never put on another base.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from replies.errors import ArtifactDamaged, BaseMismatch, InvalidSetting, UnknownModel
from replies.model_folder import ADAPTER_CONFIG, ADAPTER_WEIGHTS

_PREFIX = "base_model.model."
_USUAL = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
_OTHERS = (("c_attn", "c_proj", "c_fc"), ("q", "k", "v", "o", "wi", "wo", "wi_0", "wi_1"), ("query_key_value", "dense"))


@dataclass(frozen=True)
class LoraSettings:
    """How an adapter is made.

    Attributes:
        rank: of the product that is added to a weight.
        alpha: the product counts alpha / rank.
        dropout: share of what goes in that is hidden while learning.
        targets: last names of the layers; empty for those that the model's kind is known to have.
    """

    rank: int = 16
    alpha: float = 32.0
    dropout: float = 0.05
    targets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what makes no adapter."""
        if self.rank < 1:
            raise InvalidSetting("rank", self.rank, "must be at least 1")
        if not self.alpha > 0:
            raise InvalidSetting("alpha", self.alpha, "must be above 0")
        if not 0 <= self.dropout < 1:
            raise InvalidSetting("dropout", self.dropout, "must be from 0 to below 1")


class LoraLayer(nn.Module):
    """A layer with a low-rank product added; the layer itself does not learn.

    Args:
        base: `nn.Linear`, or GPT-2's `Conv1D`, whose weight lies the other way round.
        settings: of the adapter.
    """

    def __init__(self, base: nn.Module, settings: LoraSettings) -> None:
        super().__init__()
        self.base_layer = base
        weight: Any = base.weight
        self.turned = not isinstance(base, nn.Linear)
        out, into = reversed(weight.shape) if self.turned else weight.shape
        self.lora_A = nn.Linear(into, settings.rank, bias=False)
        self.lora_B = nn.Linear(settings.rank, out, bias=False)
        nn.init.zeros_(self.lora_B.weight)
        self.dropout = nn.Dropout(settings.dropout)
        self.scale = settings.alpha / settings.rank

    @property
    def weight(self) -> Tensor:
        """The layer's own weight; some models look at its type."""
        weight: Tensor = self.base_layer.weight  # type: ignore[assignment]
        return weight

    def forward(self, rows: Tensor) -> Tensor:
        """Give what the layer gives, and the product of what goes in."""
        found: Tensor = self.base_layer(rows)
        added: Tensor = self.lora_B(self.lora_A(self.dropout(rows))) * self.scale
        return found + added

    def merged(self) -> nn.Module:
        """Give the layer itself with the product in its weight."""
        added = (self.lora_B.weight @ self.lora_A.weight) * self.scale
        weight: Any = self.base_layer.weight
        with torch.no_grad():
            weight.add_(added.T if self.turned else added)
        return self.base_layer


def add_lora(network: nn.Module, settings: LoraSettings, seed: int = 0) -> tuple[str, ...]:
    """Put an adapter on a model, whose own weights stop learning.

    Returns:
        The last names of the layers that have it.

    Raises:
        UnknownModel: it has no layer of these names.
    """
    targets = settings.targets or _targets(network)
    torch.manual_seed(seed)
    network.requires_grad_(False)
    found = [name for name, part in network.named_modules() if name.rpartition(".")[2] in targets and _fits(part)]
    if not found:
        raise UnknownModel(type(network).__name__, f"has no layers called {', '.join(targets)}")
    for name in found:
        network.set_submodule(name, LoraLayer(network.get_submodule(name), settings))
    return tuple(sorted({name.rpartition(".")[2] for name in found}))


def merge_lora(network: nn.Module) -> None:
    """Take an adapter into the weights of its model, which is then like any other."""
    for name, part in list(network.named_modules()):
        if isinstance(part, LoraLayer):
            network.set_submodule(name, part.merged())
    network.requires_grad_(True)


def write_adapter(network: nn.Module, settings: LoraSettings, base: str, folder: Path) -> None:
    """Write an adapter as peft does."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    layers = {name: part for name, part in network.named_modules() if isinstance(part, LoraLayer)}
    weights = {
        f"{_PREFIX}{name}.lora_{side}.weight": getattr(part, f"lora_{side}").weight.detach().contiguous()
        for name, part in layers.items()
        for side in ("A", "B")
    }
    save_file(weights, folder / ADAPTER_WEIGHTS, metadata={"format": "pt"})
    seq2seq = bool(getattr(network.config, "is_encoder_decoder", False))
    config = {
        **{"peft_type": "LORA", "task_type": "SEQ_2_SEQ_LM" if seq2seq else "CAUSAL_LM"},
        **{"r": settings.rank, "lora_alpha": settings.alpha, "lora_dropout": settings.dropout, "bias": "none"},
        "target_modules": sorted({name.rpartition(".")[2] for name in layers}),
        "fan_in_fan_out": any(part.turned for part in layers.values()),
        "base_model_name_or_path": base,
        "inference_mode": True,
    }
    (folder / ADAPTER_CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def read_adapter(network: nn.Module, base: str, folder: Path) -> None:
    """Put a stored adapter on its base.

    Raises:
        BaseMismatch: it was trained on another base.
        ArtifactDamaged: a file is missing, cut short, or of another form.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        config = json.loads((folder / ADAPTER_CONFIG).read_text(encoding="utf-8"))
        trained_on = str(config["base_model_name_or_path"])
        targets = tuple(config["target_modules"])
        settings = LoraSettings(int(config["r"]), float(config["lora_alpha"]), float(config["lora_dropout"]), targets)
        weights = load_file(folder / ADAPTER_WEIGHTS)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise ArtifactDamaged(folder, f"is no adapter that can be read ({error})") from error
    if trained_on != base:
        raise BaseMismatch(base, trained_on)
    add_lora(network, settings)
    named = {name.removeprefix(_PREFIX): weight for name, weight in weights.items()}
    own = {name: part for name, part in network.named_parameters() if ".lora_" in name}
    if set(own) != set(named) or any(own[name].shape != weight.shape for name, weight in named.items()):
        raise ArtifactDamaged(folder / ADAPTER_WEIGHTS, "does not fit its base")
    with torch.no_grad():
        for name, weight in named.items():
            own[name].copy_(weight)


def base_name(name: str, network: nn.Module) -> str:
    """Name a base by what it is called and a digest of its weights."""
    digest = hashlib.sha256()
    for key, weight in sorted(network.state_dict().items()):
        digest.update(key.encode())
        digest.update(weight.detach().float().cpu().numpy().tobytes())
    return f"{Path(name).name}@{digest.hexdigest()[:16]}"


def _targets(network: nn.Module) -> tuple[str, ...]:
    names = {name.rpartition(".")[2] for name, part in network.named_modules() if _fits(part)}
    for known in (_USUAL, *_OTHERS):
        if names & set(known):
            return tuple(sorted(names & set(known)))
    raise UnknownModel(type(network).__name__, "its layers are not known here: name them with --targets")


def _fits(part: nn.Module) -> bool:
    return isinstance(part, nn.Linear) or type(part).__name__ == "Conv1D"
