"""A low-rank adapter of a sentence encoder: a small file of narrow matrices beside its card.

When the encoder is exported, each adapted matrix gets the product of two narrow ones added to it (Hu et al., 2021), so
that the encoder which serves is no slower.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

WEIGHTS, CARD = "adapter.safetensors", "adapter.json"
DOWN, UP = ".lora_A", ".lora_B"

Products = Mapping[str, tuple[NDArray[np.float32], NDArray[np.float32]]]
"""By the name of an adapted matrix of shape (out, into): `down` of shape (rank, into) and `up` of shape (out, rank)."""


class AdapterUnusable(ValueError):
    """An adapter is missing, damaged, or made for other weights; the message says which and what to do."""


@dataclass(frozen=True)
class AdapterCard:
    """What `adapter.json` says.

    Attributes:
        base: the encoder that it is for, as its makers call it.
        base_sha256: of that encoder's file; no other gets the adapter.
        weights_sha256: of the adapter's own file.
        intents: those it was taught to tell apart.
        examples: how many it was taught on.
        settings: of the training.
        loss_first: the loss of the first step.
        loss_last: the mean loss of the last steps.
    """

    base: str
    base_sha256: str
    weights_sha256: str
    intents: tuple[str, ...]
    examples: int
    settings: Mapping[str, Any]
    loss_first: float
    loss_last: float


def write_products(products: Products, folder: Path) -> str:
    """Write the narrow matrices in half precision; give the file's digest."""
    folder.mkdir(parents=True, exist_ok=True)
    halves = {
        name + part: np.ascontiguousarray(matrix, np.float16)
        for name, pair in products.items()
        for part, matrix in zip((DOWN, UP), pair, strict=True)
    }
    save_file(halves, folder / WEIGHTS)
    return hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()


def write_card(card: AdapterCard, folder: Path) -> None:
    """Write the card."""
    (folder / CARD).write_text(json.dumps(asdict(card), indent=2) + "\n", encoding="utf-8")


def read_card(folder: Path, base_sha256: str) -> AdapterCard:
    """Read the card, and hold the adapter's file to it.

    Args:
        folder: of the adapter.
        base_sha256: of the file of the encoder that shall get it.

    Raises:
        AdapterUnusable: the adapter is missing, damaged, or for another encoder.
    """
    try:
        found = json.loads((folder / CARD).read_text(encoding="utf-8"))
        card = AdapterCard(**{**found, "intents": tuple(found["intents"])})
        digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise _unusable(folder, f"cannot be read ({error})") from error
    if card.base_sha256 != base_sha256:
        raise _unusable(folder, f"was made for other weights ({card.base_sha256!s:.12}, not {base_sha256:.12})")
    if card.weights_sha256 != digest:
        raise _unusable(folder, f"is damaged: {WEIGHTS} is not the file that {CARD} describes")
    return card


def read_products(folder: Path, base_sha256: str) -> Products:
    """Read the narrow matrices; arguments and errors are those of `read_card`."""
    read_card(folder, base_sha256)
    try:
        halves = {name: matrix.astype(np.float32) for name, matrix in load_file(folder / WEIGHTS).items()}
        names = sorted({name.removesuffix(DOWN).removesuffix(UP) for name in halves})
        return {name: (halves[name + DOWN], halves[name + UP]) for name in names}
    except (OSError, SafetensorError, KeyError) as error:
        raise _unusable(folder, f"cannot be used ({error})") from error


def _unusable(folder: Path, why: str) -> AdapterUnusable:
    return AdapterUnusable(
        f"the adapter in {folder} {why}: take it from the repository, or make it with `python -m ops.tune_encoder`"
    )
