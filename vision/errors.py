"""Everything that can go wrong with photos and their models, as exceptions that carry their data."""

# VisionError
# |-- InvalidCatalogue       where, value, reason
# |-- ImageRefused           reason, detail
# |-- UnknownModel           name, reason
# |-- WeightsRefused         path, expected, found
# |-- ArtifactDamaged        path, reason
# |-- ModelMismatch          found, expected, rebuild
# `-- NothingToMatch         reason

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

REBUILD_INDEX = "python -m vision.index --data FOLDER --images FOLDER --model FOLDER --out FOLDER"
"""The command that makes a gallery anew."""

RETRAIN = "python -m vision.train --data FOLDER --images FOLDER --out FOLDER"
"""The command that makes a model anew."""


class VisionError(Exception):
    """Base of every error that this library raises on purpose."""


class InvalidCatalogue(VisionError):
    """A catalogue, a file of it or a setting holds what cannot be used."""

    def __init__(self, where: str, value: object, reason: str) -> None:
        super().__init__(f"{where}: {reason}, got {value!r}")
        self.where = where
        self.value = value
        self.reason = reason


class Refusal(StrEnum):
    """Why bytes are not taken as a photo."""

    NOT_AN_IMAGE = "not_an_image"
    UNSUPPORTED = "unsupported"
    DAMAGED = "damaged"
    TOO_MANY_BYTES = "too_many_bytes"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"


class ImageRefused(VisionError):
    """Bytes are not a photo that can be used."""

    def __init__(self, reason: Refusal, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class UnknownModel(VisionError):
    """No encoder can be made from this name, folder or file."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


class WeightsRefused(VisionError):
    """A file of weights is not the one that was pinned."""

    def __init__(self, path: Path, expected: str, found: str) -> None:
        super().__init__(f"{path} has sha256 {found}, not {expected}")
        self.path = path
        self.expected = expected
        self.found = found


class ArtifactDamaged(VisionError):
    """A saved model or gallery is cut short, changed, or not one at all."""

    def __init__(self, path: Path, reason: str, rebuild: str = REBUILD_INDEX) -> None:
        super().__init__(f"{path}: {reason}; make it anew: {rebuild}")
        self.path = path
        self.reason = reason
        self.rebuild = rebuild


class ModelMismatch(VisionError):
    """A gallery was made by another model, preprocess or version than the one that asks."""

    def __init__(self, found: str, expected: str, rebuild: str = REBUILD_INDEX) -> None:
        super().__init__(f"made by {found}, not by {expected}; make it anew: {rebuild}")
        self.found = found
        self.expected = expected
        self.rebuild = rebuild


class NothingToMatch(VisionError):
    """A gallery or a training has nothing to work with."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
