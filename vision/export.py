"""A trained model to the folder that is served: both towers as ONNX, in eight bits where that costs next to nothing."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image
from torch import nn

from vision.checksums import sha256_of
from vision.encoder import Encoder, EncoderIdentity, Preprocess
from vision.errors import NothingToMatch, UnknownModel
from vision.onnx_encoder import OnnxEncoder, open_session
from vision.onnx_graphs import write_image_tower, write_int8_image, write_int8_text, write_text_tower
from vision.preprocess import pixels
from vision.saved_model import IMAGE_FILE, TEXT_FILE, TOKENIZER_FILE, ModelCard, write_card
from vision.torch_encoder import Tokenizer
from vision.towers import TorchTokens

MOST_RECALL_LOST = 0.005
"""Int8 is served if it loses less than half a point of recall."""

LEAST_TEXT_COSINE = 0.97
"""Below this an int8 text tower strays too far, and fp32 is served."""

_COMPARED = 32
_VERSIONS = ("open-clip-torch", "torch", "timm", "onnx", "onnxruntime")
_EXAMPLE_TEXTS = ("red running shoes for women", "a lamp", "ripe bananas, sweet and yellow", "a blue cotton shirt")

Judge = Callable[[Encoder], float]
"""Gives an encoder's recall on held-out photos, 0 to 1."""


@dataclass(frozen=True)
class TowerFigures:
    """What one form of a tower costs and how true it is.

    Attributes:
        bytes: size of its file.
        milliseconds: median of one picture or text, on one thread.
        cosine_mean: agreement of its rows with those in fp32.
        cosine_min: of the row that strays most.
    """

    bytes: int
    milliseconds: float
    cosine_mean: float
    cosine_min: float


@dataclass(frozen=True)
class ExportRecord:
    """What was written, and the figures by which it was chosen.

    Attributes:
        card: of the saved model.
        towers: figures by "image fp32", "image int8", "text fp32" and "text int8", as far as they were made.
        recall: what the judge said, by "fp32" and "int8" of the image tower.
    """

    card: ModelCard
    towers: Mapping[str, TowerFigures]
    recall: Mapping[str, float] = field(default_factory=dict)


def export_onnx(
    model: nn.Module,
    tokenizer: Tokenizer,
    preprocess: Preprocess,
    folder: Path,
    *,
    int8: bool,
    name: str = "embedded",
    pictures: Sequence[Image] = (),
    texts: Sequence[str] = _EXAMPLE_TEXTS,
    judge: Judge | None = None,
) -> ExportRecord:
    """Write `image.onnx`, `text.onnx`, `tokenizer.json` and `model.json`, the last when all else is there.

    Args:
        model: open_clip's, with a text tower that reads token ids.
        tokenizer: made from a `tokenizer.json`.
        preprocess: how pictures are prepared.
        folder: where to write; files of the same names are replaced.
        int8: try eight bits; what is kept then follows the figures.
        name: of the model, for people.
        pictures: RGB, of the kind that it will see; int8 is calibrated and compared on them.
        texts: on which the text towers are compared.
        judge: int8 pictures are refused where recall falls by half a point or more; without it int8 is taken as asked.

    Raises:
        UnknownModel: the tokenizer is of a kind that cannot be served without torch.
        NothingToMatch: int8 was asked for, and there is no picture to calibrate on.
    """
    if not isinstance(tokenizer, TorchTokens):
        raise UnknownModel(name, "only a tokenizer made from a tokenizer.json can be exported")
    if int8 and not pictures:
        raise NothingToMatch("an int8 image tower is calibrated on pictures, and there is none")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=folder) as scratch:
        forms = _Forms(Path(scratch), preprocess, tokenizer, name)
        forms.write(model, pictures if int8 else ())
        figures = {**_image_figures(forms, pictures), **_text_figures(forms, texts)}
        text_type = _text_type(figures)
        recall = {} if judge is None else {form: judge(forms.encoder(form, text_type)) for form in forms.made}
        card = forms.card(_image_type(forms.made, figures, recall), text_type)
        for file in (IMAGE_FILE, TEXT_FILE, TOKENIZER_FILE):
            (forms.scratch / file).replace(folder / file)
        write_card(folder, card)
    return ExportRecord(card, figures, recall)


