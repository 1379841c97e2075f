"""Logs each training to MLflow: settings, figures, every epoch, and the files that describe it.

By default runs are kept in a database file below the folder of models, with their files beside it. To look at them:

    pip install mlflow
    mlflow ui --backend-store-uri sqlite:///artifacts/recsys/shop/tracking/mlflow.db

(The environment of this project holds the small `mlflow-skinny`, which logs and has no pages.) The command line takes
another place from `--tracking` or MLFLOW_TRACKING_URI; this module itself reads no environment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

EXPERIMENT = "recommender"
_FILES = ("config.json", "metrics.json", "MODEL_CARD.md", "curves.png", "reliability.png")


def local_store(root: Path) -> str:
    """Give the address of the runs that are kept below a folder of models."""
    return f"sqlite:///{(root / 'tracking' / 'mlflow.db').resolve()}"


def log_training(
    folder: Path, metrics: Mapping[str, Any], config: Mapping[str, Any], root: Path, store: str | None = None
) -> str:
    """Log a training as one run.

    Args:
        folder: The model's, with the files that describe it; the arrays are not copied.
        metrics: What `metrics.json` holds.
        config: What `config.json` holds.
        root: The folder of models, where runs are kept.
        store: Another address of MLflow; None is the folder's own.

    Returns:
        The id of the run.
    """
    with _quiet():
        from mlflow import MlflowClient

        _report_nothing()
        if store is None:
            (root / "tracking").mkdir(parents=True, exist_ok=True)
        client = MlflowClient(tracking_uri=store or local_store(root))
        run = client.create_run(_experiment(client, root, store), run_name=str(metrics["version"]))
        id = run.info.run_id
        _log(client, id, metrics, config)
        for name in _FILES:
            if (folder / name).is_file():
                client.log_artifact(id, str(folder / name))
        client.set_terminated(id)
    return str(id)


def named_store() -> str | None:
    """Give the address that MLflow was told by its own environment, MLFLOW_TRACKING_URI; None where it was not."""
    with _quiet():
        from mlflow.tracking import get_tracking_uri, is_tracking_uri_set

        _report_nothing()
        return str(get_tracking_uri()) if is_tracking_uri_set() else None  # type: ignore[no-untyped-call]


def _report_nothing() -> None:
    """Switch off what MLflow tells its makers of its use; it does so by default."""
    from mlflow.environment_variables import MLFLOW_DISABLE_TELEMETRY
    from mlflow.telemetry import set_telemetry_client

    MLFLOW_DISABLE_TELEMETRY.set("true")  # type: ignore[no-untyped-call]
    set_telemetry_client()  # type: ignore[no-untyped-call]


def _experiment(client: Any, root: Path, store: str | None) -> str:
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is not None:
        return str(found.experiment_id)
    files = (root / "tracking" / "files").resolve().as_uri() if store is None else None
    return str(client.create_experiment(EXPERIMENT, artifact_location=files))


def _log(client: Any, id: str, metrics: Mapping[str, Any], config: Mapping[str, Any]) -> None:
    from mlflow.entities import Metric, Param

    figures = [Metric(name, value, 0, 0) for name, value in figures_of(metrics).items()]
    epochs = [
        Metric(f"epoch_{name}", epoch[name], 0, epoch["number"])
        for epoch in metrics["epochs"]
        for name in ("ndcg", "seconds")
        if epoch[name] is not None
    ]
    params = [Param(name, str(value)[:500]) for name, value in flat(config).items()]
    for start in range(0, len(params), 100):
        client.log_batch(id, params=params[start : start + 100])
    for start in range(0, len(figures + epochs), 1_000):
        client.log_batch(id, metrics=(figures + epochs)[start : start + 1_000])


def figures_of(metrics: Mapping[str, Any]) -> dict[str, float]:
    """Give the figures of a training by names that MLflow takes."""
    counts = {name: value for name, value in metrics["learnt_from"].items() if isinstance(value, int)}
    found: dict[str, Any] = {**counts, "best_epoch": metrics["best_epoch"]}
    if metrics["validation"] is not None:
        tables = {name: metrics["validation"][name] for name in ("new_items", "all_items")}
        found |= {**flat(tables), "calibration_error": metrics["calibration"]["ece"]}
    return {name: float(value) for name, value in found.items() if value is not None}


def flat(tree: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Give the leaves of a tree of mappings by their path with dots."""
    found: dict[str, Any] = {}
    for name, value in tree.items():
        found |= flat(value, f"{path}{name}.") if isinstance(value, Mapping) else {f"{path}{name}": value}
    return found


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the log of MLflow's and its database's set-up off the screen."""
    import logging

    loggers = [logging.getLogger(name) for name in ("mlflow", "alembic")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
