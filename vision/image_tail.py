"""An image tower cut in two: the lower part is frozen and runs once a view, the upper part is trained."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor, nn

from vision.errors import UnknownModel

FASTER_IN_16_BITS = 6
"""From this stage on, learning in 16 bits takes two thirds of the time; the convolutions before it are slower so."""


def bfloat16_is_fast() -> bool:
    """Tell whether this processor multiplies 16-bit floats itself: the frozen part then runs twice as fast."""
    found = torch.cpu.get_capabilities()
    return bool(found.get("avx512_bf16") or found.get("amx_bf16"))


class ImageTail(nn.Module):
    """The upper stages of an EfficientNet, from maps to features; batch norms keep their ImageNet statistics.

    It shares its modules with the tower: what it learns, the tower has learnt.

    Args:
        trunk: timm's EfficientNet.
        stage: the first of `trunk.blocks` that belongs to this part.

    Raises:
        UnknownModel: the trunk is of another family, or has no such stage.
    """

    def __init__(self, trunk: nn.Module, stage: int) -> None:
        super().__init__()
        parts = ("conv_stem", "bn1", "blocks", "conv_head", "bn2")
        if any(not hasattr(trunk, part) for part in parts) or stage > len(cast(Any, trunk).blocks):
            raise UnknownModel(type(trunk).__name__, f"only an EfficientNet can be trained from stage {stage} on")
        tower = cast(Any, trunk)
        self._lower = [nn.Sequential(tower.conv_stem, tower.bn1, *tower.blocks[:stage]).eval()]
        self.upper = nn.Sequential(*tower.blocks[stage:], tower.conv_head, tower.bn2).eval()
        self._in_16_bits = bfloat16_is_fast() and stage >= FASTER_IN_16_BITS

    def train(self, mode: bool = True) -> ImageTail:
        """Stay in evaluation mode: few photos would spoil the statistics of batch norms."""
        return super().train(False)

    def lower(self, pixels: Tensor) -> Tensor:
        """Give the frozen part's maps of prepared pictures, shape (n, channels, side, side)."""
        return self._quick(self._lower[0], pixels)

    def quickly(self, maps: Tensor) -> Tensor:
        """Give features of maps without a gradient, shape (n, f)."""
        return self._quick(self.upper, maps).mean((2, 3))

    def forward(self, maps: Tensor) -> Tensor:
        """Give features of maps, shape (n, f)."""
        with torch.autocast("cpu", torch.bfloat16, enabled=self._in_16_bits):
            found = cast(Tensor, self.upper(maps.contiguous(memory_format=torch.channels_last)))
        return found.float().mean((2, 3))

    @staticmethod
    def _quick(part: nn.Module, rows: Tensor) -> Tensor:
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=bfloat16_is_fast()):
            return cast(Tensor, part(rows.contiguous(memory_format=torch.channels_last))).float()
