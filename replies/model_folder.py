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
from importlib.metadata import version
from pathlib import Path
from typing import Any

from replies.approved import APPROVED_FILE
from replies.backend import Backend
from replies.errors import ArtifactDamaged
from replies.generator import Generator, GeneratorSettings
from replies.onnx_backend import OnnxBackend
from replies.rules import WORDS_FILE, read_words
from replies.sizes import Sizes
from replies.tokens import TOKENIZER_FILE, Tokens

ADAPTER_CONFIG, ADAPTER_WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
MANIFEST, GRAPH_FILE = "model.json", "model.onnx"
CONFIG_FILE, METRICS_FILE = "config.json", "metrics.json"
SERVED_FILES = (GRAPH_FILE, TOKENIZER_FILE, WORDS_FILE, APPROVED_FILE)
HUB_FILES = (ADAPTER_CONFIG, ADAPTER_WEIGHTS, WORDS_FILE, APPROVED_FILE)
"""What is served of an adapter for a model of a hub; the model itself stays where it is."""

LAYOUT = 1
"""Raised when the files change their form, so that a model of an older form is refused rather than misread."""


@dataclass(frozen=True)
class Manifest:
    """What `model.json` says.

    Attributes:
        version: the model's name.
        sizes: of the decoder; None for an adapter to a model of a hub.
        files: sha256 by the name of each served file.
        base: what it was fine-tuned from, with a digest; empty for one trained from the start.
        hub: the name or folder of the model that an adapter belongs to; empty for a decoder of our own.
        floor: how sure a line of it must be, as mean log-probability of its tokens; None takes any.
        made_with: versions of the libraries.
        layout: form of the folder.
    """

    version: str
    sizes: Sizes | None
    files: Mapping[str, str]
    base: str = ""
    hub: str = ""
    floor: float | None = None
    made_with: Mapping[str, str] = field(default_factory=dict)
    layout: int = LAYOUT


def seal(
    folder: Path, name: str, sizes: Sizes | None, base: str = "", hub: str = "", floor: float | None = None
) -> Manifest:
    """Write `model.json` of a folder whose other files are whole."""
    made_with = {package: version(package) for package in ("torch", "onnxruntime", "tokenizers", "transformers")}
    files = {file: sha256_of(folder / file) for file in (HUB_FILES if hub else SERVED_FILES)}
    manifest = Manifest(name, sizes, files, base, hub, floor, made_with)
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
        sizes = None if found["sizes"] is None else Sizes(**found["sizes"])
        manifest = Manifest(**{**found, "sizes": sizes})
    except OSError as error:
        raise ArtifactDamaged(path, f"cannot be read ({error.strerror})") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ArtifactDamaged(path, f"is no manifest of a model ({error})") from error
    if manifest.layout != LAYOUT:
        raise ArtifactDamaged(path, f"is of layout {manifest.layout}, not {LAYOUT}")
    if set(manifest.files) != set(HUB_FILES if manifest.hub else SERVED_FILES):
        raise ArtifactDamaged(path, f"names the files {sorted(manifest.files)}")
    if not manifest.hub and manifest.sizes is None:
        raise ArtifactDamaged(path, "names no sizes")
    for name, expected in manifest.files.items():
        _require(folder / name, expected)
    return manifest


def load_generator(folder: Path, settings: GeneratorSettings | None = None, threads: int = 1) -> Generator:
    """Load a stored model to write with.

    Raises:
        ArtifactDamaged: it cannot be used; the message says how to make it anew.
    """
    floor = read_manifest(folder).floor
    return Generator(load_backend(folder, threads), read_words(folder / WORDS_FILE), settings, floor)


def load_backend(folder: Path, threads: int = 1) -> Backend:
    """Load a stored model's decoder.

    Raises:
        ArtifactDamaged: it cannot be used.
        BaseMismatch: the model of a hub that it is an adapter for has changed.
        UnknownModel: that model cannot be loaded.
    """
    manifest = read_manifest(folder)
    if manifest.sizes is None:
        return _hub_backend(folder, manifest, threads)
    tokens = Tokens.read(folder / TOKENIZER_FILE)
    return OnnxBackend(folder / GRAPH_FILE, tokens, manifest.sizes.most_tokens, threads)


def _hub_backend(folder: Path, manifest: Manifest, threads: int) -> Backend:
    # A decoder of our own is served without torch, whose import takes seconds.
    from replies.hub import load_hub
    from replies.lora import base_name, merge_lora, read_adapter
    from replies.torch_backend import TorchBackend

    network, tokens = load_hub(manifest.hub)
    read_adapter(network, base_name(manifest.hub, network), folder)
    merge_lora(network)
    return TorchBackend(network.eval(), tokens, threads=threads)


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
