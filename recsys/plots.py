"""Draws how a training went, as PNG files that need no display."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

CURVES, RELIABILITY = "curves.png", "reliability.png"
_SIZE = (7.0, 4.2)


def plot_curves(epochs: Sequence[Mapping[str, Any]], best: int, path: Path) -> None:
    """Draw the validation figure of each epoch, and the seconds that it took; LightFM tells no loss.

    Args:
        epochs: `number`, `seconds` and `ndcg` (None where nothing was judged) of each.
        best: The number of the one that was kept.
        path: The PNG file.
    """
    figure, axes = _figure()
    numbers = [epoch["number"] for epoch in epochs]
    judged = [epoch["ndcg"] for epoch in epochs]
    if any(value is not None for value in judged):
        axes.plot(numbers, judged, marker="o", markersize=3, label="NDCG@10, new items, validation")
        axes.axvline(best, linestyle="--", color="grey", label=f"kept: epoch {best}")
    axes.set_xlabel("epoch")
    axes.set_ylabel("NDCG@10")
    seconds = axes.twinx()
    seconds.plot(numbers, [epoch["seconds"] for epoch in epochs], color="tab:orange", linewidth=0.8)
    seconds.set_ylabel("seconds an epoch", color="tab:orange")
    seconds.set_ylim(bottom=0)
    axes.set_title("LightFM by epoch")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower right", fontsize="small")
    figure.savefig(path)


def plot_reliability(calibration: Mapping[str, Any], path: Path) -> None:
    """Draw what was said beside what came true, on logarithmic axes: most items are improbable for most shoppers.

    Args:
        calibration: `recsys.validation.Validated.calibration`; bins of equally many pairs.
        path: The PNG file.
    """
    figure, axes = _figure()
    bins = [one for one in calibration["bins"] if one["said"] > 0]
    nothing = min((one["said"] for one in bins), default=1e-6) / 3
    axes.plot([nothing, 1], [nothing, 1], color="grey", linestyle="--", label="as said")
    axes.plot(
        [one["said"] for one in bins],
        [max(one["true"], nothing) for one in bins],
        marker="o",
        label=f"a tenth of the pairs each; expected calibration error {calibration['ece']:.4f}",
    )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("probability that was said")
    axes.set_ylabel("share that came true")
    axes.set_title(f"Reliability on validation days: {calibration['pairs']:,} pairs, {calibration['taken']:,} taken")
    axes.legend(loc="upper left", fontsize="small")
    figure.savefig(path)


def _figure() -> tuple[Any, Any]:
    """Make a figure without pyplot, which would keep it and look for a display."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE, dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots()
