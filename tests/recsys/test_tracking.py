"""Each training is one run of MLflow, kept in a database file that its pages can open."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from recsys.cleaning import Cleaning
from recsys.config import TrainingConfig
from recsys.frames_io import Frames, write_frames
from recsys.hybrid import HybridSettings
from recsys.tracking import EXPERIMENT, flat, local_store
from recsys.train import main
from tests.recsys.conftest import NOW

QUICK = TrainingConfig(
    cleaning=Cleaning(max_time=NOW), hybrid=HybridSettings(components=8, epochs=3, patience=2), neighbours=20
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of models whose one training was logged: MLflow takes seconds to make its database."""
    from tests.recsys import conftest

    folder = tmp_path_factory.mktemp("tracked")
    frames = Frames(conftest.interactions(), conftest.user_features(), conftest.item_features())
    write_frames(frames, folder / "data")
    (folder / "quick.json").write_text(QUICK.to_json())
    assert main(["--data", str(folder / "data"), "--out", str(folder), "--config", str(folder / "quick.json")]) == 0
    return folder


def test_a_run_holds_settings_figures_epochs_and_files(root: Path) -> None:
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=local_store(root))
    experiment = client.get_experiment_by_name(EXPERIMENT)
    (run,) = client.search_runs([experiment.experiment_id])
    assert run.info.status == "FINISHED"
    assert run.data.params["hybrid.components"] == "8"
    assert 0 < run.data.metrics["new_items.blend.ndcg"] <= 1
    assert run.data.metrics["calibration_error"] >= 0
    steps = [point.step for point in client.get_metric_history(run.info.run_id, "epoch_ndcg")]
    assert steps == sorted(steps)
    assert steps[0] == 1
    files = {file.path for file in client.list_artifacts(run.info.run_id)}
    assert files == {"config.json", "metrics.json", "MODEL_CARD.md", "curves.png", "reliability.png"}
    assert (root / "tracking" / "files" / run.info.run_id).is_dir()


def test_nothing_is_told_to_the_makers_of_the_tracker(root: Path) -> None:
    from mlflow.environment_variables import MLFLOW_DISABLE_TELEMETRY
    from mlflow.telemetry import get_telemetry_client

    assert MLFLOW_DISABLE_TELEMETRY.get() is True
    assert get_telemetry_client() is None


def test_a_tracker_that_cannot_be_reached_is_told_and_the_model_is_in_service(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    store = f"sqlite:///{tmp_path}/file/mlflow.db"
    logging.getLogger("mlflow").setLevel(logging.CRITICAL)
    command = ["--data", str(root / "data"), "--out", str(tmp_path), "--config", str(root / "quick.json")]
    assert main([*command, "--tracking", store]) == 0
    out = capsys.readouterr().out
    assert "is in service" in out
    assert "not logged" in out


def test_a_tree_of_settings_becomes_names_with_dots() -> None:
    assert flat({"a": {"b": 1, "c": {"d": None}}, "e": [2]}) == {"a.b": 1, "a.c.d": None, "e": [2]}
