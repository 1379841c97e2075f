"""Trains a recommender from a folder of frames and publishes it, unless it is worse than the one in service.

`python -m recsys.train --data artifacts/recsys/shop/data --out artifacts/recsys/shop`
`python -m recsys.train --data FOLDER --out ROOT --trials 30 --seconds 1800`    tunes the settings first
`python -m recsys.train --data FOLDER --out ROOT --engine ray --by market`      one model for each market

The folder of frames holds interactions.parquet, and user_features.parquet and item_features.parquet where there are
any (`python -m shop.export recsys` writes them). Each version below ROOT/versions holds the model, config.json,
metrics.json, MODEL_CARD.md, curves.png and reliability.png. A market's models are below ROOT/markets/NAME. Runs are
logged to MLflow, see `recsys.tracking`. Gives 0 when everything asked for is in service, 3 when a model was trained
and not published, 1 when it could not be trained.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from recsys.config import TrainingConfig
from recsys.engine import engine_of
from recsys.errors import RecsysError
from recsys.partition import markets_of
from recsys.trainer import CONFIG
from recsys.training_task import Outcome, TrainingTask, run_training
from recsys.tuning import Budget

UNTRAINED, UNPUBLISHED = 1, 3
_SHOWN = ("ndcg", "low", "high", "recall", "hit_rate", "coverage")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    options = _parser().parse_args(arguments)
    console = Console()
    try:
        tasks = _tasks(options)
        outcomes = _run(tasks, options)
    except (RecsysError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return UNTRAINED
    for outcome in outcomes:
        _tell(outcome, console)
    if options.tracking != "off":
        _track(outcomes, options, console)
    if options.json is not None:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps([asdict(outcome) for outcome in outcomes], indent=2, default=str, ensure_ascii=False)
        options.json.write_text(text + "\n", encoding="utf-8")
    if not all(outcome.version for outcome in outcomes):
        return UNTRAINED
    return 0 if all(outcome.published for outcome in outcomes) else UNPUBLISHED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m recsys.train", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="the folder of frames")
    parser.add_argument("--out", type=Path, required=True, help="the folder of models")
    parser.add_argument("--config", type=Path, help="settings, as a version's config.json; what it leaves out is usual")
    parser.add_argument("--seed", type=int, help="of all that is drawn; that of the settings by default")
    parser.add_argument("--trials", type=int, default=0, help="settings to try before, 0 for none (%(default)s)")
    parser.add_argument("--seconds", type=float, help="no trial begins after that time")
    parser.add_argument("--engine", choices=("local", "ray"), default="local", help="%(default)s by default")
    parser.add_argument("--workers", type=int, default=2, help="of Ray, on this machine (%(default)s)")
    parser.add_argument("--ray-address", help="of a Ray cluster whose machines share these folders")
    parser.add_argument("--by", choices=("market",), help="train a model for each")
    parser.add_argument(
        "--tracking", default="on", metavar="on|off|ADDRESS", help="where runs are logged (%(default)s)"
    )
    parser.add_argument("--json", type=Path, help="write what came of it to this file")
    return parser


def _tasks(options: argparse.Namespace) -> list[TrainingTask]:
    config = TrainingConfig() if options.config is None else TrainingConfig.read(options.config)
    if options.seed is not None:
        config = config.seeded(options.seed)
    budget = Budget(options.trials, options.seconds) if options.trials else None
    markets: Sequence[str | None] = [None] if options.by is None else markets_of(options.data)
    return [TrainingTask(options.data, options.out, config, market, budget) for market in markets]


def _run(tasks: Sequence[TrainingTask], options: argparse.Namespace) -> list[Outcome]:
    if options.engine == "local" and len(tasks) == 1:
        return [_watched(tasks[0])]
    with (
        engine_of(options.engine, options.workers, options.ray_address) as engine,
        tqdm(total=len(tasks), desc="trainings", unit="", disable=None) as bar,
    ):
        return engine.map(run_training, tasks, lambda _: bar.update())


def _watched(task: TrainingTask) -> Outcome:
    """Train in this process, with a bar for trials; LightFM draws its own for epochs."""
    trials = 0 if task.budget is None else task.budget.trials
    with tqdm(total=trials, desc="tuning", unit="trial", disable=None if trials else True) as bar:

        def on_trial(number: int, best: float) -> None:
            bar.set_postfix_str(f"best NDCG@10 {best:.4f}")
            bar.update(number - bar.n)

        return run_training(task, on_trial)


def _tell(outcome: Outcome, console: Console) -> None:
    whose = "" if outcome.market is None else f"{outcome.market}: "
    if outcome.metrics is not None and outcome.metrics["validation"] is not None:
        console.print(_table(outcome.metrics["validation"]["new_items"], f"{whose}items that shoppers had not met"))
        console.print(f"expected calibration error {outcome.metrics['calibration']['ece']:.4f}")
    elif outcome.metrics is not None:
        console.print("Too few shoppers in the latest days to judge by.", highlight=False)
    if outcome.published:
        console.print(f"{whose}{outcome.version} is in service: {outcome.folder}", highlight=False, soft_wrap=True)
    else:
        trained = f"{outcome.version} is not published: " if outcome.version else "not trained: "
        console.print(f"{whose}{trained}{outcome.refusal}", highlight=False, soft_wrap=True, markup=False)


def _table(models: dict[str, Any], title: str) -> Table:
    table = Table(title=title, title_justify="left")
    for name in ("model", "NDCG@10", "95 %", "recall", "hit rate", "coverage"):
        table.add_column(name, justify="left" if name == "model" else "right")
    for model, figures in models.items():
        ndcg, low, high, *more = (f"{figures[name]:.3f}" for name in _SHOWN)
        table.add_row(model, ndcg, f"{low} to {high}", *more)
    return table


def _track(outcomes: Sequence[Outcome], options: argparse.Namespace, console: Console) -> None:
    """Log what was trained; a place that cannot be written to is told, and stops nothing: the model is in service."""
    from recsys.tracking import log_training, named_store

    try:
        store = named_store() if options.tracking == "on" else options.tracking
        for outcome in outcomes:
            if outcome.folder is not None and outcome.metrics is not None:
                config = TrainingConfig.read(outcome.folder / CONFIG)
                log_training(outcome.folder, outcome.metrics, config.to_dict(), options.out, store)
    except Exception as error:  # noqa: BLE001 - a tracker's own errors are many, and none is worth a lost training
        console.print(f"The run was not logged: {error}", highlight=False, markup=False)


if __name__ == "__main__":
    raise SystemExit(main())
