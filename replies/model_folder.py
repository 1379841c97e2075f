"""A model on disk: which files make it up, which base it came from, and proof that none of them was changed.

model.json      this, written last: a folder without it is no model
model.onnx      the decoder in eight bits
tokenizer.json  words.json  approved.jsonl
config.json  metrics.json  MODEL_CARD.md  curves.png      for people
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from replies.approved import APPROVED_FILE
from replies.errors import ArtifactDamaged
from replies.generator import Generator, GeneratorSettings
from replies.network import Sizes
from replies.onnx_backend import OnnxBackend
from replies.rules import WORDS_FILE, read_words
from replies.tokens import TOKENIZER_FILE, Tokens

MANIFEST, GRAPH_FILE = "model.json", "model.onnx"
CONFIG_FILE, METRICS_FILE = "config.json", "metrics.json"
SERVED_FILES = (GRAPH_FILE, TOKENIZER_FILE, WORDS_FILE, APPROVED_FILE)
LAYOUT = 1
"""Raised when the files change their form, so that a model of an older form is refused rather than misread."""


@dataclass(frozen=True)
class Manifest:
    """What `model.json` says.

    Attributes:
        version: the model's name.
        sizes: of the decoder.
        files: sha256 by the name of each served file.
        base: the version that it was fine-tuned from; empty for one trained from the start.
        made_with: versions of the libraries.
        layout: form of the folder.
    """

    version: str
    sizes: Sizes
    files: Mapping[str, str]
    base: str = ""
    made_with: Mapping[str, str] = field(default_factory=dict)
    layout: int = LAYOUT


def seal(folder: Path, version: str, sizes: Sizes, base: str = "") -> Manifest:
    """Write `model.json` of a folder whose other files are whole."""
    import onnxruntime
    import tokenizers
    import torch

    made_with = {"torch": torch.__version__, "onnxruntime": onnxruntime.__version__}
    made_with["tokenizers"] = tokenizers.__version__
    files = {name: sha256_of(folder / name) for name in SERVED_FILES}
    manifest = Manifest(version, sizes, files, base, made_with)
    scratch = folder / f".{MANIFEST}"
    with scratch.open("w", encoding="utf-8") as file:
        file.write(json.dumps(asdict(manifest), indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(folder / MANIFEST)
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """Read `model.json` and hold every served file to it.

    Raises:
        ArtifactDamaged: there is none, it is of another form, or a file is missing, cut short or changed.
    """
    path = folder / MANIFEST
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        manifest = Manifest(**{**found, "sizes": Sizes(**found["sizes"])})
    except OSError as error:
        raise ArtifactDamaged(path, f"cannot be read ({error.strerror})") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ArtifactDamaged(path, f"is no manifest of a model ({error})") from error
    if manifest.layout != LAYOUT:
        raise ArtifactDamaged(path, f"is of layout {manifest.layout}, not {LAYOUT}")
    if set(manifest.files) != set(SERVED_FILES):
        raise ArtifactDamaged(path, f"names the files {sorted(manifest.files)}")
    for name, expected in manifest.files.items():
        _require(folder / name, expected)
    return manifest


def load_generator(folder: Path, settings: GeneratorSettings | None = None, threads: int = 1) -> Generator:
    """Load a stored model to write with.

    Raises:
        ArtifactDamaged: it cannot be used; the message says how to make it anew.
    """
    return Generator(load_backend(folder, threads), read_words(folder / WORDS_FILE), settings)


def load_backend(folder: Path, threads: int = 1) -> OnnxBackend:
    """Load a stored model's decoder.

    Raises:
        ArtifactDamaged: it cannot be used.
    """
    manifest = read_manifest(folder)
    tokens = Tokens.read(folder / TOKENIZER_FILE)
    return OnnxBackend(folder / GRAPH_FILE, tokens, manifest.sizes.most_tokens, threads)


def sha256_of(path: Path) -> str:
    """Hash a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _require(path: Path, expected: str) -> None:
    if not path.is_file():
        raise ArtifactDamaged(path, "is missing")
    found = sha256_of(path)
    if found != expected:
        raise ArtifactDamaged(path, f"has sha256 {found[:12]}, not {expected[:12]}: it is cut short or changed")
