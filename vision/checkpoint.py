"""Models as open_clip keeps them: a config, weights, and the files that their tokenizer needs, in one folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from torch import nn

from vision.encoder import Preprocess
from vision.errors import UnknownModel
from vision.saved_model import CONFIG_FILE, WEIGHTS_FILE
from vision.text_tokens import MOST_TOKENS, TextTokens
from vision.torch_encoder import Tokenizer
from vision.towers import TorchTokens, build

FITS = {"squash": "squash", "shortest": "crop", "longest": "pad"}
"""What open_clip calls the three ways of making a picture square."""

_LOADING_ERRORS = (RuntimeError, KeyError, TypeError, ValueError, AttributeError, OSError, EOFError)
_WEIGHTS = (WEIGHTS_FILE, "open_clip_model.safetensors", "open_clip_pytorch_model.bin", "model.pt", "checkpoint.pt")
_TEXT_FILES = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt")


@dataclass(frozen=True)
class Checkpoint:
    """A model that can be trained, saved or served.

    Attributes:
        model: open_clip's, in evaluation mode.
        tokenizer: texts to token ids.
        preprocess: how its pictures are prepared.
        config: open_clip's `model_cfg`, by which it was built.
    """

    model: nn.Module
    tokenizer: Tokenizer
    preprocess: Preprocess
    config: Mapping[str, Any]


def save_checkpoint(folder: Path, saved: Checkpoint) -> None:
    """Write what `load_checkpoint` and open_clip's own `local-dir:` read: config, weights, files of the tokenizer."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    config = {"model_cfg": dict(saved.config), "preprocess_cfg": open_clip_preprocess(saved.preprocess)}
    (folder / CONFIG_FILE).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    save_file({name: rows.contiguous() for name, rows in saved.model.state_dict().items()}, folder / WEIGHTS_FILE)
    source = saved.config["text_cfg"].get("hf_model_name")
    if source is not None:
        for name in _TEXT_FILES:
            if (Path(source) / name).is_file() and Path(source) != folder:
                shutil.copyfile(Path(source) / name, folder / name)


def load_checkpoint(source: Path) -> Checkpoint:
    """Load a local model: a folder with a config and weights, or a file of weights with its config beside it.

    The config of `model.pt` is `model.json`, or `open_clip_config.json` in the same folder. A text tower's own folder
    is looked for beside the config first, so that a saved model can be moved.

    Raises:
        UnknownModel: a file is missing, or the weights do not fit the config; the message says what to do.
    """
    import open_clip
    from safetensors import SafetensorError

    config_file, weights = _files_of(source)
    found = _read_config(config_file)
    config = _with_text_folder(found.get("model_cfg", found), config_file.parent)
    try:
        model = build(config)
        open_clip.load_checkpoint(model, str(weights))
    except (*_LOADING_ERRORS, SafetensorError, UnpicklingError) as error:
        raise UnknownModel(str(source), f"{weights.name} does not fit {config_file.name}: {error}") from error
    preprocess = preprocess_of({**_default_preprocess(config), **found.get("preprocess_cfg", {})}, str(source))
    return Checkpoint(model.eval(), tokenizer_of(config), preprocess, config)


def tokenizer_of(config: Mapping[str, Any]) -> Tokenizer:
    """Make the tokenizer of a model whose config names a local folder for it, or none at all."""
    import open_clip

    text = config["text_cfg"]
    folder = Path(text.get("hf_tokenizer_name") or text.get("hf_model_name") or "")
    length = int(text.get("context_length", 0))
    if (folder / "tokenizer.json").is_file():
        return TorchTokens(TextTokens(folder / "tokenizer.json", length or MOST_TOKENS, _pad_id(folder)))
    simple: Tokenizer = open_clip.SimpleTokenizer(context_length=length or 77)
    return simple


def preprocess_of(found: Mapping[str, Any], name: str) -> Preprocess:
    """Translate open_clip's `preprocess_cfg`.

    Raises:
        UnknownModel: the model reads no squares, or wants what is not known here.
    """
    size = found["size"]
    sides = set(size) if isinstance(size, list | tuple) else {size}
    if len(sides) != 1 or found.get("resize_mode", "shortest") not in FITS:
        raise UnknownModel(name, f"pictures of {size} pixels, {found.get('resize_mode')!r}, cannot be prepared here")
    mean, std = (tuple(map(float, found[part])) for part in ("mean", "std"))
    return Preprocess(
        sides.pop(), (mean[0], mean[1], mean[2]), (std[0], std[1], std[2]), FITS[found.get("resize_mode", "shortest")]
    )


def open_clip_preprocess(preprocess: Preprocess) -> dict[str, Any]:
    """Give open_clip's `preprocess_cfg` of a preprocess."""
    fields = asdict(preprocess)
    fit = fields.pop("fit")
    mode = next(theirs for theirs, ours in FITS.items() if ours == fit)
    return {**fields, "interpolation": "bicubic", "resize_mode": mode, "fill_color": 255}


def _files_of(source: Path) -> tuple[Path, Path]:
    if source.is_dir():
        weights = next((source / name for name in _WEIGHTS if (source / name).is_file()), None)
        configs = [source / CONFIG_FILE]
    else:
        weights = source if source.is_file() else None
        configs = [source.with_suffix(".json"), source.parent / CONFIG_FILE]
    if weights is None:
        raise UnknownModel(str(source), f"no weights there; one of {', '.join(_WEIGHTS)} must lie in a model's folder")
    config = next((file for file in configs if file.is_file()), None)
    if config is None:
        names = " or ".join(file.name for file in configs)
        raise UnknownModel(str(source), f"put open_clip's model config beside the weights, as {names}")
    return config, weights


def _read_config(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        config = found.get("model_cfg", found)
        if not {"embed_dim", "vision_cfg", "text_cfg"} <= set(config):
            raise ValueError("embed_dim, vision_cfg or text_cfg is missing")
    except (ValueError, AttributeError, TypeError) as error:
        raise UnknownModel(str(file), f"is no model config of open_clip ({error})") from error
    return dict(found)


def _with_text_folder(config: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    resolved = deepcopy(dict(config))
    text = resolved["text_cfg"]
    if "hf_model_name" not in text:
        return resolved
    here = [folder, folder / text["hf_model_name"]]
    found = next((place for place in here if (place / "config.json").is_file()), None)
    if found is not None:
        text["hf_model_name"] = text["hf_tokenizer_name"] = str(found)
    elif not Path(text["hf_model_name"]).is_dir():
        raise UnknownModel(
            str(folder),
            f"its text tower {text['hf_model_name']!r} is no folder: put its config.json and tokenizer.json there",
        )
    return resolved


def _default_preprocess(config: Mapping[str, Any]) -> dict[str, Any]:
    from open_clip.constants import OPENAI_DATASET_MEAN, OPENAI_DATASET_STD

    size = config["vision_cfg"].get("image_size", 224)
    return {"size": size, "mean": OPENAI_DATASET_MEAN, "std": OPENAI_DATASET_STD}


def _pad_id(folder: Path) -> int:
    file = folder / "config.json"
    found = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return int(found.get("pad_token_id") or 0)
