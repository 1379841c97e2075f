"""Any open_clip model as an encoder: by name, from the hub, from a folder, or from a file of weights."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

from vision.checkpoint import Checkpoint, load_checkpoint, preprocess_of
from vision.errors import UnknownModel
from vision.torch_encoder import TorchEncoder
from vision.towers import TOWERS, build_default, default_config, embedded_text_folder

HUB = "hf-hub:"
_LOCAL = "local-dir:"
_OFFLINE = "with no network, name a folder with open_clip_config.json and weights, or a file of weights"


class OpenClipEncoder(TorchEncoder):
    """Runs an open_clip model in torch: slower than ONNX, and free of any export.

    Args:
        name: "lite0" or "lite2" for the embedded towers as they are before training; the name of an architecture, such
            as "ViT-B-32", with `pretrained` or as "ViT-B-32:laion2b_s34b_b79k"; "hf-hub:org/name"; a folder; a file.
        pretrained: the tag of the weights or a file of them, for an architecture.
        threads: how many processor threads torch may use, for the whole process.

    Raises:
        UnknownModel: nothing can be made from this name; the message says what to do.
        WeightsRefused: an embedded tower is not the one that was pinned.
    """

    def __init__(self, name: str, pretrained: str | None = None, threads: int = 1) -> None:
        found = open_checkpoint(name, pretrained)
        label = f"{name}:{pretrained}" if pretrained else name
        super().__init__(found.model, found.tokenizer, found.preprocess, _short(label), threads=threads)


def open_checkpoint(name: str, pretrained: str | None = None) -> Checkpoint:
    """Open a model by any of the names that `OpenClipEncoder` takes, for training or export.

    Raises:
        UnknownModel: nothing can be made from this name; the message says what to do.
    """
    if name in TOWERS:
        model, tokenizer, preprocess = build_default(name)
        return Checkpoint(model, tokenizer, preprocess, default_config(name, embedded_text_folder()))
    if name.startswith(HUB):
        return _from_open_clip(name, None)
    path = Path(name.removeprefix(_LOCAL))
    if path.exists() or name.startswith(_LOCAL):
        return load_checkpoint(path)
    architecture, _, tag = name.partition(":")
    return _from_open_clip(architecture, pretrained or tag or None)


def _from_open_clip(name: str, pretrained: str | None) -> Checkpoint:
    import open_clip

    quick = False if name.startswith(HUB) else _check_tag(name, pretrained)
    try:
        model: Any = open_clip.create_model(name, pretrained, force_quick_gelu=quick, require_pretrained=True)
        tokenizer = open_clip.get_tokenizer(name)
    except Exception as error:  # the hub, its cache and open_clip each raise errors of their own, with no common base
        raise UnknownModel(name, f"its weights could not be had ({error}); {_OFFLINE}") from error
    preprocess = preprocess_of(model.visual.preprocess_cfg, name)
    return Checkpoint(model.eval(), tokenizer, preprocess, open_clip.get_model_config(name) or {})


def _check_tag(name: str, pretrained: str | None) -> bool:
    """Hold a name and its tag to open_clip's lists, and tell whether these weights want the quick GELU."""
    import open_clip
    from open_clip.pretrained import get_pretrained_cfg

    names = open_clip.list_models()
    if name not in names:
        near = difflib.get_close_matches(name, names, 3, 0.5) or names[:3]
        raise UnknownModel(name, f"neither a file nor a model of open_clip; near it: {', '.join(near)}; {_OFFLINE}")
    tags = open_clip.list_pretrained_tags_by_model(name)
    if pretrained is None or not (pretrained in tags or Path(pretrained).is_file()):
        known = ", ".join(tags) or "none, give a file"
        raise UnknownModel(name, f"{pretrained!r} names none of its weights: {known}; write {name}:TAG or {name}:FILE")
    return bool(get_pretrained_cfg(name, pretrained).get("quick_gelu", False))


def _short(label: str) -> str:
    # Where a folder lies is nothing that a gallery should carry.
    path = Path(label.removeprefix(_LOCAL))
    return path.name if path.exists() and not label.startswith(HUB) else label
