"""What a training of replies is run with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from replies.errors import InvalidSetting
from replies.sizes import Sizes


@dataclass(frozen=True)
class TrainSettings:
    """Every choice of a training.

    Attributes:
        sizes: of the decoder of our own; the number of tokens is an upper limit.
        epochs: the most passes over the examples.
        schedule: passes over which the rate falls, if more than are made; 0 for as many.
        patience: passes without a better validation loss before training ends.
        minutes: no step begins after that time.
        batch: examples a step.
        rate: the highest step size.
        warm_steps: steps in which it is reached; afterwards it falls along a cosine.
        decay: AdamW's weight decay.
        dropout: share of embeddings and of last hidden states that is hidden.
        smoothing: share of a label that is spread over all tokens.
        frozen: how many of the lowest layers stay as they are, and the embedding with them.
        word_drop: share of a shopper's words that is left out, each time anew.
        vary: share of examples whose products change places, or whose values get other names, each time anew.
        shuffle_facts: whether facts come in another order each time.
        copying: how much practice in repeating passages is added, as a share of the examples.
        adversarial: length of the step against the embeddings by which each batch is made harder (FGM); 0 is none.
        seed: of everything that is drawn.
        threads: processor threads.
        bf16: whether products are counted in bfloat16 while learning.
        save_steps: steps between two checkpoints within a pass.
    """

    sizes: Sizes = field(default_factory=Sizes)
    epochs: int = 20
    schedule: int = 0
    patience: int = 3
    minutes: float = 60.0
    batch: int = 32
    rate: float = 2e-3
    warm_steps: int = 50
    decay: float = 0.05
    dropout: float = 0.1
    smoothing: float = 0.0
    frozen: int = 0
    word_drop: float = 0.1
    vary: float = 0.5
    shuffle_facts: bool = True
    copying: float = 0.15
    adversarial: float = 0.0
    seed: int = 0
    threads: int = 1
    bf16: bool = True
    save_steps: int = 50

    def __post_init__(self) -> None:
        """Refuse what nothing can be trained with."""
        for name in ("epochs", "patience", "batch", "threads", "save_steps"):
            if getattr(self, name) < 1:
                raise InvalidSetting(name, getattr(self, name), "must be at least 1")
        for name in ("minutes", "rate"):
            if not getattr(self, name) > 0:
                raise InvalidSetting(name, getattr(self, name), "must be above 0")
        for name in ("dropout", "smoothing", "word_drop"):
            if not 0 <= getattr(self, name) < 1:
                raise InvalidSetting(name, getattr(self, name), "must be from 0 to below 1")
        if not 0 <= self.vary <= 1:
            raise InvalidSetting("vary", self.vary, "must be from 0 to 1")
        for name in ("schedule", "frozen", "decay", "copying", "adversarial", "warm_steps"):
            if getattr(self, name) < 0:
                raise InvalidSetting(name, getattr(self, name), "must not be below 0")

    def as_json(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> TrainSettings:
        """Read it from JSON values."""
        return cls(**{**found, "sizes": Sizes(**found["sizes"])})
