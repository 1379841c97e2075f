"""Towers of torch to ONNX graphs, in full and in eight bits."""

from __future__ import annotations

import copy
import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from PIL.Image import Image
from torch import Tensor, nn
from torch.nn import functional

from vision.encoder import Preprocess
from vision.errors import NothingToMatch
from vision.preprocess import pixels
from vision.torch_encoder import evaluating

OPSET = 17
CALIBRATION_PICTURES = 128
"""Ranges of activations settle well below this."""


class _Tower(nn.Module):
    """One side of a model, its rows brought to length one."""

    def __init__(self, model: nn.Module, side: str) -> None:
        super().__init__()
        self.model = model
        self.side = side

    def forward(self, batch: Tensor) -> Tensor:
        encode: Any = getattr(self.model, self.side)
        return functional.normalize(encode(batch), dim=-1)


def write_image_tower(model: nn.Module, preprocess: Preprocess, path: Path) -> None:
    """Write the image tower: "pixels" (n, 3, size, size) to "rows" (n, d) of length one, for any n."""
    example = torch.zeros(2, 3, preprocess.size, preprocess.size)
    _write(_Tower(with_fixed_padding(model, preprocess.size), "encode_image"), example, path, "pixels", {0: "n"})


def with_fixed_padding(model: nn.Module, size: int) -> nn.Module:
    """Copy a model whose "same" convolutions, padded by what comes in, are padded for squares of one size.

    The towers of EfficientNet-lite pad as TensorFlow does. Left as it is that becomes dozens of graph nodes that count
    sides at run time; fixed, ONNX Runtime folds it into the convolutions.
    """
    from timm.layers.conv2d_same import Conv2dSame

    fixed = copy.deepcopy(model).eval()
    shown: dict[str, Sequence[int]] = {}
    same = {name: part for name, part in fixed.named_modules() if isinstance(part, Conv2dSame)}
    for name, part in same.items():
        part.register_forward_pre_hook(lambda _, inputs, name=name: shown.update({name: inputs[0].shape[-2:]}))
    encode: Any = fixed.encode_image
    with torch.inference_mode():
        encode(torch.zeros(1, 3, size, size))
    for name, part in same.items():
        fixed.set_submodule(name, _padded_convolution(part, shown[name]))
    return fixed


def write_text_tower(model: nn.Module, tokens: Tensor, path: Path) -> None:
    """Write the text tower: "tokens" (n, length) to "rows" (n, d) of length one, for any n and length.

    Args:
        model: whose text tower is written.
        tokens: an example batch of two rows of different lengths.
        path: the file to write.
    """
    traced = copy.deepcopy(model)
    transformer: Any = getattr(getattr(traced, "text", None), "transformer", None)
    if hasattr(transformer, "set_attn_implementation"):
        # Fused attention branches on the mask's values, which a trace would freeze.
        transformer.set_attn_implementation("eager")
    _write(_Tower(traced, "encode_text"), tokens, path, "tokens", {0: "n", 1: "length"})


def write_int8_image(full: Path, path: Path, pictures: Sequence[Image], preprocess: Preprocess) -> None:
    """Quantise an image tower: weights per output channel, activations by the ranges that pictures give.

    Args:
        full: the tower in fp32.
        path: the file to write.
        pictures: what the model will see, RGB; at most 128 of them are used, evenly spread.
        preprocess: how they are prepared.

    Raises:
        NothingToMatch: there is no picture to calibrate on.
    """
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    if not pictures:
        raise NothingToMatch("an int8 image tower is calibrated on pictures, and there is none")
    prepared = path.with_suffix(".prepared")
    with _quiet():
        quant_pre_process(full, prepared, skip_symbolic_shape=True)
        quantize_static(
            prepared,
            path,
            _Calibration(_spread(pictures), preprocess),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
        )
    prepared.unlink()


def write_int8_text(full: Path, path: Path) -> None:
    """Quantise a text tower's weights per output channel; activations get their ranges while it runs."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with _quiet():
        quantize_dynamic(full, path, weight_type=QuantType.QInt8, per_channel=True)


def _padded_convolution(part: nn.Conv2d, sides: Sequence[int]) -> nn.Sequential:
    padding: list[int] = []
    for side, kernel, stride, dilation in zip(sides, part.kernel_size, part.stride, part.dilation, strict=True):
        total = max((-(-side // stride) - 1) * stride + (kernel - 1) * dilation + 1 - side, 0)
        # Torch wants left, right, top, bottom, and the height comes first here.
        padding = [total // 2, total - total // 2, *padding]
    bare = nn.Conv2d(
        *(part.in_channels, part.out_channels, (part.kernel_size[0], part.kernel_size[1])),
        stride=(part.stride[0], part.stride[1]),
        dilation=(part.dilation[0], part.dilation[1]),
        groups=part.groups,
        bias=part.bias is not None,
    )
    bare.load_state_dict(part.state_dict())
    return nn.Sequential(nn.ZeroPad2d((padding[0], padding[1], padding[2], padding[3])), bare)


class _Calibration:
    """Hands pictures to the quantiser one by one, as `CalibrationDataReader` does."""

    def __init__(self, pictures: Sequence[Image], preprocess: Preprocess) -> None:
        self._batches: Iterator[Any] = (pixels([picture], preprocess) for picture in pictures)

    def get_next(self) -> dict[str, Any] | None:
        batch = next(self._batches, None)
        return None if batch is None else {"pixels": batch}


def _spread(pictures: Sequence[Image]) -> list[Image]:
    step = max(1, len(pictures) / CALIBRATION_PICTURES)
    return [pictures[int(number * step)] for number in range(min(len(pictures), CALIBRATION_PICTURES))]


def _write(tower: nn.Module, example: Tensor, path: Path, name: str, axes: dict[int, str]) -> None:
    with evaluating(tower), _quiet():
        torch.onnx.export(
            tower,
            (example,),
            str(path),
            input_names=[name],
            output_names=["rows"],
            dynamic_axes={name: axes, "rows": {0: "n"}},
            opset_version=OPSET,
            # The newer exporter needs onnxscript and writes no better graph of these towers.
            dynamo=False,
        )


@contextmanager
def _quiet() -> Iterator[None]:
    # The older exporter warns that it is old, and the quantiser warns through the root logger on every call.
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            root.setLevel(level)
