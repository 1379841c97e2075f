"""Draws what an evaluation found, as PNG files that need no display."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from recsys.report import SERVED

LEAST_PAIRS = 20
"""Bins of fewer pairs are not drawn: their share is chance."""

_SIZE, _SERVED_COLOUR, _COLOUR = (7.0, 4.2), "tab:orange", "tab:blue"


def draw(report: Mapping[str, Any], folder: Path) -> list[Path]:
    """Draw for each benchmark the models of each task, the reliability of probabilities, and the price of diversity.

    Args:
        report: `recsys.report.report_of`.
        folder: Where to write; made where it is not there.

    Returns:
        The files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, benchmark in report["benchmarks"].items():
        for stage in benchmark["stages"]:
            for task, found in stage["tasks"].items():
                if found["users"]:
                    files.append(folder / f"{name}_{task.replace(' ', '_')}.png")
                    draw_models(f"{name}, {task}", found["models"], files[-1])
        for task, checked in benchmark["calibration"].items():
            files.append(folder / f"{name}_{task.replace(' ', '_')}_reliability.png")
            draw_reliability(f"{name}, {task}", checked, files[-1])
        if benchmark["diversity"]:
            files.append(folder / f"{name}_diversity.png")
            draw_diversity(name, benchmark["diversity"], files[-1])
    return files


def draw_models(title: str, models: Mapping[str, Any], path: Path) -> None:
    """Draw NDCG@10 of each model as a bar with its 95 % interval."""
    figure, axes = _figure()
    names = sorted(models, key=lambda name: models[name]["ndcg"]["mean"] or 0.0)
    means = [models[name]["ndcg"]["mean"] or 0.0 for name in names]
    ends = [
        (models[name]["ndcg"]["low"] or mean, models[name]["ndcg"]["high"] or mean)
        for name, mean in zip(names, means, strict=True)
    ]
    errors = [
        [max(mean - low, 0.0) for mean, (low, _) in zip(means, ends, strict=True)],
        [max(high - mean, 0.0) for mean, (_, high) in zip(means, ends, strict=True)],
    ]
    colours = [_SERVED_COLOUR if name == SERVED else _COLOUR for name in names]
    axes.barh(names, means, xerr=errors, color=colours, capsize=2)
    axes.set_xlabel("NDCG@10, with 95 % bootstrap intervals over shoppers")
    axes.set_title(title)
    figure.savefig(path)


def draw_reliability(title: str, checked: Mapping[str, Any], path: Path) -> None:
    """Draw what was said to be probable beside what came true, on logarithmic axes."""
    figure, axes = _figure()
    smallest = 1.0
    for which, label in (("pairs", "all pairs"), ("shown", "the first ten of each list")):
        points = [point for point in checked[which]["bins"] if point["true"] > 0 and point["pairs"] >= LEAST_PAIRS]
        said, true = [point["said"] for point in points], [point["true"] for point in points]
        smallest = min([smallest, *said, *true])
        axes.plot(said, true, marker="o", markersize=4, label=f"{label}: ECE {checked[which]['ece']:.4f}")
    axes.plot([smallest, 1], [smallest, 1], color="grey", linestyle="--", label="as said")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("probability that was said")
    axes.set_ylabel("share that came true")
    axes.set_title(f"{title}: reliability of {SERVED}")
    axes.legend(loc="upper left", fontsize="small")
    figure.savefig(path)


def draw_diversity(name: str, curve: Sequence[Mapping[str, float]], path: Path) -> None:
    """Draw what difference between the items of a list costs in relevance."""
    figure, axes = _figure()
    axes.plot([one["similarity"] for one in curve], [one["ndcg"] for one in curve], marker="o")
    for one in curve:
        axes.annotate(f" {one['diversity']:g}", (one["similarity"], one["ndcg"]))
    axes.set_xlabel("mean cosine between the items of a list (left is more diverse)")
    axes.set_ylabel("NDCG@10, new items")
    axes.set_title(f"{name}: relevance and diversity, by the amount asked for")
    figure.savefig(path)


def _figure() -> tuple[Any, Any]:
    """Make a figure without pyplot, which would keep it and look for a display."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE, dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots()
