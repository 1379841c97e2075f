from __future__ import annotations

import time
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from torch import nn

from tests.vision.training_shop import colour_shop
from vision.errors import InvalidCatalogue, UnknownModel
from vision.feature_cache import FeatureCache, build_cache, view_counts
from vision.image_tail import ImageTail
from vision.train_settings import TrainSettings
from vision.trainer import Trainer, TrainingRecord
from vision.training_data import TrainingData, Views, read_training_data
from vision.training_split import split_views
from vision.training_task import caption_features, embedded_start

SETTINGS = TrainSettings(
    size=64, views=2, main_views=8, lone_views=10, projection_epochs=8, tail_epochs=1, minutes=5, threads=1
)


def prepared(folder: Path, photos: int) -> tuple[Any, TrainingData, ImageTail, FeatureCache]:
    begun = embedded_start(SETTINGS)
    data = read_training_data(colour_shop(folder, photos=photos))
    tail = ImageTail(cast(Any, begun.model).visual.trunk, SETTINGS.stage)
    counts = view_counts(data, SETTINGS.views, SETTINGS.main_views, SETTINGS.lone_views)
    cache = build_cache(tail, Views(data, 64, 0), counts, begun.preprocess, folder, 1, progress=False)
    return begun, data, tail, cache


def trained(folder: Path, photos: int) -> tuple[Any, TrainingRecord]:
    begun, data, tail, cache = prepared(folder, photos)
    split = split_views(data, cache, 0)
    trainer = Trainer(begun.model, tail, data, cache, split, caption_features(begun, data), SETTINGS, time.monotonic())
    return begun.model, trainer.run(progress=False)


@pytest.mark.parametrize("photos", [0, 7], ids=["one picture each", "several photos each"])
def test_training_finds_what_was_held_out_and_leaves_the_lower_stages_and_batch_norms_alone(
    tmp_path: Path, photos: int
) -> None:
    model, record = trained(tmp_path, photos)
    frozen = embedded_start(SETTINGS).model.state_dict()
    now = model.state_dict()
    same = {name for name in frozen if torch.equal(frozen[name], now[name])}
    assert {name for name in frozen if "running" in name or name.startswith("text.transformer")} <= same
    assert {name for name in frozen if ".blocks.0." in name} <= same
    assert "visual.head.proj.weight" not in same
    assert record.tuned.score >= record.frozen.score or not photos
    assert all(record.tuned.text_at_1[kind] > found for kind, found in record.frozen.text_at_1.items())
    assert record.history[0]["part"] == "projections"
    assert (record.history[-1]["part"] == "pass 1") == (photos > 0)
    assert {name for name in frozen if ".blocks.6." in name or "conv_head" in name} <= same or photos


def test_the_cache_holds_what_the_tower_makes_of_each_view(tmp_path: Path) -> None:
    begun, data, tail, cache = prepared(tmp_path, photos=1)
    from vision.preprocess import pixels

    view = Views(data, 64, 0).view(int(data.main[2]), 3)
    with torch.no_grad():
        truth = cast(Any, begun.model).visual.trunk(torch.from_numpy(pixels([view], begun.preprocess)))[0]
    place = cache.places(data.main)[2] + 3
    # The frozen part may run in bfloat16, whose numbers have eight significant bits.
    cosine = torch.cosine_similarity(cache.features_of(np.array([place]))[0], truth, dim=0)
    assert cosine > 0.98
    with torch.no_grad():
        again = tail(cache.maps_of(np.array([place])))[0]
    assert torch.cosine_similarity(again, truth, dim=0) > 0.98


def test_views_lie_one_photo_after_another() -> None:
    cache = FeatureCache(np.array([2, 3]), np.zeros((5, 1, 1, 1), np.float16), np.zeros((5, 1), np.float16))
    assert cache.places([0, 1], 1).tolist() == [1, 3]
    assert cache.places_of(1).tolist() == [2, 3, 4]


def test_only_an_efficientnet_can_be_cut_in_two() -> None:
    with pytest.raises(UnknownModel):
        ImageTail(nn.Linear(2, 2), 5)


@pytest.mark.parametrize("wrong", [{"views": 0}, {"minutes": 0}, {"dropout": 1.0}, {"stage": -1}], ids=str)
def test_settings_that_nothing_can_be_trained_with_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidCatalogue):
        TrainSettings(**wrong)
