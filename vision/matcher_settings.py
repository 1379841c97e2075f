"""What a matcher was calibrated to, and the file that keeps it: matcher.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from vision.encoder import EncoderIdentity
from vision.errors import RETRAIN, ArtifactDamaged, InvalidCatalogue, ModelMismatch

FORM = 3
"""Grows when a file of an older form can no longer be read, or was found by looking at photos in another way."""


@dataclass(frozen=True)
class GradeLimits:
    """From where on a match is called exact or very similar: both values of a row have to be reached."""

    exact_probability: float = 0.9
    exact_similarity: float = 0.9
    very_similar_probability: float = 0.0
    very_similar_similarity: float = 0.6


@dataclass(frozen=True)
class ClassWeights:
    """How much each witness counts when a class is recognised, and how sharp the answer is."""

    neighbours: float = 1.0
    prototypes: float = 0.0
    captions: float = 0.0
    temperature: float = 1.0


@dataclass(frozen=True)
class CertaintyWeights:
    """A logistic model of "the photo shows something of the catalogue" over the features of `vision.abstain`.

    Attributes:
        weights: by feature; a feature that is not named counts nothing.
        intercept: chosen so that the limit lies at 0.5.
    """

    weights: Mapping[str, float] = field(default_factory=lambda: {"nearest": 12.0})
    intercept: float = -4.8


@dataclass(frozen=True)
class MatcherSettings:
    """Everything that `ImageMatcher` was calibrated to.

    Attributes:
        model: checksum of the encoder that this was calibrated with; "" fits every encoder, well enough to start.
        centring: how much of the mean is taken from vectors before they are compared, 0 to 1.
        photo_centre: mean vector of shoppers' photos; empty: that of the gallery.
        centre_is_measured: whether that mean is of real photos; where it is of made views, photos that arrive move it.
        pooling: "max" takes a product's nearest photo, "soft" also counts the others.
        pooling_temperature: sharpness of "soft", and how much a photo's weight counts (`temperature * log(weight)`).
        caption_weight: share of image -> text in the score, from 0 to 1.
        temperature: of the softmax that makes probabilities of scores.
        words_weight: how far words move the score of a composed search.
        class_weight: how much the probability of a product's class adds to its score, where words or filters make
            the search one for something else of the same class.
        classes: how a class is recognised.
        certainty: how a stranger is told from the catalogue.
        grades: limits of "exact" and "very similar".
        region_certainty: from where on a part of a photo is offered.
    """

    model: str = ""
    centring: float = 0.0
    photo_centre: tuple[float, ...] = ()
    centre_is_measured: bool = False
    pooling: str = "max"
    pooling_temperature: float = 0.05
    caption_weight: float = 0.0
    temperature: float = 0.05
    words_weight: float = 0.5
    class_weight: float = 0.0
    classes: ClassWeights = field(default_factory=ClassWeights)
    certainty: CertaintyWeights = field(default_factory=CertaintyWeights)
    grades: GradeLimits = field(default_factory=GradeLimits)
    region_certainty: float = 0.5

    def __post_init__(self) -> None:
        """Refuse what nothing can be scored by."""
        if self.pooling not in ("max", "soft"):
            raise InvalidCatalogue("pooling", self.pooling, "must be max or soft")
        for name in ("temperature", "pooling_temperature"):
            if not getattr(self, name) > 0:
                raise InvalidCatalogue(name, getattr(self, name), "must be above 0")
        for name in ("centring", "caption_weight", "region_certainty"):
            if not 0 <= getattr(self, name) <= 1:
                raise InvalidCatalogue(name, getattr(self, name), "must be from 0 to 1")

    def check(self, identity: EncoderIdentity) -> None:
        """Refuse an encoder that this was not calibrated with.

        Raises:
            ModelMismatch: it is another.
        """
        if self.model and self.model != identity.checksum:
            raise ModelMismatch(f"model {self.model[:12]}", f"{identity.name} {identity.checksum[:12]}", RETRAIN)
        if self.photo_centre and len(self.photo_centre) != identity.dimensions:
            found = f"a model of {len(self.photo_centre)} dimensions"
            raise ModelMismatch(found, f"{identity.name} of {identity.dimensions}", RETRAIN)

    def save(self, file: Path) -> None:
        """Write the settings as JSON; whoever reads meanwhile, or after a kill, finds the file before or this one."""
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}")
        draft.write_text(json.dumps({"form": FORM, **asdict(self)}, indent=1) + "\n", encoding="utf-8")
        draft.replace(file)

    @classmethod
    def load(cls, file: Path, expected: EncoderIdentity | None = None) -> MatcherSettings:
        """Read settings; `load(save(x))` equals x.

        Args:
            file: as `save` wrote it.
            expected: the encoder that they have to fit.

        Raises:
            ArtifactDamaged: the file is missing, cut short or of another form.
            ModelMismatch: they were calibrated with another encoder.
        """
        try:
            row = json.loads(file.read_text(encoding="utf-8"))
            settings = _settings(row)
        except (OSError, ValueError, TypeError, KeyError, AttributeError, InvalidCatalogue) as error:
            raise ArtifactDamaged(file, str(error), RETRAIN) from error
        if expected is not None:
            settings.check(expected)
        return settings


def _settings(row: Mapping[str, Any]) -> MatcherSettings:
    if row["form"] != FORM:
        raise ValueError(f"form {row['form']}, not {FORM}")
    parts: dict[str, type] = {"classes": ClassWeights, "certainty": CertaintyWeights, "grades": GradeLimits}
    values = {part.name: row[part.name] for part in fields(MatcherSettings)}
    made = {name: part(**values[name]) for name, part in parts.items()}
    return MatcherSettings(**{**values, **made, "photo_centre": tuple(map(float, values["photo_centre"]))})
