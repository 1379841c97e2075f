"""Draws how a training of the image model went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def draw_curves(history: Sequence[Mapping[str, Any]], frozen: float, file: Path) -> None:
    """Draw loss and held-out figures of each pass as PNG.

    Args:
        history: as `TrainingRecord.history` holds it; passes up to 0 are of the projections alone.
        frozen: score of the frozen tower, drawn as a line.
        file: to write.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    loss, recall = figure.subplots(1, 2)
    passes = [row["pass"] for row in history]
    loss.plot(passes, [row["loss"] for row in history], marker="o", color="tab:blue")
    loss.set(title="Loss of the last batch", xlabel="pass (up to 0: projections alone)")
    for name, label in (("at_1", "Recall@1"), ("at_5", "Recall@5"), ("text_at_1", "photo to text @1")):
        for kind in history[0][name] if history else ():
            recall.plot(passes, [row[name][kind] for row in history], marker="o", label=f"{label}, {kind}")
    recall.axhline(frozen, color="grey", linestyle="--", label="frozen, mean Recall@1")
    recall.set(title="On what was held out", xlabel="pass", ylim=(0, 1.02))
    recall.legend(fontsize=7, loc="lower right")
    figure.savefig(file, dpi=120)
