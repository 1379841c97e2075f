"""Everything that a training can be told, as one tree of checked values that is stored as JSON beside each model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from recsys.cleaning import Cleaning
from recsys.errors import InvalidFrame
from recsys.feature_fields import FeatureField
from recsys.lightfm_training import HybridSettings
from recsys.weighting import Weighting


@dataclass(frozen=True)
class ValidationSettings:
    """On which of the latest events a training is judged.

    Attributes:
        days: How many of the latest days.
        max_share: The share of the whole time of the data that they may be at most; a young shop keeps the rest to
            learn from.
        min_shoppers: With fewer who took something new in those days nothing is chosen by them: a blend written down
            here serves until there are more.
        gate_shoppers: How many are asked, drawn by the seed, when a model is judged as it will serve.
    """

    days: float = 28.0
    max_share: float = 0.25
    min_shoppers: int = 20
    gate_shoppers: int = 1_000

    def __post_init__(self) -> None:
        if not self.days > 0 or self.min_shoppers < 2 or self.gate_shoppers < 1:
            raise InvalidFrame("validation", self, "days above 0, 2 shoppers or more, and 1 or more to ask")
        if not 0 < self.max_share < 1:
            raise InvalidFrame("max_share", self.max_share, "a share between 0 and 1 is wanted")


@dataclass(frozen=True)
class TrainingConfig:
    """How a model is made from frames.

    Attributes:
        cleaning: What is impossible.
        weighting: What events are worth.
        fields: How features are read; None is the usual.
        identity_weight: How much the identity of a hot row weighs beside a field.
        hybrid: How LightFM learns; its seed is that of the whole training.
        neighbours: Weights that an item keeps to its neighbours.
        validation: What the training is judged by.
        epochs_unjudged: Epochs of LightFM where there is nothing to stop by.
    """

    cleaning: Cleaning = field(default_factory=Cleaning)
    weighting: Weighting = field(default_factory=Weighting)
    fields: tuple[FeatureField, ...] | None = None
    identity_weight: float = 1.0
    hybrid: HybridSettings = field(default_factory=HybridSettings)
    neighbours: int = 200
    validation: ValidationSettings = field(default_factory=ValidationSettings)
    epochs_unjudged: int = 15

    def __post_init__(self) -> None:
        for name in ("neighbours", "epochs_unjudged", "identity_weight"):
            if not getattr(self, name) > 0:
                raise InvalidFrame(name, getattr(self, name), "a positive number is wanted")

    @property
    def seed(self) -> int:
        """The seed of all that is drawn."""
        return self.hybrid.seed

    def seeded(self, seed: int) -> TrainingConfig:
        """Give the same with another seed."""
        return replace(self, hybrid=replace(self.hybrid, seed=seed))

    def to_dict(self) -> dict[str, Any]:
        """Give all settings as JSON values."""
        from pydantic import TypeAdapter  # Serving may import this module and need not check anything.

        state = dict(TypeAdapter(TrainingConfig).dump_python(self, mode="json"))
        # A set is written in another order by each process; the same settings shall be the same text.
        state["cleaning"]["not_products"].sort()
        return state

    def to_json(self) -> str:
        """Write all settings as JSON text."""
        return json.dumps(self.to_dict(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> TrainingConfig:
        """Read settings; those that are not named are the usual.

        Raises:
            InvalidFrame: The text is no JSON of settings, or one of them is unknown or cannot be.
        """
        from pydantic import TypeAdapter, ValidationError

        try:
            found = TypeAdapter(TrainingConfig).validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = ".".join(map(str, first["loc"])) or "config"
            raise InvalidFrame(name, first.get("input"), str(first["msg"])) from error
        return _without_strangers(found, text)

    @classmethod
    def read(cls, path: Path) -> TrainingConfig:
        """Read settings from a file.

        Raises:
            InvalidFrame: It cannot be read, or holds no settings.
        """
        try:
            return cls.from_json(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidFrame("config", str(path), f"cannot be read ({error})") from error


def _without_strangers(found: TrainingConfig, text: str) -> TrainingConfig:
    """Refuse names that no setting has: a misspelt one would silently leave the usual."""
    stranger = _stranger(json.loads(text), found.to_dict())
    if stranger:
        raise InvalidFrame(stranger, "...", "no setting has that name")
    return found


def _stranger(given: Any, known: Any, path: str = "") -> str | None:
    if isinstance(given, list) and isinstance(known, list):
        pairs = [(str(number), one, other) for number, (one, other) in enumerate(zip(given, known, strict=False))]
    elif isinstance(given, Mapping) and isinstance(known, Mapping):
        for name in given:
            if name not in known:
                return f"{path}{name}"
        pairs = [(name, value, known[name]) for name, value in given.items()]
    else:
        return None
    return next((found for name, one, other in pairs if (found := _stranger(one, other, f"{path}{name}."))), None)