def compare(full: Path, other: Path, batches: Sequence[Mapping[str, NDArray[Any]]], repeats: int = 1) -> TowerFigures:
    """Measure one form of a tower beside the tower in fp32, on one thread.

    Args:
        full: the graph in fp32.
        other: the graph to measure; may be the same.
        batches: inputs by name, each of one picture or text.
        repeats: how often each is timed.
    """
    truth, session = open_session(full, 1), open_session(other, 1)
    cosines, seconds = [], []
    for batch in batches:
        for _ in range(repeats):
            start = time.perf_counter()
            (rows,) = session.run(None, dict(batch))
            seconds.append(time.perf_counter() - start)
        cosines.append(float(np.sum(rows * truth.run(None, dict(batch))[0], axis=1).min()))
    milliseconds = round(1000 * statistics.median(seconds), 2)
    return TowerFigures(
        other.stat().st_size, milliseconds, round(float(np.mean(cosines)), 5), round(float(min(cosines)), 5)
    )


class _Forms:
    """The forms of both towers in a scratch folder, from which those that are served are picked."""

    def __init__(self, scratch: Path, preprocess: Preprocess, tokenizer: TorchTokens, name: str) -> None:
        self.scratch = scratch
        self.preprocess = preprocess
        self.tokens = tokenizer.tokens
        self._tokenizer = tokenizer
        self._name = name
        self._dimensions = 0
        self.made: tuple[str, ...] = ("fp32",)

    def path(self, side: str, form: str) -> Path:
        """Tell where a form lies."""
        return self.scratch / f"{side}.{form}.onnx"

    def write(self, model: nn.Module, pictures: Sequence[Image]) -> None:
        """Write fp32, and int8 where there are pictures to calibrate on."""
        write_image_tower(model, self.preprocess, self.path("image", "fp32"))
        write_text_tower(model, self._tokenizer(["two examples", "of different length"]), self.path("text", "fp32"))
        if pictures:
            write_int8_image(self.path("image", "fp32"), self.path("image", "int8"), pictures, self.preprocess)
            write_int8_text(self.path("text", "fp32"), self.path("text", "int8"))
            self.made = ("fp32", "int8")
        rows = open_session(self.path("text", "fp32"), 1).run(None, {"tokens": self.tokens.encode(["a"])})[0]
        self._dimensions = int(rows.shape[1])

    def encoder(self, image_type: str, text_type: str) -> Encoder:
        """Make an encoder of two forms, as it would be served."""
        image, text = (open_session(self.path(*side), 1) for side in (("image", image_type), ("text", text_type)))
        identity = EncoderIdentity(self._name, f"{image_type}-{text_type}", self.preprocess, self._dimensions)
        return OnnxEncoder(identity, image, text, self.tokens)

    def card(self, image_type: str, text_type: str) -> ModelCard:
        """Give the chosen forms their served names, and describe them."""
        self.path("image", image_type).replace(self.scratch / IMAGE_FILE)
        self.path("text", text_type).replace(self.scratch / TEXT_FILE)
        shutil.copyfile(self.tokens.file, self.scratch / TOKENIZER_FILE)
        files = {name: sha256_of(self.scratch / name) for name in (IMAGE_FILE, TEXT_FILE, TOKENIZER_FILE)}
        checksum = sha256("".join(f"{name}:{digest}\n" for name, digest in files.items()).encode()).hexdigest()
        identity = EncoderIdentity(self._name, checksum, self.preprocess, self._dimensions)
        versions = {package: version(package) for package in _VERSIONS}
        return ModelCard(identity, self.tokens.most_tokens, self.tokens.pad_id, files, image_type, text_type, versions)


def _image_figures(forms: _Forms, pictures: Sequence[Image]) -> dict[str, TowerFigures]:
    full = forms.path("image", "fp32")
    shown = [{"pixels": pixels([picture], forms.preprocess)} for picture in pictures[:_COMPARED]]
    return {f"image {form}": compare(full, forms.path("image", form), shown) for form in forms.made if shown}


def _text_figures(forms: _Forms, texts: Sequence[str]) -> dict[str, TowerFigures]:
    full = forms.path("text", "fp32")
    said = [{"tokens": forms.tokens.encode([text])} for text in texts[:_COMPARED]]
    return {f"text {form}": compare(full, forms.path("text", form), said) for form in forms.made if said}


def _text_type(figures: Mapping[str, TowerFigures]) -> str:
    small = figures.get("text int8")
    return "int8" if small is not None and small.cosine_mean >= LEAST_TEXT_COSINE else "fp32"


def _image_type(made: Sequence[str], figures: Mapping[str, TowerFigures], recall: Mapping[str, float]) -> str:
    if "int8" not in made:
        return "fp32"
    lost = recall["fp32"] - recall["int8"] if recall else 0.0
    faster = figures["image int8"].milliseconds < figures["image fp32"].milliseconds
    return "int8" if lost < MOST_RECALL_LOST and (faster or not recall) else "fp32"
