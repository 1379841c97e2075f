"""One training from a catalogue to a model folder: nothing of the old folder changes before the new one is whole."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from PIL.Image import Image
from torch import Tensor, nn

from vision.calibration import calibrate
from vision.catalogue import Catalogue
from vision.checkpoint import Checkpoint, save_checkpoint
from vision.encoder import Encoder
from vision.errors import ArtifactDamaged
from vision.export import ExportRecord, export_onnx
from vision.feature_cache import FeatureCache, build_cache, view_counts
from vision.gallery import Gallery
from vision.image_tail import ImageTail
from vision.matcher_settings import MatcherSettings
from vision.model_card import CARD_NAME, model_card
from vision.plots import draw_curves
from vision.saved_model import load_encoder, read_card
from vision.towers import build_default, default_config, embedded_text_folder
from vision.train_settings import TrainSettings
from vision.trainer import Trainer, TrainingRecord
from vision.training_data import Ints, TrainingData, Views, read_training_data
from vision.training_split import TrainingSplit, split_views
from vision.whole_folders import publish, sole_writer

METRICS_FILE, MATCHER_FILE, CURVES_FILE = "metrics.json", "matcher.json", "curves.png"

_CALIBRATED_ON = 96
"""Pictures that eight-bit towers are fitted to."""


@dataclass(frozen=True)
class Outcome:
    """What became of a training.

    Attributes:
        record: of the training.
        data: what it read.
        kind: what it was judged by.
        exported: what the served towers cost; none if nothing was published.
        folder: where the model is, tuned or, where tuning helped nothing and no whole model was there, frozen; none if
            one was there, which then stays.
        seconds: all of it took.
    """

    record: TrainingRecord
    data: TrainingData
    kind: str
    exported: ExportRecord | None
    folder: Path | None
    seconds: float


def embedded_start(settings: TrainSettings) -> Checkpoint:
    """Build the embedded model at the size that training wants."""
    model, tokenizer, preprocess = build_default(settings.tower, seed=settings.seed)
    config = default_config(settings.tower, embedded_text_folder())
    config["vision_cfg"]["image_size"] = settings.size
    cast(Any, model).visual.image_size = (settings.size, settings.size)
    return Checkpoint(model, tokenizer, replace(preprocess, size=settings.size), config)


def train_model(
    catalogue: Catalogue,
    folder: Path,
    settings: TrainSettings,
    *,
    start: Callable[[TrainSettings], Checkpoint] = embedded_start,
    int8: bool = True,
    progress: bool = True,
) -> Outcome:
    """Tune a model on a catalogue and publish it.

    Where it is no better than the frozen tower on what was held out, a model that is there stays; where none is, or a
    damaged one, the frozen tower is published, so that a shop can search at all.

    Args:
        catalogue: products with pictures, and maybe shoppers' photos.
        folder: of the model; what was there stays until the new one is whole, and where nothing better was made.
        settings: how to train.
        start: builds the model that training starts from.
        int8: also try eight-bit towers.
        progress: draw bars.

    Raises:
        NothingToMatch: fewer than two products have a picture.
        UnknownModel: there is no such tower.
    """
    torch.set_num_threads(settings.threads)
    with sole_writer(folder) as scratch:
        # The minutes count from here: another training may have been waited for.
        started = time.monotonic()
        data = read_training_data(catalogue)
        begun = start(settings)
        views = Views(data, settings.size, settings.seed)
        trained = _trained(begun, data, views, settings, scratch, progress, started)
        if not trained.record.is_better and _is_whole(folder):
            return Outcome(trained.record, data, trained.split.kind, None, None, time.monotonic() - started)
        made = scratch / "model"
        exported = _write(made, begun, data, views, trained, catalogue, settings, int8, started)
        publish(made, folder)
    return Outcome(trained.record, data, trained.split.kind, exported, folder, time.monotonic() - started)


def _is_whole(folder: Path) -> bool:
    try:
        read_card(folder)
    except ArtifactDamaged:
        return False
    return True


@dataclass(frozen=True)
class _Trained:
    record: TrainingRecord
    split: TrainingSplit
    cache: FeatureCache


def _trained(
    begun: Checkpoint,
    data: TrainingData,
    views: Views,
    settings: TrainSettings,
    scratch: Path,
    progress: bool,
    started: float,
) -> _Trained:
    towers = cast(Any, begun.model)
    begun.model.requires_grad_(False)
    tail = ImageTail(towers.visual.trunk, settings.stage)
    for part in (towers.visual.head, towers.text.proj):
        part.requires_grad_(True)
    towers.logit_scale.requires_grad_(True)
    counts = view_counts(data, settings.views, settings.main_views, settings.lone_views)
    cache_started = time.monotonic()
    cache = build_cache(tail, views, counts, begun.preprocess, scratch, settings.threads, progress)
    seconds = time.monotonic() - cache_started
    split = split_views(data, cache, settings.seed)
    texts = caption_features(begun, data)
    trainer = Trainer(begun.model, tail, data, cache, split, texts, settings, started)
    record = trainer.run(progress)
    record.seconds = {"views": round(seconds, 1), **record.seconds}
    return _Trained(record, split, cache)


def caption_features(begun: Checkpoint, data: TrainingData) -> list[Tensor]:
    """Give what the text tower makes of each product's captions before the projection, shape (captions, t) each."""
    text = cast(Any, begun.model).text
    projection, text.proj = text.proj, nn.Identity()
    try:
        with torch.inference_mode():
            made = [_read(begun, list(texts), projection.in_features) for texts in data.captions]
    finally:
        text.proj = projection
    return [rows.clone() for rows in made]


