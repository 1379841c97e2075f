"""Writes what an evaluation found: tables for people, JSON for machines."""

from __future__ import annotations

import math
import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from recsys import columns as c
from recsys.calibration_check import Reliability
from recsys.evaluation import Plan, Result, Stage
from recsys.measuring import Figure, difference, ratio
from recsys.tasks import COLD_ITEMS, Task

SERVED: Final = "blend"
COLUMNS: Final = ("ndcg", "precision", "recall", "mrr", "hit_rate", "coverage", "novelty")
TITLES: Final = {
    "ndcg": "NDCG@10",
    "precision": "P@10",
    "recall": "R@10",
    "mrr": "MRR@10",
    "hit_rate": "hits",
    "coverage": "coverage",
    "novelty": "novelty",
    "auc": "AUC",
}
LIBRARIES: Final = (
    *("numpy", "scipy", "pandas", "scikit-learn", "rectools", "rectools-lightfm"),
    *("pm-implicit", "torch"),
)


def report_of(results: Sequence[Result], plan: Plan) -> dict[str, Any]:
    """Give everything that was found, as JSON; figures are {mean, low, high} with 95 % intervals over users."""
    report: dict[str, Any] = plain(
        {
            "made_with": {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}},
            "plan": asdict(plan),
            "k": 10,
            "benchmarks": {result.benchmark.name: benchmark_of(result, plan) for result in results},
        }
    )
    return report


def benchmark_of(result: Result, plan: Plan) -> dict[str, Any]:
    """Give what was found on one benchmark."""
    benchmark, settings = result.benchmark, result.benchmark.settings
    return {
        "about": benchmark.about,
        "notes": benchmark.notes,
        "split": {
            "train_before": benchmark.train_end,
            "validate_before": benchmark.valid_end,
            "test_before": benchmark.test_end,
            "learnt_before": result.stages[0].dataset.now,
        },
        "settings": {
            "half_life_days": settings.weighting.half_life_days,
            "fields": None if settings.fields is None else [asdict(one) for one in settings.fields],
            "identity_weight": settings.identity_weight,
            "hybrid": asdict(settings.hybrid),
        },
        "chosen_on_validation": {
            "epochs": dict(result.chosen.epochs),
            "ndcg_new_items": dict(result.chosen.ndcg),
            "blend": asdict(result.chosen.blend),
        },
        "seconds": result.seconds,
        "stages": [stage_of(stage, plan) for stage in result.stages],
        "calibration": {
            task: {"pairs": reliability_of(checked.pairs), "shown": reliability_of(checked.shown)}
            for task, checked in result.calibration.items()
        },
        "diversity": [asdict(one) for one in result.diversity],
    }


def stage_of(stage: Stage, plan: Plan) -> dict[str, Any]:
    """Give what models that learnt from one data set did."""
    dataset = stage.dataset
    return {
        "learnt_from": {
            "users": int(dataset.hot_users.sum()),
            "items": int(dataset.hot_items.sum()),
            "pairs": int(dataset.matrix.nnz),
            "users_by_features_only": int((~dataset.hot_users).sum()),
            "items_by_features_only": int((~dataset.hot_items).sum()),
            "item_feature_columns": dataset.item_space.n_columns,
            "from": dataset.interactions[c.TIMESTAMP].min(),
            "cleaning": asdict(dataset.report),
        },
        "seconds_to_learn": stage.seconds,
        "refused": stage.refused,
        "evidence": {} if stage.blend is None else dict(stage.blend.evidence.notes),
        "tasks": {task.name: task_of(stage, task, plan) for task in stage.tasks},
    }


def task_of(stage: Stage, task: Task, plan: Plan) -> dict[str, Any]:
    """Give how all models did in one task."""
    measured = stage.measured[task.name]
    models = {
        name: {
            **{figure: one.figure(figure, plan.seed, plan.draws) for figure in one.values},
            "coverage": one.coverage,
        }
        for name, one in measured.items()
    }
    return {
        "users": len(task.users),
        "taken": int(task.truth.nnz),
        "candidates": task.n_candidates,
        "not_asked": task.notes or {},
        "models": models,
        "served_against": against(stage, task, plan),
    }


