"""Draws how a training went, as a PNG file that needs no display."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from replies.trainer import Epoch

CURVES = "curves.png"


def plot_curves(epochs: Sequence[Epoch], best: int, path: Path) -> None:
    """Draw the losses of each pass, and how often it was right.

    Args:
        epochs: all of them.
        best: the number of the one that was kept.
        path: the PNG file.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 4.2), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    numbers = [epoch.number for epoch in epochs]
    axes.plot(numbers, [epoch.train for epoch in epochs], marker="o", markersize=3, label="training")
    axes.plot(numbers, [epoch.validation for epoch in epochs], marker="o", markersize=3, label="held-out families")
    axes.axvline(best, linestyle="--", color="grey", label=f"kept: pass {best}")
    axes.set_xlabel("pass")
    axes.set_ylabel("loss, nats a token")
    axes.set_yscale("log")
    axes.set_title("Replies by pass")
    right = axes.twinx()
    right.plot(numbers, [epoch.accuracy for epoch in epochs], color="tab:green", linestyle=":", marker=".")
    right.set_ylabel("held-out tokens right", color="tab:green")
    axes.legend(fontsize="small")
    figure.savefig(path)
