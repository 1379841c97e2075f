"""A model on disk: which files make it up, who it is, and proof that none of them was changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from vision.checksums import sha256_of
from vision.encoder import Encoder, EncoderIdentity, Preprocess
from vision.errors import RETRAIN, ArtifactDamaged
from vision.whole_folders import restore

CARD_FILE = "model.json"
IMAGE_FILE, TEXT_FILE, TOKENIZER_FILE = "image.onnx", "text.onnx", "tokenizer.json"
CONFIG_FILE, WEIGHTS_FILE = "open_clip_config.json", "open_clip.safetensors"

LAYOUT = 1
"""Raised when the files change their form, so that a model of an older form is refused rather than misread."""


@dataclass(frozen=True)
class ModelCard:
    """What `model.json` says.

    Attributes:
        identity: which encoder the folder holds; its checksum is of the served files.
        most_tokens: a longer text is cut there.
        pad_id: what fills shorter rows of token ids.
        files: sha256 by the name of each file that is served.
        image_type: how the served image tower counts, "fp32" or "int8".
        text_type: the same of the text tower.
        versions: of the libraries that made the files.
        layout: form of the folder.
    """

    identity: EncoderIdentity
    most_tokens: int
    pad_id: int
    files: Mapping[str, str]
    image_type: str = "fp32"
    text_type: str = "fp32"
    versions: Mapping[str, str] = field(default_factory=dict)
    layout: int = LAYOUT


def write_card(folder: Path, card: ModelCard) -> None:
    """Write `model.json`; last of all, as a folder without it is no model."""
    scratch = folder / f".{CARD_FILE}"
    scratch.write_text(json.dumps(asdict(card), indent=2) + "\n", encoding="utf-8")
    scratch.replace(folder / CARD_FILE)


def read_card(folder: Path) -> ModelCard:
    """Read `model.json` and hold every file to it; a folder that a killed training put aside is brought back first.

    Raises:
        ArtifactDamaged: there is none, it is of another form, or a file is missing or was changed.
    """
    path = folder / CARD_FILE
    restore(folder)
    try:
        card = _card_of(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ArtifactDamaged(path, f"cannot be read ({error.strerror})", RETRAIN) from error
    except (ValueError, TypeError, KeyError) as error:
        raise ArtifactDamaged(path, f"is no card of a model ({error})", RETRAIN) from error
    if card.layout != LAYOUT:
        raise ArtifactDamaged(path, f"is of layout {card.layout}, not {LAYOUT}", RETRAIN)
    for name, expected in card.files.items():
        _require(folder / name, expected)
    return card


def _require(path: Path, expected: str) -> None:
    if not path.is_file():
        raise ArtifactDamaged(path, "is missing", RETRAIN)
    found = sha256_of(path)
    if found != expected:
        raise ArtifactDamaged(path, f"has sha256 {found[:12]}, not {expected[:12]}", RETRAIN)


def _card_of(found: dict[str, Any]) -> ModelCard:
    identity = dict(found.pop("identity"))
    preprocess = dict(identity.pop("preprocess"))
    mean, std = (tuple(map(float, preprocess.pop(name))) for name in ("mean", "std"))
    if len(mean) != 3 or len(std) != 3:
        raise ValueError("mean and std are of three channels")
    prepared = Preprocess(mean=mean, std=std, **preprocess)
    return ModelCard(identity=EncoderIdentity(preprocess=prepared, **identity), **found)


def load_encoder(source: str | Path, threads: int = 1) -> Encoder:
    """Load an encoder: a saved model by ONNX Runtime, anything else by open_clip (which imports torch).

    Args:
        source: a folder with `model.json`, or any name that `OpenClipEncoder` takes.
        threads: how many processor threads it may use.

    Raises:
        ArtifactDamaged: the saved model is cut short or was changed.
        UnknownModel: nothing can be made from this name; the message says what to do.
    """
    folder = Path(source)
    restore(folder)
    if (folder / CARD_FILE).is_file():
        from vision.onnx_encoder import OnnxEncoder

        return OnnxEncoder.load(folder, threads)
    from vision.open_clip_encoder import OpenClipEncoder

    return OpenClipEncoder(str(source), threads=threads)
