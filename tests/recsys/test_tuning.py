"""Settings are looked for within a budget, on the validation days alone, the same way twice."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from recsys import columns as c
from recsys.cleaning import Cleaning
from recsys.config import TrainingConfig
from recsys.errors import InvalidFrame
from recsys.frames_io import Frames, write_frames
from recsys.hybrid import HybridSettings
from recsys.in_service import folder_of, read_in_service
from recsys.train import main
from recsys.tuning import Budget, judged, tune
from tests.recsys.conftest import NOW

QUICK = TrainingConfig(
    cleaning=Cleaning(max_time=NOW), hybrid=HybridSettings(components=8, epochs=3, patience=2), neighbours=20
)


@pytest.fixture
def frames(toy_frames: Frames) -> Frames:
    return Frames(toy_frames.interactions, toy_frames.user_features, toy_frames.item_features)


def test_the_best_of_the_tried_settings_is_given_and_never_a_worse_one_than_the_first(frames: Frames) -> None:
    told: list[tuple[int, float]] = []
    tuned = tune(frames, QUICK, Budget(4), lambda number, best: told.append((number, best)))
    assert tuned is not None
    assert tuned.trials == 4
    assert [number for number, _ in told] == [2, 3, 4]
    assert tuned.best == told[-1][1] >= tuned.first == judged(frames, QUICK)
    assert judged(frames, tuned.config) == tuned.best
    assert (tuned.config == QUICK) == (tuned.settings == {})


def test_the_same_seed_tries_the_same_settings(frames: Frames) -> None:
    one, two = (tune(frames, QUICK, Budget(3)) for _ in range(2))
    assert one is not None
    assert two is not None
    assert replace(one, seconds=0.0) == replace(two, seconds=0.0)


def test_what_happens_after_the_validation_days_is_not_looked_at(frames: Frames) -> None:
    last = frames.interactions[c.TIMESTAMP].max()
    known = replace(QUICK, cleaning=Cleaning(max_time=last.to_pydatetime()))
    later = frames.interactions.tail(50).assign(timestamp=frames.interactions[c.TIMESTAMP].tail(50) + (NOW - last) * 3)
    longer = replace(frames, interactions=pd.concat([frames.interactions, later], ignore_index=True))
    assert judged(longer, known) == judged(frames, known)


def test_no_trial_begins_after_the_time_is_up(frames: Frames) -> None:
    tuned = tune(frames, QUICK, Budget(1_000, seconds=0.01))
    assert tuned is not None
    assert tuned.trials < 10


def test_one_trial_is_the_given_settings(frames: Frames) -> None:
    tuned = tune(frames, QUICK, Budget(1))
    assert tuned is not None
    assert (tuned.config, tuned.first, tuned.settings) == (QUICK, tuned.best, {})


def test_with_too_few_shoppers_nothing_is_tuned(frames: Frames) -> None:
    few = replace(frames, interactions=frames.interactions[frames.interactions[c.USER_ID] == "user-00"])
    assert tune(few, QUICK, Budget(3)) is None


@pytest.mark.parametrize(("trials", "seconds"), [(0, None), (3, 0.0), (3, -1.0)])
def test_a_budget_that_cannot_be_is_refused(trials: int, seconds: float | None) -> None:
    with pytest.raises(InvalidFrame, match="budget"):
        Budget(trials, seconds)


def test_what_was_found_is_stored_with_the_model_and_told_in_its_card(frames: Frames, tmp_path: Path) -> None:
    write_frames(frames, tmp_path / "data")
    (tmp_path / "quick.json").write_text(QUICK.to_json())
    command = ["--data", str(tmp_path / "data"), "--out", str(tmp_path), "--config", str(tmp_path / "quick.json")]
    assert main([*command, "--trials", "3", "--tracking", "off"]) == 0
    now = read_in_service(tmp_path)
    assert now is not None
    folder = folder_of(tmp_path, now.version)
    tuning = json.loads((folder / "metrics.json").read_text())["tuning"]
    assert tuning["trials"] == 3
    config = TrainingConfig.read(folder / "config.json")
    for name, value in tuning["settings"].items():
        assert value in (getattr(config.hybrid, name, None), config.identity_weight, config.weighting.half_life_days)
    assert "tuned by Optuna on the validation days: 3 trials" in (folder / "MODEL_CARD.md").read_text()
