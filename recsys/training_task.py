"""One training from files to a published model: what the command does once, and an engine does for each market."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recsys.config import TrainingConfig
from recsys.errors import NotBetter, RecsysError
from recsys.frames_io import Frames, read_frames
from recsys.in_service import folder_of
from recsys.model_card import write_model_card
from recsys.partition import read_market, root_of
from recsys.plots import CURVES, RELIABILITY, plot_curves, plot_reliability
from recsys.trainer import Trained, train
from recsys.tuning import Budget, OnTrial, tune


@dataclass(frozen=True)
class TrainingTask:
    """What to train.

    Attributes:
        data: The folder of frames.
        root: The folder of models of the whole shop.
        config: How.
        market: The market whose events count; None is all.
        budget: How long settings are tuned; None does not.
    """

    data: Path
    root: Path
    config: TrainingConfig
    market: str | None = None
    budget: Budget | None = None

    @property
    def models(self) -> Path:
        """The folder of models that it publishes to."""
        return root_of(self.root, self.market)

    def frames(self) -> Frames:
        """Read what it is trained from."""
        return read_frames(self.data) if self.market is None else read_market(self.data, self.market)


@dataclass(frozen=True)
class Outcome:
    """What came of a task.

    Attributes:
        market: Whose.
        published: Whether the new model is in service.
        version: Its name; "" where none was made.
        folder: Where it is.
        metrics: What its `metrics.json` holds.
        refusal: Why it is not in service, "" where it is.
    """

    market: str | None
    published: bool
    version: str = ""
    folder: Path | None = None
    metrics: dict[str, Any] | None = None
    refusal: str = ""


def run_training(task: TrainingTask, on_trial: OnTrial | None = None) -> Outcome:
    """Read, tune if asked to, train, describe and publish; what is wrong with the data or the model is told.

    A model that is refused leaves the one in service as it is.
    """
    try:
        trained = _trained(task, on_trial)
    except RecsysError as error:
        return Outcome(task.market, False, refusal=str(error))
    try:
        trained.publish(task.models)
    except NotBetter as refused:
        return Outcome(task.market, False, trained.version, trained.folder, trained.metrics, str(refused))
    folder = folder_of(task.models, trained.version)
    return Outcome(task.market, True, trained.version, folder, trained.metrics)


def _trained(task: TrainingTask, on_trial: OnTrial | None) -> Trained:
    frames, config, tuning = task.frames(), task.config, None
    if task.budget is not None:
        tuned = tune(frames, config, task.budget, on_trial)
        if tuned is not None:
            config, tuning = tuned.config, tuned.to_dict()
    trained = train(frames, task.models, config, tuning=tuning)
    describe(trained)
    return trained


def describe(trained: Trained) -> None:
    """Write the card and the pictures beside a model."""
    metrics = trained.metrics
    write_model_card(metrics, trained.config.to_dict(), trained.folder)
    if metrics["epochs"]:
        plot_curves(metrics["epochs"], metrics["best_epoch"], trained.folder / CURVES)
    if metrics["calibration"] is not None:
        plot_reliability(metrics["calibration"], trained.folder / RELIABILITY)
