"""A new model is judged beside the one in service on the same shoppers and days, that neither has learnt from."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from recsys import columns as c
from recsys.artifact import MANIFEST
from recsys.cleaning import Cleaning
from recsys.config import TrainingConfig
from recsys.errors import NotBetter
from recsys.frames_io import Frames
from recsys.hybrid import HybridSettings
from recsys.in_service import GATE_METRIC, InService, folder_of, read_in_service
from recsys.learning import before
from recsys.trainer import train
from tests.recsys.conftest import NOW

QUICK = TrainingConfig(
    cleaning=Cleaning(max_time=NOW), hybrid=HybridSettings(components=8, epochs=6, patience=3), neighbours=20
)
USELESS = replace(QUICK, hybrid=replace(QUICK.hybrid, epochs=1, learning_rate=1e-6), identity_weight=1e-6, neighbours=1)


@pytest.fixture
def frames(toy_frames: Frames) -> Frames:
    return Frames(toy_frames.interactions, toy_frames.user_features, toy_frames.item_features)


def published(frames: Frames, root: Path, config: TrainingConfig = QUICK) -> InService:
    return train(frames, root, config).publish(root)


def until(frames: Frames, days_ago: float) -> Frames:
    return before(frames, frames.interactions[c.TIMESTAMP].max() - pd.Timedelta(days=days_ago))


def test_the_first_model_is_published_with_its_own_figure(frames: Frames, tmp_path: Path) -> None:
    trained = train(frames, tmp_path, QUICK)
    gate = trained.publish(tmp_path).gate
    assert (gate.new, gate.old, gate.note) == (trained.metrics["gate"]["ndcg"], None, "the first model")


def test_on_the_same_data_and_days_the_stored_figures_are_compared(frames: Frames, tmp_path: Path) -> None:
    first = published(frames, tmp_path)
    with pytest.raises(NotBetter) as refused:
        published(frames, tmp_path, USELESS)
    assert (refused.value.metric, refused.value.old) == (GATE_METRIC, first.gate.new)
    assert refused.value.new < refused.value.old
    assert read_in_service(tmp_path) == first


def test_a_better_way_takes_the_place_of_a_useless_one(frames: Frames, tmp_path: Path) -> None:
    published(frames, tmp_path, USELESS)
    now = published(frames, tmp_path)
    assert now.gate.new is not None
    assert now.gate.old is not None
    assert now.gate.new > now.gate.old
    assert now.gate.note.startswith("same data and days")


def test_on_the_same_data_and_other_days_the_new_way_is_tried_on_the_old_days(frames: Frames, tmp_path: Path) -> None:
    first = published(frames, tmp_path)
    shorter = replace(QUICK, validation=replace(QUICK.validation, days=10.0))
    trained = train(frames, tmp_path, shorter)
    assert trained.metrics["gate"]["start"] != first.gate.start
    gate = trained.gate(folder_of(tmp_path, first.version))
    assert (gate.old, gate.start, gate.end) == (first.gate.new, first.gate.start, first.gate.end)
    assert gate.new is not None


def test_a_model_of_long_ago_is_asked_about_all_of_the_latest_days(frames: Frames, tmp_path: Path) -> None:
    published(until(frames, 30), tmp_path)
    trained = train(frames, tmp_path, QUICK)
    gate = trained.publish(tmp_path).gate
    assert gate.note == "both asked as they serve"
    assert (gate.start, gate.end) == (trained.metrics["validation"]["start"], trained.metrics["validation"]["end"])
    assert gate.new == pytest.approx(trained.metrics["gate"]["ndcg"])
    assert gate.old is not None
    assert gate.tolerance > 0


def test_a_model_that_knows_some_of_the_latest_days_is_asked_about_the_rest(frames: Frames, tmp_path: Path) -> None:
    earlier = until(frames, 0.5)
    first = published(earlier, tmp_path)
    gate = train(frames, tmp_path, QUICK).gate(folder_of(tmp_path, first.version))
    known_until = earlier.interactions[c.TIMESTAMP].max()
    assert gate.start is not None
    assert pd.Timestamp(gate.start) > known_until
    assert gate.shoppers >= 10
    assert gate.old is not None


def test_where_hardly_anybody_came_since_the_newer_model_is_published_unjudged(frames: Frames, tmp_path: Path) -> None:
    last = frames.interactions[c.TIMESTAMP].max()
    published(replace(frames, interactions=frames.interactions[frames.interactions[c.TIMESTAMP] < last]), tmp_path)
    gate = published(frames, tmp_path).gate
    assert gate.old is None
    assert "too few shoppers since" in gate.note


def test_a_model_of_older_data_is_refused(frames: Frames, tmp_path: Path) -> None:
    published(frames, tmp_path)
    with pytest.raises(NotBetter, match="last event learnt from"):
        published(until(frames, 5), tmp_path)


def test_a_model_of_much_less_data_is_refused(frames: Frames, tmp_path: Path) -> None:
    first = published(frames, tmp_path)
    with pytest.raises(NotBetter, match="events learnt from"):
        published(replace(frames, interactions=frames.interactions.iloc[-100:]), tmp_path)
    with pytest.raises(NotBetter, match="events learnt from"):
        published(replace(frames, interactions=frames.interactions.iloc[:0]), tmp_path)
    assert read_in_service(tmp_path) == first


def test_a_model_that_cannot_be_read_is_replaced(frames: Frames, tmp_path: Path) -> None:
    first = published(frames, tmp_path)
    manifest = folder_of(tmp_path, first.version) / MANIFEST
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format_version": 999}))
    gate = published(frames, tmp_path, QUICK.seeded(5)).gate
    assert gate.note.startswith("not judged: the model in service cannot be read")