def _read(begun: Checkpoint, texts: list[str], width: int) -> Tensor:
    if not texts:
        return torch.zeros(0, width)
    rows: Tensor = cast(Any, begun.model).text(begun.tokenizer(texts)).float()
    return rows


def _write(
    made: Path,
    begun: Checkpoint,
    data: TrainingData,
    views: Views,
    trained: _Trained,
    catalogue: Catalogue,
    settings: TrainSettings,
    int8: bool,
    started: float,
) -> ExportRecord:
    held = _held_rows(trained)
    shown = _shown(data, views, settings.seed)
    judge = _judge(data, views, held) if len(held) else None
    exported = export_onnx(
        begun.model.eval(),
        begun.tokenizer,
        begun.preprocess,
        made,
        int8=int8,
        name=f"{settings.tower} {'tuned' if trained.record.is_better else 'frozen'}",
        pictures=shown,
        judge=judge,
    )
    save_checkpoint(made, begun)
    matcher = _calibrated(made, data, views, held, catalogue, settings)
    matcher.save(made / MATCHER_FILE)
    told = _told(data, trained, exported, settings, time.monotonic() - started)
    (made / METRICS_FILE).write_text(json.dumps(told, indent=2, default=str) + "\n", encoding="utf-8")
    (made / CARD_NAME).write_text(model_card(told), encoding="utf-8")
    draw_curves(trained.record.history, trained.record.frozen.score, made / CURVES_FILE)
    return exported


def _held_rows(trained: _Trained) -> Ints:
    """Give the photos that training never saw in any view."""
    photos = trained.split.judged.get("photos", np.zeros(0, np.int64))
    return np.asarray(np.searchsorted(np.cumsum(trained.cache.counts), photos, side="right"), np.int64)


def _shown(data: TrainingData, views: Views, seed: int) -> list[Image]:
    rng = np.random.default_rng(seed)
    rows = rng.choice(len(data.photos), min(_CALIBRATED_ON, 2 * len(data.photos)), replace=len(data.photos) < 96)
    return [views.view(int(row), number % 2) for number, row in enumerate(rows)]


def _judge(data: TrainingData, views: Views, held: Ints) -> Callable[[Encoder], float]:
    def recall(encoder: Encoder) -> float:
        gallery = encoder.encode_images([views.plain(int(row)) for row in data.main])
        queries = encoder.encode_images([views.plain(int(row)) for row in held])
        return float(((queries @ gallery.T).argmax(1) == data.products[held]).mean())

    return recall


def _calibrated(
    made: Path, data: TrainingData, views: Views, held: Ints, catalogue: Catalogue, settings: TrainSettings
) -> MatcherSettings:
    """Calibrate the matcher as it will serve: on all pictures but those that were held out."""
    encoder = load_encoder(made, settings.threads)
    kept_out = {data.photos[row].path for row in held}
    shelf = Catalogue(catalogue.items, tuple(photo for photo in catalogue.photos if photo.path not in kept_out))
    gallery = Gallery.build(shelf, encoder, progress=False)
    photos = [(data.photos[row].item_id, views.plain(int(row))) for row in held]
    return calibrate(encoder, gallery, shelf, settings.seed, photos=photos)


def _told(
    data: TrainingData, trained: _Trained, exported: ExportRecord, settings: TrainSettings, seconds: float
) -> dict[str, Any]:
    return {
        "data": {
            "products": len(data.item_ids),
            "photos": len(data.photos),
            "shoppers_photos": sum(photo.kind == "click" for photo in data.photos),
            "views": len(trained.cache.features),
            "refused": {path.name: reason for path, reason in data.refused.items()},
        },
        "held_out": trained.split.kind,
        "unseen_products": len(trained.split.unseen),
        "training": trained.record.as_dict(),
        "settings": asdict(settings),
        "served": {
            "image": exported.card.image_type,
            "text": exported.card.text_type,
            "towers": {name: asdict(figures) for name, figures in exported.towers.items()},
            "recall": dict(exported.recall),
        },
        "seconds": round(seconds, 1),
    }