def against(stage: Stage, task: Task, plan: Plan) -> dict[str, Any]:
    """Compare the served model with each other one, user by user: NDCG@10 above it, and how many times it."""
    measured = stage.measured[task.name]
    if SERVED not in measured or not len(task.users):
        return {}
    served = measured[SERVED].values["ndcg"]
    return {
        name: {
            "difference": difference(served, one.values["ndcg"], plan.seed, plan.draws),
            "ratio": ratio(served, one.values["ndcg"], plan.seed, plan.draws),
        }
        for name, one in measured.items()
        if name != SERVED
    }


def reliability_of(reliability: Reliability) -> dict[str, Any]:
    """Give the expected calibration error and what it is made of."""
    said, true = reliability.means
    return {"ece": reliability.error, "said": said, "true": true, "bins": reliability.points()}


def plain(value: Any) -> Any:
    """Turn figures and moments into what JSON knows; what is not defined becomes null."""
    if isinstance(value, Figure):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str | int | bool) or value is None:
        return value
    return str(value)


def show(report: dict[str, Any], console: Console) -> None:
    """Print the tables of a report."""
    for name, benchmark in report["benchmarks"].items():
        split = {key: str(moment)[:10] for key, moment in benchmark["split"].items()}
        console.print(f"\n[bold]{name}[/]: {benchmark['about']}")
        console.print(
            f"chosen on {split['train_before']} to {split['validate_before']}, learnt before {split['learnt_before']}, "
            f"tested on {split['validate_before']} to {split['test_before']}; {benchmark['seconds']:.0f} s"
        )
        for stage in benchmark["stages"]:
            for task, found in stage["tasks"].items():
                console.print(table_of(f"{name}, {task}", task, found, stage))
                for model, reason in stage["refused"].items():
                    console.print(f"{model} is left out: {reason}", markup=False)
                console.print(_verdict(found))
        _show_calibration(benchmark, console)


def table_of(title: str, task: str, found: dict[str, Any], stage: dict[str, Any]) -> Table:
    """Lay out one task: a row a model, NDCG with its interval."""
    table = Table(
        title=f"{title}: {found['users']:,} shoppers, {found['taken']:,} purchases, {found['candidates']:,} items"
    )
    table.add_column("model")
    columns = (*COLUMNS, "auc") if task == COLD_ITEMS else COLUMNS
    for column in columns:
        table.add_column(TITLES[column], justify="right")
    table.add_column("95 %", justify="right")
    table.add_column("fit, s", justify="right")
    best = max((model["ndcg"]["mean"] or 0.0 for model in found["models"].values()), default=0.0)
    for name, model in found["models"].items():
        ndcg = model["ndcg"]
        cells = [_number(model[column], column) for column in columns]
        seconds = f"{stage['seconds_to_learn'][name]:.1f}"
        style = "bold" if ndcg["mean"] == best else ""
        table.add_row(name, *cells, f"{_text(ndcg['low'])} to {_text(ndcg['high'])}", seconds, style=style)
    return table


def _verdict(found: dict[str, Any]) -> str:
    """Say how the served model stands beside the best of the others and beside the popular one."""
    others = found["served_against"]
    if not others:
        return "nobody is asked about"
    best = max(others, key=lambda name: found["models"][name]["ndcg"]["mean"] or 0.0)
    gap, times = others[best]["difference"], others["popular"]["ratio"]
    return (
        f"{SERVED} is {_text(gap['mean'])} NDCG@10 above {best}, the best of the others "
        f"(95 %: {_text(gap['low'])} to {_text(gap['high'])}), and {_text(times['mean'], 2)} times popular "
        f"(95 %: {_text(times['low'], 2)} to {_text(times['high'], 2)})"
    )


def _show_calibration(benchmark: dict[str, Any], console: Console) -> None:
    for task, checked in benchmark["calibration"].items():
        for which, one in checked.items():
            console.print(
                f"probabilities of {task}, {which}: {_text(one['said'])} said, {_text(one['true'])} came true, "
                f"expected calibration error {_text(one['ece'])}"
            )


def _number(figure: Any, column: str) -> str:
    mean = figure["mean"] if isinstance(figure, dict) else figure
    return _text(mean, 1 if column == "novelty" else 3 if column == "coverage" else 4)


def _text(value: float | None, digits: int = 4) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
