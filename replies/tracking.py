"""Logs each training to MLflow: settings, figures, every pass, and the files that describe it.

By default runs are kept in a database file below the folder of models. To look at them:

    pip install mlflow
    mlflow ui --backend-store-uri sqlite:///artifacts/replies/shop/tracking/mlflow.db
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from replies.trainer import Epoch

EXPERIMENT = "replies"
_FILES = ("config.json", "metrics.json", "MODEL_CARD.md", "curves.png")


def log_training(
    folder: Path,
    settings: Mapping[str, Any],
    figures: Mapping[str, float],
    epochs: Sequence[Epoch],
    root: Path,
    store: str | None = None,
) -> str:
    """Log a training as one run.

    Args:
        folder: the model's, with the files that describe it.
        settings: how it was trained.
        figures: how good it is.
        epochs: how each pass went.
        root: the folder of models, where runs are kept.
        store: another address of MLflow; None is the folder's own.

    Returns:
        The id of the run.
    """
    with _quiet():
        from mlflow import MlflowClient
        from mlflow.entities import Metric, Param
        from mlflow.environment_variables import MLFLOW_DISABLE_TELEMETRY
        from mlflow.telemetry import set_telemetry_client

        MLFLOW_DISABLE_TELEMETRY.set("true")  # type: ignore[no-untyped-call]
        set_telemetry_client()  # type: ignore[no-untyped-call]
        if store is None:
            (root / "tracking").mkdir(parents=True, exist_ok=True)
        own = f"sqlite:///{(root / 'tracking' / 'mlflow.db').resolve()}"
        client = MlflowClient(tracking_uri=store or own)
        files = (root / "tracking" / "files").resolve().as_uri() if store is None else None
        found = client.get_experiment_by_name(EXPERIMENT)
        experiment = found.experiment_id if found else client.create_experiment(EXPERIMENT, artifact_location=files)
        id = str(client.create_run(experiment, run_name=folder.name).info.run_id)
        metrics = [Metric(name, value, 0, 0) for name, value in figures.items()]
        for epoch in epochs:
            metrics.append(Metric("epoch_train", epoch.train, 0, epoch.number))
            metrics.append(Metric("epoch_validation", epoch.validation, 0, epoch.number))
        client.log_batch(id, metrics=metrics, params=[Param(name, str(value)) for name, value in settings.items()])
        for name in _FILES:
            if (folder / name).is_file():
                client.log_artifact(id, str(folder / name))
        client.set_terminated(id)
    return id


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the log of MLflow's and its database's set-up off the screen."""
    loggers = [logging.getLogger(name) for name in ("mlflow", "alembic")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
