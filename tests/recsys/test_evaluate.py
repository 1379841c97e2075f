"""The command that measures all models: one table a task, JSON that says what it rests on, and clear refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from recsys import columns as c
from recsys.evaluate import main
from recsys.evaluation_plots import draw
from recsys.frames_io import Frames as DataFrames
from recsys.frames_io import write_frames
from recsys.report import plain
from tests.recsys.conftest import Frames, interactions, item_features, user_features

MODELS = {
    *("popular", "popular_in_category", "content", "item_knn", "user_knn", "ease", "svd", "als"),
    *("lightfm_ids", "lightfm", "blend"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("frames")
    write_frames(DataFrames(interactions(), user_features(), item_features()), folder)
    return folder


@pytest.fixture(scope="module")
def report(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict:
    written = tmp_path_factory.mktemp("written")
    arguments = ["--demo", str(folder), "--quick", "--json", str(written / "a" / "figures.json")]
    assert main([*arguments, "--plots", str(written / "plots")]) == 0
    found = json.loads((written / "a" / "figures.json").read_text(encoding="utf-8"))
    found["files"] = sorted(file.name for file in (written / "plots").iterdir())
    return found


def tasks_of(report: dict) -> dict:
    return {name: task for stage in report["benchmarks"]["demo"]["stages"] for name, task in stage["tasks"].items()}


def test_every_model_stands_in_every_table(report: dict) -> None:
    tasks = tasks_of(report)
    assert {*tasks} == {"new items", "all items", "cold items"}
    for task in tasks.values():
        assert {*task["models"]} >= MODELS
        assert task["users"] > 0
        for model in task["models"].values():
            assert 0 <= model["ndcg"]["low"] <= model["ndcg"]["mean"] <= model["ndcg"]["high"] <= 1
            assert {"precision", "recall", "mrr", "hit_rate", "coverage", "novelty"} <= {*model}


def test_the_report_says_what_it_rests_on(report: dict) -> None:
    shop = report["benchmarks"]["demo"]
    assert report["made_with"]["rectools-lightfm"]
    assert report["plan"]["seed"] == 17
    assert shop["split"]["learnt_before"] == shop["split"]["validate_before"]
    assert shop["chosen_on_validation"]["blend"]["weights"]
    assert shop["stages"][0]["learnt_from"]["cleaning"]["rows"] > 0
    assert {*shop["stages"][0]["seconds_to_learn"]} >= MODELS


def test_the_served_model_is_compared_with_each_other_shopper_by_shopper(report: dict) -> None:
    compared = tasks_of(report)["new items"]["served_against"]
    assert {*compared} >= MODELS - {"blend"}
    for one in compared.values():
        assert one["difference"]["low"] <= one["difference"]["mean"] <= one["difference"]["high"]


def test_tastes_as_clear_as_the_toy_shops_are_learnt(report: dict) -> None:
    models = tasks_of(report)["new items"]["models"]
    assert models["blend"]["ndcg"]["mean"] > models["popular"]["ndcg"]["mean"]


def test_models_reliability_and_tables_are_drawn(report: dict, tmp_path: Path) -> None:
    assert {"demo_new_items.png", "demo_cold_items.png", "demo_new_items_reliability.png"} <= {*report["files"]}
    curve = [{"diversity": 0.1 * n, "ndcg": 0.2, "similarity": 0.5 - 0.1 * n, "coverage": 0.3} for n in range(3)]
    nothing = {"calibration": {}, "stages": [], "diversity": curve}
    assert [file.name for file in draw({"benchmarks": {"x": nothing}}, tmp_path)] == ["x_diversity.png"]
    assert (tmp_path / "x_diversity.png").stat().st_size > 1_000


def test_the_same_seed_finds_the_same(
    report: dict, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert main(["--demo", str(folder), "--quick", "--json", str(tmp_path / "again.json")]) == 0
    again = tasks_of(json.loads((tmp_path / "again.json").read_text(encoding="utf-8")))
    assert again == tasks_of(report)
    told = capsys.readouterr().out
    assert "demo, cold items" in told
    assert "times popular" in told
    assert "expected calibration error" in told


def test_without_a_second_fit_nothing_after_the_training_is_known(folder: Path, tmp_path: Path) -> None:
    assert main(["--demo", str(folder), "--quick", "--no-refit", "--json", str(tmp_path / "figures.json")]) == 0
    shop = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))["benchmarks"]["demo"]
    assert shop["split"]["learnt_before"] == shop["split"]["train_before"]


def test_a_missing_folder_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["--datasets", str(tmp_path / "nowhere")]) == 1
    assert "no such file; name the folder that holds the data set with --datasets" in capsys.readouterr().err


def test_without_any_data_the_command_says_what_to_name(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit):
        main([])
    assert "--datasets, --demo or both" in capsys.readouterr().err


def shopped(frames: Frames, tmp_path: Path, kept: pd.Series) -> Path:
    write_frames(DataFrames(frames.interactions[kept], frames.user_features, frames.item_features), tmp_path)
    return tmp_path


def test_one_shopper_is_too_few_to_tell_models_apart(
    toy_frames: Frames, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    one = toy_frames.interactions[c.USER_ID] == "user-00"
    assert main(["--demo", str(shopped(toy_frames, tmp_path, one)), "--quick"]) == 1
    assert "2 shoppers or more are wanted" in capsys.readouterr().err


def test_one_item_is_too_few_to_tell_models_apart(
    toy_frames: Frames, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    one = toy_frames.interactions[c.ITEM_ID] == toy_frames.interactions[c.ITEM_ID].mode()[0]
    assert main(["--demo", str(shopped(toy_frames, tmp_path, one)), "--quick"]) == 1
    assert "2 items or more are wanted" in capsys.readouterr().err


def test_a_shop_that_just_opened_has_nothing_to_choose_by(
    toy_frames: Frames, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    times = toy_frames.interactions[c.TIMESTAMP]
    quiet = (times > times.max() - pd.Timedelta(weeks=4)) | (times < times.max() - pd.Timedelta(weeks=8))
    assert main(["--demo", str(shopped(toy_frames, tmp_path, quiet)), "--quick"]) == 1
    assert "by which weights are chosen" in capsys.readouterr().err


def test_json_knows_no_nan_and_no_moments() -> None:
    assert plain({"a": [float("nan"), 1.5, None, True], 2: pd.Timestamp("2011-08-01")}) == {
        "a": [None, 1.5, None, True],
        "2": "2011-08-01 00:00:00",
    }
