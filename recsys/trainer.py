"""Trains a model from frames: judged on the latest days first, then made of everything, and written as a version.

1. The latest days are set aside. LightFM learns from what was before, and stops when those days are predicted no
   better; the blend of all components learns from them how much each says. Settings may be tuned on them too.
2. Figures: the blend beside LightFM, item neighbours and what is popular, each shopper judged by a blend that has not
   learnt from that shopper; how well its probabilities hold; and the figure that the gate compares (`recsys.gate`).
3. All days: LightFM learns for as many epochs as were best, with that blend. This is what serves.

Where there are too few shoppers to judge by, step 3 alone is done, with a blend that is written down in
`recsys.new_shop`; where there is no behaviour at all, a model of features alone is made there, so that a shop that has
just opened recommends by what its items are.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from recsys import artifact
from recsys.blend import Blend
from recsys.config import TrainingConfig
from recsys.fingerprint import version_of
from recsys.frames_io import Frames
from recsys.gate import EVENTS, JUDGED, GateKeeper, recorded_of, to_metadata
from recsys.learning import Learnt, OnEpoch, dataset_of, learn, parts_of, span_of
from recsys.lightfm_training import Epoch
from recsys.new_shop import FEATURES_ONLY, FEW_EVENTS
from recsys.parts import VERSION, Parts
from recsys.publish import InService, draft_folder, publish
from recsys.validation import Validated, validate

METRICS, CONFIG = "metrics.json", "config.json"


@dataclass(frozen=True, eq=False)
class Trained:
    """One training, written and not yet published.

    Attributes:
        folder: Where the model is.
        config: How it was made.
        metrics: What `metrics.json` holds.
        gate: Judges it beside the model in service.
    """

    folder: Path
    config: TrainingConfig
    metrics: dict[str, Any]
    gate: GateKeeper

    @property
    def version(self) -> str:
        """The name of the training."""
        return self.folder.name

    def publish(self, root: Path) -> InService:
        """Put it in service.

        Raises:
            NotBetter: It is worse than the one in service, which stays.
        """
        return publish(root, self.folder, self.gate)


@dataclass
class _Clock:
    """Keeps how long each step took."""

    seconds: dict[str, float] = field(default_factory=dict)
    _began: float = field(default_factory=time.perf_counter)

    def done(self, step: str) -> None:
        self.seconds[step] = round(time.perf_counter() - self._began, 2)
        self._began = time.perf_counter()


def train(
    frames: Frames,
    root: Path,
    config: TrainingConfig | None = None,
    *,
    tuning: dict[str, Any] | None = None,
    now: pd.Timestamp | None = None,
    on_epoch: OnEpoch | None = None,
) -> Trained:
    """Train a model and write it as a draft below the folder of models.

    The same frames, settings and code give the same bits on one thread, however many the machine has.

    Args:
        frames: Interactions and features, raw.
        root: The folder of models.
        config: How; None is the usual.
        tuning: What was tried before with these frames, to be told in the model's card.
        now: Ages are counted from here in a shop without events; None is this moment.
        on_epoch: Called after each epoch of the judged training.

    Raises:
        InvalidFrame: A frame cannot be read, or there is no item at all.
    """
    config, clock = config or TrainingConfig(), _Clock()
    with threadpool_limits(config.hybrid.threads):
        validated = validate(frames, config, on_epoch)
        recorded = None if validated is None else recorded_of(frames, config, validated)
        clock.done("judged")
        learnt = _learnt_from_all(frames, config, validated, now)
        clock.done("learnt from all")
        until = span_of(frames, config)
        version = version_of(frames, config, until[1] if until else None)
        events = int(learnt.dataset.report.kept)
        metadata = {VERSION: version, EVENTS: events, JUDGED: to_metadata(recorded), "config": config.to_dict()}
        fold_in = None if validated is None else validated.fold_in.settings
        parts = parts_of(learnt, frames, config, blend_for(learnt, validated), fold_in, metadata)
        folder = draft_folder(root, version)
        artifact.save(parts, folder)
        metrics = metrics_of(parts, learnt, validated, config)
        clock.done("written and measured")
    metrics |= {"gate": to_metadata(recorded), "tuning": tuning, "seconds": clock.seconds}
    _write(folder, config, metrics)
    gate = GateKeeper(frames, config, validated, recorded, learnt.dataset.now, events)
    return Trained(folder, config, metrics, gate)


def _learnt_from_all(
    frames: Frames, config: TrainingConfig, validated: Validated | None, now: pd.Timestamp | None
) -> Learnt:
    dataset = dataset_of(frames, config, now if not len(frames.interactions) else None)
    epochs = config.epochs_unjudged if validated is None else max(validated.learnt.best, 1)
    return learn(frames, dataset, config, epochs=epochs)


def blend_for(learnt: Learnt, validated: Validated | None) -> Blend:
    """Choose the blend that serves: the learnt one, or the one written down for so little behaviour."""
    if validated is not None:
        return validated.blend
    return FEW_EVENTS if learnt.from_behaviour else FEATURES_ONLY


def metrics_of(parts: Parts, learnt: Learnt, validated: Validated | None, config: TrainingConfig) -> dict[str, Any]:
    """Collect all that was measured, as JSON values."""
    dataset = learnt.dataset
    found: dict[str, Any] = {
        "version": parts.version,
        "trained_until": dataset.now.isoformat(),
        "learnt_from": {
            "events": dataset.report.kept,
            "dropped": dataset.report.dropped,
            "users": int(dataset.hot_users.sum()),
            "items": int(dataset.hot_items.sum()),
            "warm_users": int((~dataset.hot_users).sum()),
            "warm_items": int((~dataset.hot_items).sum()),
        },
        "blend": asdict(parts.blend),
        "notes": dict(learnt.evidence.notes),
        "epochs": [asdict(epoch) for epoch in _epochs(learnt, validated)],
        "best_epoch": learnt.best if validated is None else validated.learnt.best,
        "validation": None,
        "calibration": None,
        "fold_in": None,
    }
    if validated is not None:
        window = {"start": validated.window.start.isoformat(), "end": validated.window.end.isoformat()}
        found["validation"] = {**window, "kind": validated.kind, **validated.table(config.seed)}
        found["calibration"] = validated.calibration(config.seed)
        found["fold_in"] = asdict(validated.fold_in)
    return found


def _epochs(learnt: Learnt, validated: Validated | None) -> tuple[Epoch, ...]:
    return learnt.epochs if validated is None else validated.learnt.epochs


def _write(folder: Path, config: TrainingConfig, metrics: dict[str, Any]) -> None:
    (folder / CONFIG).write_text(config.to_json(), encoding="utf-8")
    text = json.dumps(metrics, indent=2, ensure_ascii=False, allow_nan=False)
    (folder / METRICS).write_text(text + "\n", encoding="utf-8")
